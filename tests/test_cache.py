"""The cache only saves time; runs are the same; and no secret leaves by any way."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import random
import stat
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter import cache, matcher, rule_files
from tests import git_repositories, invented
from tests.batches import batch_of, found
from tests.rule_files import rule_file, written_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.rules import PatternRule
    from tests.batches import Found
    from tests.command import Twlint

KEY = "acme" + "_7h2kq9x4mz1v"


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A file with a few rules, which are read and compiled quickly."""
    file = tmp_path / "acme.yaml"
    written = [written_rule(id=f"acme-key-{kind}", pattern=f"(?P<secret>acme_[0-9{kind}]{{12}})") for kind in "ahz"]
    file.write_bytes(rule_file(*written, written_rule(id="acme-any-key", pattern="(?P<secret>acme_[0-9a-z]{12})")))
    return file


def _found(file: Path) -> list[Found]:
    """What the rules of `file` find, with everything that can be cached."""
    loaded = rule_files.load([file])
    engine, _ = matcher.choose(loaded, lambda: None)
    return found(batch_of(b"key=" + KEY.encode(), b"nothing"), loaded, engine)


def _damaged(content: bytes, case: int) -> bytes:
    """`content` cut short, or with one byte changed."""
    place = random.Random(case).randrange(len(content))
    if case % 10 == 0:
        return content[:place]
    return content[:place] + bytes([content[place] ^ (1 << case % 8)]) + content[place + 1 :]


def _assert_damage_changes_nothing(folder: Path, acme: Path, cases: range) -> None:
    expected = _found(acme)
    assert [each.rule for each in expected] == ["acme-any-key"]
    stored = {file: file.read_bytes() for file in folder.iterdir()}
    assert {file.name.partition("-")[0] for file in stored} == {"rules", "patterns", "alone"}
    for case in cases:
        for file, content in stored.items():
            file.write_bytes(_damaged(content, case))
            assert cache.read(file.name) is None
        assert _found(acme) == expected
        assert {file: file.read_bytes() for file in folder.iterdir()} == stored, "it is made again"


def test_a_damaged_cache_changes_nothing(cold_cache: Path, acme: Path) -> None:
    """RELIABILITY K1."""
    _assert_damage_changes_nothing(cold_cache, acme, range(30))


@pytest.mark.slow
def test_a_damaged_cache_changes_nothing_in_two_thousand_cases(cold_cache: Path, acme: Path) -> None:
    """RELIABILITY K1."""
    _assert_damage_changes_nothing(cold_cache, acme, range(1_100))


@pytest.mark.parametrize("content", [b"", b"\x93\x01\x02\x03", b"\xc1", b"junk"], ids=repr)
def test_an_entry_that_is_whole_but_not_ours_is_made_again(content: bytes, cold_cache: Path, acme: Path) -> None:
    expected = _found(acme)
    for file in cold_cache.iterdir():
        file.write_bytes(hashlib.sha256(content).digest() + content)
    assert _found(acme) == expected


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a file away needs root")
def test_an_entry_of_another_user_is_not_read(cold_cache: Path) -> None:
    cache.write("name", b"content")
    assert cache.read("name") == b"content"
    os.chown(cold_cache / "name", 65534, -1)
    assert cache.read("name") is None


def test_the_cache_is_private(cold_cache: Path) -> None:
    cache.write("name", b"content")
    assert stat.S_IMODE(cold_cache.stat().st_mode) == 0o700
    assert stat.S_IMODE((cold_cache / "name").stat().st_mode) == 0o600


WORK = """
import os, random, sys
from pathlib import Path
from linter import cache, matcher, rule_files
from tests.batches import batch_of, found
file, rounds = Path(sys.argv[1]), int(sys.argv[2])
for round in range(rounds):
    loaded = rule_files.load([file])
    engine, _ = matcher.choose(loaded, lambda: None)
    for each in found(batch_of(b"key=" + sys.argv[3].encode()), loaded, engine):
        print(each.rule, each.start, each.end)
    if random.random() < 0.3:
        for entry in cache.folder().iterdir():
            try:
                entry.write_bytes(b"damaged") if random.random() < 0.3 else entry.unlink()
            except FileNotFoundError:
                pass
"""


def _share(processes: int, rounds: int, acme: Path) -> None:
    """Many processes that use, damage and remove the same entries find the same."""
    command = [sys.executable, "-c", WORK, str(acme), str(rounds), KEY]
    root = Path(__file__).parents[1]
    running = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(processes)
    ]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, b"")
        assert out == b"acme-any-key 4 21\n" * rounds


