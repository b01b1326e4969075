"""What programs are promised: the public names, their parameters and fields, and what `linter.scan` returns."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import linter
from tests import git_repositories, x_credentials
from tests.invented import aws_key_id, github_token

if TYPE_CHECKING:
    from tests.command import Twlint

PROMISED: dict[type[Any], set[str]] = {
    linter.Report: {"findings", "coverage", "notices"},
    linter.Finding: {
        "rule", "name", "severity", "confidence", "evidence", "secret", "fingerprint", "occurrences", "state",
        "status", "status_reason", "introduced", "parts",
    },
    linter.Occurrence: {"path", "line", "column", "end_line", "end_column", "state", "commit", "blob", "cell"},
    linter.Part: {"rule", "name", "secret", "evidence", "occurrence"},
    linter.Coverage: {"files", "blobs", "commits", "tags", "bytes", "skipped"},
    linter.Skip: {"path", "reason", "kind"},
    linter.Commit: {"sha", "author", "email", "date"},
}  # fmt: skip


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, without files."""
    monkeypatch.chdir(project)
    return project


def _rules(report: linter.Report) -> list[str]:
    return [finding.rule for finding in report.new()]


def test_the_public_names_stay() -> None:
    assert set(linter.__all__) == {
        "Commit", "Confidence", "Coverage", "Error", "Finding", "Occurrence", "Part", "Report", "Secret", "Severity",
        "Skip", "SkipKind", "State", "Status", "__version__", "scan",
    }  # fmt: skip
    for name in linter.__all__:
        assert getattr(linter, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        linter.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_parameters_of_scan_stay() -> None:
    parameters = inspect.signature(linter.scan).parameters
    assert {name: parameter.default for name, parameter in parameters.items() if name != "paths"} == {
        "history": None, "since": None, "staged": False, "select": (), "ignore": (), "exclude": (),
        "min_severity": None, "min_confidence": None, "config": None, "baseline": None, "isolated": False,
        "jobs": None,
    }  # fmt: skip
    assert parameters["paths"].kind is inspect.Parameter.VAR_POSITIONAL
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for name, each in parameters.items() if name != "paths")


@pytest.mark.parametrize("value", PROMISED, ids=lambda value: value.__name__)
def test_the_promised_fields_stay(value: type[Any]) -> None:
    assert {field.name for field in dataclasses.fields(value)} >= PROMISED[value]


def test_the_example_of_the_docstring_is_true(here: Path) -> None:
    (here / "project").mkdir()
    (here / "project" / "bot.py").write_text(f"client({x_credentials.bearer(random.Random(1))!r})\n")
    (example,) = (each for each in doctest.DocTestFinder().find(linter.scan, globs={}) if each.examples)
    told: list[str] = []

    assert doctest.DocTestRunner().run(example, out=told.append).failed == 0, "".join(told)


def test_a_scan_without_arguments_is_that_of_the_command(here: Path, twlint: Twlint) -> None:
    (here / "a.txt").write_text(f"{aws_key_id()}\n{github_token()}\n")
    (here / ".twlint.yaml").write_text("ignore: [aws]\n")

    report = linter.scan()

    assert _rules(report) == ["github-personal-access-token"]
    assert [finding.fingerprint for finding in report.findings] == [
        finding["fingerprint"] for finding in twlint.json()["findings"]
    ]
    assert github_token() not in f"{report!r} {report}"


def test_each_parameter_is_heeded(here: Path) -> None:
    (here / "a.txt").write_text(f"{aws_key_id()}\n{github_token()}\n")
    (here / "other.yaml").write_text("ignore: [github]\n")
    (here / ".twlint.yaml").write_text("ignore: [aws]\n")
    every = {"aws-access-key-id", "github-personal-access-token"}

    assert set(_rules(linter.scan(isolated=True, jobs=1))) == every
    assert _rules(linter.scan(config="other.yaml")) == ["aws-access-key-id"]
    assert _rules(linter.scan("a.txt", isolated=True, select="aws,github", ignore=["github"])) == ["aws-access-key-id"]
    assert set(_rules(linter.scan(isolated=True, min_severity=linter.Severity.CRITICAL))) < every
    assert linter.scan(exclude=["a.txt"]).findings == ()


def test_history_is_scanned_as_asked(here: Path) -> None:
    repository = git_repositories.create(here)
    repository.commit({"a.txt": f"{github_token()}\n"})
    repository.commit({"a.txt": "gone\n"})
    repository.write({"b.txt": f"{aws_key_id()}\n"})
    repository.git("add", "b.txt")

    assert set(_rules(linter.scan(here))) == {"aws-access-key-id", "github-personal-access-token"}
    assert _rules(linter.scan(here, history=False)) == ["aws-access-key-id"]
    assert _rules(linter.scan(here, staged=True)) == ["aws-access-key-id"]
    assert _rules(linter.scan(here, since="HEAD~")) == []


def test_what_a_baseline_covers_is_not_new(here: Path, twlint: Twlint) -> None:
    (here / "a.txt").write_text(f"{github_token()}\n")
    assert twlint("baseline", "create").returncode == 0

    (finding,) = linter.scan(baseline=".twlint-baseline").findings

    assert finding.status is linter.Status.BASELINED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"select": "githib"}, "no rule is named githib"),
        ({"config": "absent.yaml"}, "absent.yaml"),
        ({"baseline": "absent"}, "no such baseline"),
        ({"since": "HEAD"}, "not a git repository"),
        ({"staged": True, "history": False}, "exclude one another"),
        ({"jobs": 0}, "jobs"),
        ({"exclude": ["!"]}, "not a glob"),
    ],
)
def test_bad_input_is_an_error(arguments: dict[str, Any], words: str, here: Path) -> None:
    (here / "a.txt").write_text("x\n")

    with pytest.raises(linter.Error, match=words):
        linter.scan(**arguments)


def test_a_path_that_does_not_exist_is_an_error(here: Path) -> None:
    with pytest.raises(linter.Error, match="nowhere: No such file"):
        linter.scan(Path("nowhere"))


def test_what_was_not_scanned_is_told(here: Path) -> None:
    repository = git_repositories.create(here)
    repository.commit({"a.txt": "one\n"})
    repository.commit({"a.txt": "two\n"})
    shallow = here.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{here}", shallow], check=True)

    coverage = linter.scan(shallow).coverage

    assert not coverage.complete
    assert [skip.path for skip in coverage.skipped] == ["history"]
