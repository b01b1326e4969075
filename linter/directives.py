"""Inline comments: `twlint: ignore[rule-id] reason` and `twlint: ignore-next-line[rule-id] reason`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from linter.positions import Positions

__all__ = ["Directive", "read"]

_LENGTH = 400
# What a comment starts with in the usual languages, or goes on with; JSON, which has none, uses strings.
_OPENS = re.compile(rb"(?:#|//|\*|--|;|%|'|\"|\.\.|\b(?:rem|dnl))\s*\Z", re.IGNORECASE)
_STARTS = re.compile(rb"\s*ignore")
_FORM = re.compile(rb"\s*ignore(?P<next>-next-line)?\[(?P<rules>[^\]\r\n]*)\](?P<reason>[^\r\n]*)")
_COMMENT_ENDS = re.compile(r"\s*(?:\*/|--!?>|[#%*-]{0,2}\}+|\"\"\"|''')\s*$")


class Directive(NamedTuple):
    """A comment on line `line` that covers the findings of `rules` on line `target`, both from 1.

    `problem` says why it cannot be honoured, or is None.
    """

    line: int
    target: int
    rules: tuple[str, ...]
    reason: str
    problem: str | None


def read(positions: Positions, ends: list[int], known: Collection[str]) -> list[Directive]:
    """The directives of a content, given the offset behind each `twlint:` in it and the ids of all rules."""
    directives = []
    for end in ends:
        before = bytes(positions.data[positions.line_start(end) : end - len("twlint:")])
        rest = bytes(positions.data[end : min(positions.line_end(end), end + _LENGTH)])
        if _OPENS.search(before[-_LENGTH:]) and _STARTS.match(rest):
            directives.append(_directive(rest, positions.place(end)[0], known))
    return directives


def _directive(rest: bytes, line: int, known: Collection[str]) -> Directive:
    form = _FORM.match(rest)
    if form is None:
        return Directive(line, line, (), "", "write `twlint: ignore[rule-id] reason`")
    rules = tuple(name.strip() for name in form["rules"].decode("utf-8", "replace").split(",") if name.strip())
    reason = _COMMENT_ENDS.sub("", form["reason"].decode("utf-8", "replace")).strip()
    unknown = [name for name in rules if name not in known]
    problem = f"no rule is named {unknown[0]}" if unknown else None if rules else "names no rule"
    return Directive(line, line + 1 if form["next"] else line, rules, reason, problem)
