"""What other tools were told to ignore, read and matched with findings."""

from __future__ import annotations

import hashlib
import json

import pytest

from linter import foreign_baselines
from linter.foreign_baselines import Known
from linter.model import Error, Finding, State
from tests.invented import github_token
from tests.sightings import findings_of, sighting

COMMIT = "c" * 40


def _finding(value: str = "", path: str = "a.py", line: int = 3, commit: str | None = None) -> Finding:
    state = State.HISTORY if commit else State.WORKTREE
    (finding,) = findings_of(sighting(value or github_token(), path, state, line=line, commit=commit))
    return finding


def _sha1(value: str) -> str:
    return hashlib.sha1(value.encode()).hexdigest()


def _detect_secrets(**result: object) -> bytes:
    return json.dumps({"version": "1.5.0", "results": {"a.py": [{"type": "Secret Keyword", **result}]}}).encode()


def test_an_ignore_file_of_gitleaks_names_places_with_and_without_commits() -> None:
    text = f"# a comment\n\n{COMMIT}:a.py:generic-api-key:3\nsub/b:c.py:aws:12\n"

    first, second = foreign_baselines.parse(text.encode(), ".gitleaksignore")

    assert (first.path, first.rule, first.line, first.commit) == ("a.py", "generic-api-key", 3, COMMIT)
    assert (second.path, second.rule, second.line, second.commit) == ("sub/b:c.py", "aws", 12, None)


def test_a_report_of_gitleaks_says_the_same() -> None:
    report = json.dumps([{"RuleID": "aws", "Fingerprint": f"{COMMIT}:./a.py:aws:3"}]).encode()
    assert foreign_baselines.parse(report, "r.json") == [
        Known("a.py", "aws", 3, COMMIT, None, "ignored for gitleaks as aws")
    ]


def test_a_place_of_gitleaks_is_matched_by_path_line_and_commit() -> None:
    known = Known("a.py", "aws", 3, COMMIT, None, "")
    assert foreign_baselines.covers(known, _finding(commit=COMMIT))
    assert not foreign_baselines.covers(known, _finding(commit="d" * 40))
    assert not foreign_baselines.covers(known, _finding(commit=COMMIT, line=4))
    assert not foreign_baselines.covers(known, _finding(commit=COMMIT, path="b.py"))
    assert foreign_baselines.covers(known._replace(commit=None), _finding())


def test_a_hash_of_detect_secrets_is_proved_whatever_the_line() -> None:
    (known,) = foreign_baselines.parse(_detect_secrets(hashed_secret=_sha1(github_token()), line_number=99), "b")
    assert foreign_baselines.covers(known, _finding())
    assert not foreign_baselines.covers(known, _finding(path="b.py"))
    assert not foreign_baselines.covers(known, _finding(github_token(1)))


def test_a_private_key_of_detect_secrets_is_matched_by_its_header_and_line() -> None:
    header = "BEGIN RSA PRIVATE " + "KEY"
    key = f"-----{header}-----\nMIIB"
    (known,) = foreign_baselines.parse(_detect_secrets(hashed_secret=_sha1(header), line_number=3), "b")
    assert foreign_baselines.covers(known, _finding(key))
    assert not foreign_baselines.covers(known, _finding(key, line=4))


@pytest.mark.parametrize(
    ("verdict", "words"), [({}, ""), ({"is_secret": True}, "judged a secret"), ({"is_secret": False}, "no secret")]
)
def test_what_was_judged_is_kept(verdict: dict[str, bool], words: str) -> None:
    (known,) = foreign_baselines.parse(_detect_secrets(hashed_secret=_sha1("x"), **verdict), "b")
    assert words in known.note


@pytest.mark.parametrize("data", [b"{", b"[1]", b'{"a": 1}', b'{"results": []}', b"nonsense", b"[" * 100_000])
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(Error, match="f"):
        foreign_baselines.parse(data, "f")
