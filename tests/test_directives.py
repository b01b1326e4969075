"""Inline comments that accept a finding, in any comment syntax."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import config, directives
from linter.directives import Directive
from tests.batches import positions_of

KNOWN = ("acme-key", "acme-token")
MARK = b"twlint" + b":"


def _read(content: bytes) -> list[Directive]:
    ends, at = [], 0
    while (at := content.find(MARK, at)) >= 0:
        at += len(MARK)
        ends.append(1 + at)
    return directives.read(positions_of(content), ends, KNOWN)


def _comment(form: str) -> bytes:
    return form.replace("MARK", MARK.decode()).encode()


@pytest.mark.parametrize(
    "form",
    [
        "x = 1  # MARK ignore[acme-key] a test value",
        "x = 1; // MARK ignore[acme-key] a test value",
        "x = 1; /* MARK ignore[acme-key] a test value */",
        "<x/> <!-- MARK ignore[acme-key] a test value -->",
        "-- MARK ignore[acme-key] a test value",
        "{# MARK ignore[acme-key] a test value #}",
        "{{!-- MARK ignore[acme-key] a test value --}}",
        '"""MARK ignore[acme-key] a test value"""',
        "# MARK   ignore[ acme-key ]   a test value  \r",
        "#MARKignore[acme-key] a test value",
    ],
)
def test_a_comment_is_read_in_any_syntax(form: str) -> None:
    assert _read(_comment(form)) == [Directive(1, 1, ("acme-key",), "a test value", None)]


def test_a_comment_may_cover_the_next_line() -> None:
    (comment,) = _read(_comment("a\n# MARK ignore-next-line[acme-key] why\nb\n"))
    assert (comment.line, comment.target) == (2, 3)


def test_a_comment_may_name_several_rules_and_no_reason() -> None:
    (comment,) = _read(_comment("# MARK ignore[acme-key, acme-token]"))
    assert comment == Directive(1, 1, ("acme-key", "acme-token"), "", None)


def test_every_comment_of_a_content_is_read() -> None:
    comments = _read(_comment("# MARK ignore[acme-key] a\n\n# MARK ignore[acme-token] b\n"))
    assert [(comment.line, comment.reason) for comment in comments] == [(1, "a"), (3, "b")]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("# MARK ignore", "write `"),
        ("# MARK ignore acme-key", "write `"),
        ("# MARK ignore[acme-key", "write `"),
        ("# MARK ignored", "write `"),
        ("# MARK ignore-nextline[acme-key]", "write `"),
        ("# MARK ignore[]", "names no rule"),
        ("# MARK ignore[acme-kye] typo", "no rule is named acme-kye"),
        ("# MARK ignore[acme-key, all]", "no rule is named all"),
    ],
)
def test_a_comment_that_cannot_be_honoured_says_why(form: str, problem: str) -> None:
    (comment,) = _read(_comment(form))
    assert comment.problem is not None
    assert problem in comment.problem


@pytest.mark.parametrize(
    "form", ["# MARK", "# MARK see the manual", "# MARK\nignore[acme-key]", "see MARK ignore[acme-key]"]
)
def test_other_words_are_no_directive(form: str) -> None:
    comments = _read(_comment(form))
    assert not [comment for comment in comments if comment.problem is None]


@given(st.binary(max_size=80))
def test_any_bytes_may_follow_the_mark(rest: bytes) -> None:
    for comment in _read(b"# " + MARK + b" ignore" + rest):
        assert comment.line == 1


def _foreign(content: bytes) -> list[tuple[int, str]]:
    """The lines that comments of other tools cover, and the tools."""
    words = {word for tool in directives.TOOLS for word in directives.marks([tool])}
    ends = sorted(1 + found.end() for word in words for found in re.finditer(re.escape(word), content))
    return [(each.target, each.rules[-1]) for each in directives.read(positions_of(content), ends, KNOWN)]


@pytest.mark.parametrize(
    ("content", "covered"),
    [
        (b"k = 1  # gitleaks:allow", [(1, "gitleaks")]),
        (b"k = 1  # why not; betterleaks:allow", [(1, "gitleaks")]),
        (b"k = 1  # pragma: allowlist secret", [(1, "detect-secrets")]),
        (b"k = 1  // pragma:whitelist-secret", [(1, "detect-secrets")]),
        (b"# pragma: allowlist nextline secret\nk = 1", [(2, "detect-secrets")]),
        (b"k = 1  # trufflehog:ignore", [(1, "trufflehog")]),
        (b"k = 1  # kingfisher:ignore", [(1, "kingfisher")]),
        (b"  # kingfisher:ignore\nk = 1", [(1, "kingfisher"), (2, "kingfisher")]),
        (b"k = 1  # nosec B105", [(1, "bandit")]),
        (b"k = 1  # nosemgrep: a.b", [(1, "semgrep")]),
        (b"k = 1  # ggignore", [(1, "ggshield")]),
        (b"k = 1  # pragma: no cover", []),
        (b"k = 1  # nosecret", []),
        (b"k = 1  # gitleaks:allowed", []),
    ],
)
def test_comments_of_other_tools_are_read(content: bytes, covered: list[tuple[int, str]]) -> None:
    assert _foreign(content) == covered


def test_a_comment_of_another_tool_covers_every_rule_and_never_counts_as_one_of_the_rules_alone() -> None:
    (comment,) = directives.read(positions_of(b"# gitleaks:allow"), [17], KNOWN)
    assert comment.rules == (*KNOWN, "gitleaks")
    assert comment.reason == "a comment of gitleaks"


def test_the_configuration_may_name_every_tool() -> None:
    honour = config.schema()["properties"]["honour"]
    assert honour["items"]["enum"] == sorted(directives.TOOLS)
