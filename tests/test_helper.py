"""The process that examines a share of a scan: it gives what is given here, and its loss changes nothing."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from linter import helper, matcher
from linter.helper import Helper
from linter.slices import Settings, Slice, Workshop
from linter.sources.families import BlobErrand, Families, Stored
from linter.sources.windows import BUFFER_SIZE
from linter.stop import Stop
from tests import git_repositories
from tests.command import COMMAND
from tests.invented import github_token, password

if TYPE_CHECKING:
    from pathlib import Path

    from linter.matcher import PatternEngine
    from linter.rules import PatternRule
    from linter.slices import Outcome
    from tests.git_repositories import Repository

VERSIONS = 12


@pytest.fixture
def grown(tmp_path: Path) -> Repository:
    """A repository in one pack, with versions of files, two secrets that came and went, and an archive."""
    repository = git_repositories.create(tmp_path / "grown")
    lines = [f"line {number} of the notes\n" for number in range(300)]
    for number in range(VERSIONS):
        lines[number * 20] = f"changed in {number}\n"
        leak = f"token = {github_token(number // 4)}\n" if number % 4 == 1 else ""
        code = f'import smtplib\nsmtplib.SMTP("h").login("ada", "{password(number // 6)}")\n'
        repository.commit({"notes.txt": "".join(lines) + leak, "mail.py": code * (number + 1)})
    repository.run("repack", "-adfq")
    with zipfile.ZipFile(repository.path / "big.zip", "w") as archive:
        archive.writestr("noise", random.Random(1).randbytes(BUFFER_SIZE))
        archive.writestr("kept.txt", github_token(0))
    (repository.path / "other").mkdir()
    (repository.path / "other" / "behind").write_text("x")
    (repository.path / "d").symlink_to("other")
    repository.run(
        "update-index", "--add", "--cacheinfo", f"100644,{repository.git('hash-object', 'notes.txt')},d/behind"
    )
    return repository


@pytest.fixture
def settings(builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine) -> Settings:
    """All pattern rules, whose database is in the cache."""
    matcher.databases.keep(matcher.databases.cache_name(builtin_rules), pattern_engine.database)
    return Settings(builtin_rules, frozenset(rule.id for rule in builtin_rules), 2)


@pytest.fixture
def errand(grown: Repository) -> BlobErrand:
    """All its blobs."""
    listed = "--batch-check=%(objecttype) %(objectname) %(objectsize:disk) %(deltabase)"
    fields = [line.split() for line in grown.git("cat-file", "--batch-all-objects", listed).encode().splitlines()]
    stored = [Stored(name, int(size), base) for kind, name, size, base in fields if kind == b"blob"]
    families = Families(grown.git_dir / "objects", stored, 20)
    made = families.errand(families.take(1))
    made.paths = [b"notes.txt"] * len(made.keys())
    return made


def _here(settings: Settings, errand: BlobErrand) -> Outcome:
    engine = matcher.ready(settings.rules)
    assert engine is not None
    with Slice(Workshop(settings, engine, Stop()), is_past=True) as made:
        for batch in errand.batches():
            made.examine(batch, errand.opened)
        return made.outcome()


def test_another_process_sees_what_is_seen_here(settings: Settings, errand: BlobErrand) -> None:
    with Helper(Stop()) as made:
        outcome = made.run(errand, settings)
        assert outcome == _here(settings, errand)
        assert made.run(errand, settings) == outcome
    assert outcome is not None
    secrets = {match.secret.reveal() for each in outcome.examined for match in each.matches}
    assert {github_token(number).encode() for number in range(3)} <= secrets
    assert outcome.delivered == set(errand.keys())
    assert outcome.size > 0


def test_what_it_could_not_read_is_told(settings: Settings, errand: BlobErrand) -> None:
    (pack,) = errand.packs
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[: errand.families[0][0].offset + 9])
    with Helper(Stop()) as made:
        outcome = made.run(errand, settings)
    assert outcome is not None
    assert errand.unread
    assert {name + b" blob" for name in errand.unread} | outcome.delivered == set(errand.keys())


@pytest.mark.parametrize(
    "code", ["raise ImportError", "import os; os._exit(11)", f"{helper._CODE.split(';')[0]}; import sys; sys.exit()"]
)
def test_a_process_that_does_not_start_is_lost(
    code: str, settings: Settings, errand: BlobErrand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helper, "_CODE", code)
    with Helper(Stop()) as made:
        assert made.run(errand, settings) is None
        assert made.run(errand, settings) is None


def test_where_nothing_is_compiled_there_is_none(settings: Settings, errand: BlobErrand, cold_cache: Path) -> None:
    assert not cold_cache.exists()
    with Helper(Stop()) as made:
        assert made.run(errand, settings) is None


def test_a_stop_ends_it(settings: Settings, errand: BlobErrand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper, "_CODE", f"{HANGING}{helper._CODE}")
    stop = Stop()
    with Helper(stop) as made:
        threading.Timer(3, stop.set).start()
        started = time.monotonic()
        assert made.run(errand, settings) is None
    assert time.monotonic() - started < 30


_BROKEN = (
    "import os, time; from linter.sources import families, files; "
    "families.BlobErrand.batches = files.FileErrand.batches = lambda self: {}; "
)
HANGING = _BROKEN.format("time.sleep(600)")
DYING = _BROKEN.format("os._exit(11)")

PROGRAM = """
import sys, time
from linter import helper, matcher
from linter.sources import files, history
history.WORTH_A_PROCESS = files.WORTH_A_PROCESS = files._FEW = -1
files._GROUP = 1
matcher.SMALL_SCAN = 0
helper._CODE = {code!r}
run, blobs, tree = helper.Helper.run, history.History._slice, files.Files._slice
def told(self, errand, settings):
    print("asked", type(errand).__name__, file=sys.stderr, flush=True)
    found = run(self, errand, settings)
    print("lost" if found is None else "done", file=sys.stderr, flush=True)
    return found
def late(read):
    def delayed(*given):
        time.sleep(3)
        yield from read(*given)
    return delayed
helper.Helper.run = told
history.History._slice, files.Files._slice = late(blobs), late(tree)
from linter.cli import main
main()
"""
"""A scan of which the other process has the whole share."""


def _scan(repository: Repository, jobs: int, *command: str) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [*command, "scan", "--jobs", str(jobs), "--format", "json"],
        cwd=repository.path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert github_token(0) not in done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("code", [helper._CODE, DYING + helper._CODE, "raise ImportError"], ids=["", "dies", "none"])
def test_a_scan_gives_the_same_report_with_and_without_it(code: str, grown: Repository) -> None:
    report, told = _scan(grown, 2, sys.executable, "-c", PROGRAM.format(code=code))
    assert set(told.split()) == {"asked", "BlobErrand", "FileErrand", "done" if code == helper._CODE else "lost"}
    alone, _ = _scan(grown, 1, *COMMAND)
    for key in ("findings", "coverage", "summary"):
        assert report[key] == alone[key]
    assert len(report["findings"]) >= 3
    places = [place for finding in report["findings"] for place in finding["occurrences"]]
    assert {"d/behind", "big.zip!kept.txt"} <= {each["path"] for each in (*report["coverage"]["skipped"], *places)}


def test_a_signal_ends_a_scan_that_waits_for_it(grown: Repository) -> None:
    command = [sys.executable, "-c", PROGRAM.format(code=HANGING + helper._CODE), "scan", "--jobs", "2", "-f", "json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=grown.path, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "asked FileErrand\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "lost" in err
    assert not json.loads(out)["coverage"]["complete"]