def test_processes_share_one_cache(cold_cache: Path, acme: Path) -> None:
    """RELIABILITY K2."""
    _share(6, 20, acme)


@pytest.mark.slow
def test_many_processes_share_one_cache(cold_cache: Path, acme: Path) -> None:
    """RELIABILITY K2."""
    _share(32, 50, acme)


@pytest.mark.parametrize(
    "variables",
    [
        {"TWLINT_CACHE_DIR": "", "HOME": "/no/such/home"},
        {"TWLINT_CACHE_DIR": "", "HOME": "/dev/null"},
        {"TWLINT_CACHE_DIR": "", "HOME": ""},
        {"TWLINT_CACHE_DIR": "/proc/no-such-folder"},
        {"TWLINT_CACHE_DIR": "/dev/null/x"},
        {"TWLINT_CACHE_DIR": "", "XDG_CACHE_HOME": "/sys/no-such-folder"},
    ],
    ids=str,
)
def test_a_scan_works_without_a_cache(variables: dict[str, str], twlint: Twlint, project: Path) -> None:
    """RELIABILITY K3."""
    (project / "a.txt").write_text(f"token = {invented.github_token()}\n")
    result = twlint("scan", "-f", "json", env=variables)
    assert (result.returncode, result.stderr) == (1, "")
    assert len(result.report["findings"]) == 1


def test_folders_in_place_of_entries_do_no_harm(cold_cache: Path, acme: Path) -> None:
    expected = _found(acme)
    for file in list(cold_cache.iterdir()):
        file.unlink()
        file.mkdir()
    assert _found(acme) == expected
    assert all(not file.name.startswith(".") for file in cold_cache.iterdir()), "nothing temporary stays"


def _planted(known: tuple[PatternRule, ...]) -> dict[str, str]:
    """Every example of every rule, each in a file of its own."""
    return {f"{rule.id}-{number}.txt": example.text for rule in known for number, example in enumerate(rule.examples)}


@pytest.fixture
def planted(project: Path, builtin_rules: tuple[PatternRule, ...]) -> Path:
    """A project with every example of every rule."""
    for name, text in _planted(builtin_rules).items():
        (project / name).write_text(text, newline="")
    return project


def _reports(twlint: Twlint, runs: int) -> set[str]:
    return {twlint("scan", "-f", "json", "--jobs", jobs).stdout for _ in range(runs) for jobs in ("1", "2", "8")}


def test_every_run_gives_the_same_bytes(twlint: Twlint, planted: Path) -> None:
    """RELIABILITY D1."""
    assert len(_reports(twlint, 2)) == 1


@pytest.mark.slow
def test_thirty_runs_give_the_same_bytes(twlint: Twlint, planted: Path) -> None:
    """RELIABILITY D1."""
    assert len(_reports(twlint, 30)) == 1


def test_both_engines_give_the_same_bytes(twlint: Twlint, planted: Path, tmp_path: Path) -> None:
    """The first small scan has no compiled patterns; the scan after a large one has them."""
    kept = tmp_path / "own-cache"
    env = {"TWLINT_CACHE_DIR": str(kept)}
    first = twlint("scan", "-f", "json", env=env).stdout
    assert not list(kept.glob("patterns-*"))
    (tmp_path / "large.txt").write_bytes(b"nothing\n" * 1_000_000)
    twlint("scan", tmp_path / "large.txt", env=env)
    assert list(kept.glob("patterns-*"))
    assert twlint("scan", "-f", "json", env=env).stdout == first


FORMATS = ("text", "json", "jsonl")
GRAM = 8
PREFIX = 4


def _grams(content: bytes) -> set[bytes]:
    return {content[at : at + GRAM] for at in range(len(content) - GRAM + 1)}


def _forms(secret: bytes) -> Iterator[bytes]:
    """`secret` as it may be written: plain, in base64 at any offset, hexadecimal, percent and UTF-16."""
    yield secret
    for offset in range(3):
        yield base64.b64encode(bytes(offset) + secret)[4:-4]
    yield secret.hex().encode()
    yield urllib.parse.quote(secret).encode()
    yield secret.decode("latin-1").encode("utf-16-le")


