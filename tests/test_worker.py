"""The process that analyses sources: it may die or hang, and only the source it had is degraded."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from linter import ast_rules, sinks, worker
from linter.worker import Lost, Worker
from tests import x_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANDOM = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
LEAK = f'api_key = "{RANDOM}"\n'.encode()
RULE = "hardcoded-credential-assignment"
UNREADABLE = b"def f(:\n"
"""What this Python cannot parse, so that a worker is asked."""

FAULTS = """
import os, time
from linter import ast_rules
whole = ast_rules.analyse
def analyse(source, rules):
    if b"DIE" in source:
        os._exit(11)
    if b"HANG" in source:
        time.sleep(600)
    return whole(source, rules)
ast_rules.analyse = analyse
"""
"""What stands for a crash of the parser and for an analysis without end."""


@pytest.fixture
def asked() -> Iterator[Worker]:
    """A worker that is ended behind the test."""
    made = Worker()
    yield made
    made.close()


@pytest.fixture
def faulty(asked: Worker, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """One with faults."""
    monkeypatch.setattr(worker, "_CODE", with_faults())
    return asked


def with_faults() -> str:
    start, serve = worker._CODE.split("from linter.worker", 1)
    return f"{start}exec(FAULTS); from linter.worker{serve}".replace("FAULTS", repr(FAULTS))


def test_a_worker_finds_what_is_found_here(asked: Worker) -> None:
    rules = ast_rules.builtin(sinks.load(sinks.builtin_files()))
    ids = [rule.id for rule in rules]
    for source in (LEAK, b"def f(:\n", b"", b"x = 1\n"):
        assert asked.analyse(source, ids) == ast_rules.analyse(source, rules)


def test_a_worker_that_dies_is_told_and_the_next_source_gets_another(faulty: Worker) -> None:
    with pytest.raises(Lost, match="died"):
        faulty.analyse(LEAK + b"# DIE", [RULE])
    assert faulty.analyse(LEAK, [RULE]).candidates


def test_a_worker_that_hangs_is_killed(faulty: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS", 4)
    with pytest.raises(Lost, match="longer than 4 s"):
        faulty.analyse(LEAK + b"# HANG", [RULE])
    assert faulty.analyse(LEAK, [RULE]).candidates


def test_a_worker_reads_no_module_from_the_folder_it_is_started_in(
    asked: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "linter").mkdir()
    (tmp_path / "linter" / "__init__.py").write_text("raise SystemExit")
    (tmp_path / "ast.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert asked.analyse(LEAK, [RULE]).candidates


def scan(project: Path, change: str) -> subprocess.CompletedProcess[str]:
    program = f"import linter.worker as worker\n{change}\n"
    return subprocess.run(
        [sys.executable, "-c", f"{program}from linter.cli import main\nmain()",
         "scan", "--no-history", "--jobs", "2", "--format", "json"],
        cwd=project, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_scan_goes_on_beside_a_worker_that_dies_and_one_that_hangs(project: Path) -> None:
    bearer = x_credentials.bearer(random.Random(5))
    for number in range(12):
        (project / f"a{number}.py").write_bytes(LEAK)
    (project / "die.py").write_bytes(LEAK + UNREADABLE + f"# DIE {bearer}\n".encode())
    (project / "hang.py").write_bytes(LEAK + UNREADABLE + b"# HANG\n")
    done = scan(project, f"worker.SECONDS = 4\nworker._CODE = {with_faults()!r}")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert {(skip["path"], skip["kind"], skip["reason"]) for skip in report["coverage"]["skipped"]} == {
        ("die.py", "degraded", "AST rules: the process of the analysis died"),
        ("hang.py", "degraded", "AST rules: the analysis took longer than 4 s"),
    }
    (leak, other) = sorted(report["findings"], key=lambda finding: finding["rule"])
    # In the two that the worker did not survive, the rule on texts still reads it.
    sources = {*(f"a{number}.py" for number in range(12)), "die.py", "hang.py"}
    assert {place["path"] for place in leak["occurrences"]} == sources
    assert (other["rule"], other["location"]["path"]) == ("twitter-bearer-token", "die.py")
    assert RANDOM not in done.stdout + done.stderr


def test_where_no_second_process_is_to_be_had_the_first_does_the_work(project: Path) -> None:
    (project / "a.py").write_bytes(LEAK)
    (project / "b.py").write_bytes(UNREADABLE)
    done = scan(project, "worker._CODE = 'raise ImportError'")
    report = json.loads(done.stdout)
    assert [finding["rule"] for finding in report["findings"]] == [RULE]
    ((path, reason),) = ((skip["path"], skip["reason"]) for skip in report["coverage"]["skipped"])
    assert (path, reason) == ("b.py", "AST rules: not the syntax of this Python")