def _canaries(known: tuple[PatternRule, ...]) -> set[bytes]:
    """Every piece of every example's secret, in every form, that may not be told."""
    pieces: set[bytes] = set()
    told = {*_grams(b" key type OPENSSH; OPENSSH (high ENCRYPTED PRIVATE KEY-----------")}
    told |= _grams(b"SEED-----\n      2 | ")  # a head line in a frame
    for rule in known:
        told |= _grams(f"{rule.name} {rule.advice} {rule.rotate} {rule.references}".encode())
        told |= _grams(f"{rule.reach} {rule.breaks} {' '.join(rule.policy)}".encode())
        if rule.practice:
            told |= {gram for example in rule.examples for gram in _grams(example.text.encode())}
            continue
        for example in rule.examples:
            text, (start, end) = example.text.encode(), example.span
            told |= _grams(text[:start]) | _grams(text[end:])
            # The user id of an X access token is public, and evidence.
            start += text[start:end].find(b"-") if rule.structure == "x-access-token" else PREFIX
            pieces |= {gram for form in _forms(text[start:end]) for gram in _grams(form)}
    return pieces - told


class _Watch(threading.Thread):
    """Collects the command lines and environments of a process and of those that it starts, again and again."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._known = {process}
        self._done = threading.Event()
        self.seen: set[bytes] = set()

    def run(self) -> None:
        while not self._done.wait(0.005):
            for process in list(self._known):
                folder = Path("/proc") / str(process)
                with contextlib.suppress(OSError):
                    self.seen |= {(folder / name).read_bytes() for name in ("cmdline", "environ")}
                    for children in folder.glob("task/*/children"):
                        self._known |= {int(child) for child in children.read_text().split()}

    def stop(self) -> None:
        self._done.set()
        self.join()


def _watched(command: list[str], folder: Path, env: dict[str, str]) -> tuple[int, list[bytes]]:
    """Run `command`: its exit code, and all that it wrote or showed in a list of processes."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env={**os.environ, **env}, stdout=pipe, stderr=pipe) as process:
        watch = _Watch(process.pid)
        watch.start()
        out, err = process.communicate(timeout=60)
        watch.stop()
    assert any(command[-1].encode() in line for line in watch.seen)
    return process.returncode, [out, err, *watch.seen]


BROKEN = {
    "extraction": (
        "import linter.extract as m\nreal = m.Extractor.extract\n"
        "def broken(*a): raise ValueError(real(*a).candidates)\nm.Extractor.extract = broken"
    ),
    "examination": (
        "import linter.examine as m\n"
        "def broken(self, _, candidate, masks): raise KeyError(candidate.secret.reveal())\nm.Examiner._match = broken"
    ),
    "findings": (
        "import linter.pipeline as m\n"
        "def broken(sightings, *_): raise RuntimeError([s.match.secret.reveal() for s in sightings])\nm.gather = broken"
    ),
    "format": (
        "import linter.formats as m, linter.formats.text as t\n"
        "def broken(report, *_, **__): raise TypeError([f.secret.reveal() for f in report.findings])\n"
        "m.renderer = lambda _: broken\nt.render = broken"
    ),
    "nothing": "",
}
"""By stage, code that makes it raise an error that quotes the secrets."""


@pytest.mark.parametrize("broken", BROKEN)
def test_no_secret_leaves_by_our_hand(
    broken: str, tmp_path: Path, cold_cache: Path, builtin_rules: tuple[PatternRule, ...]
) -> None:
    """RELIABILITY S1: reports, messages, cache, temporary files, command lines and environments."""
    repository = git_repositories.create(tmp_path / "repository")
    repository.commit(_planted(builtin_rules))
    temporary, out = tmp_path / "temporary", tmp_path / "out"
    temporary.mkdir()
    out.mkdir()
    code = f"{BROKEN[broken]}\nfrom linter.cli import main\nmain()"
    written = []
    for asked in (["--format=text"], ["--format=json"], [f"--output={form}={out / form}" for form in FORMATS]):
        command = [sys.executable, "-c", code, "scan", *asked]
        exit_code, shown = _watched(command, repository.path, {"TMPDIR": str(temporary)})
        assert exit_code == (1 if broken == "nothing" else 2)
        written += shown
    left = [file for folder in (temporary, out, cold_cache) for file in folder.rglob("*") if file.is_file()]
    assert {file.name for file in left} >= ({*FORMATS} if broken == "nothing" else set())
    # The kept rules hold their examples, as the files of rules do.
    written += [file.read_bytes() for file in left if not file.name.startswith("rules-")]
    canaries = _canaries(builtin_rules)
    assert [gram for content in written for gram in _grams(content) & canaries] == []


def test_the_test_for_leaks_sees_a_leak(builtin_rules: tuple[PatternRule, ...]) -> None:
    canaries = _canaries(builtin_rules)
    for rule in builtin_rules:
        for example in () if rule.practice else rule.examples:
            secret = example.text.encode()[slice(*example.span)]
            for form in _forms(secret):
                assert len(secret) < PREFIX + GRAM + 4 or _grams(form) & canaries, rule.id
