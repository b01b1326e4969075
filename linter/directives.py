"""Inline comments: `twlint: ignore[rule-id] reason`, `ignore-next-line[rule-id]`, and those of other tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from linter.positions import Positions

__all__ = ["MARK", "TOOLS", "Directive", "Tool", "marks", "read"]

MARK = b"twlint:"
"""What a comment of ours contains."""

_LENGTH = 400
# What a comment starts with in the usual languages, or goes on with; JSON, which has none, uses strings.
_OPENS = re.compile(rb"(?:#|//|\*|--|;|%|'|\"|\.\.|\b(?:rem|dnl))\s*\Z", re.IGNORECASE)
_STARTS = re.compile(rb"\s*ignore")
_FORM = re.compile(rb"\s*ignore(?P<next>-next-line)?\[(?P<rules>[^\]\r\n]*)\](?P<reason>[^\r\n]*)")
_ALONE = re.compile(rb"\s*(?:#|//|/?\*|--|;|%|<!--|rem\b)?\s*", re.IGNORECASE)
_COMMENT_ENDS = re.compile(r"\s*(?:\*/|--!?>|[#%*-]{0,2}\}+|\"\"\"|''')\s*$")


class Tool(NamedTuple):
    """How another tool's comments look: `mark` as it stands, then `form`, whose group `next` is the next line's.

    `above`: a comment that has a line to itself covers the next one.
    """

    mark: bytes
    form: re.Pattern[bytes] = re.compile(rb"\W|\Z")
    above: bool = False


_PRAGMA = re.compile(rb" ?(?:allow|white)list(?P<next>[ -]nextline)?[ -]secret", re.IGNORECASE)
TOOLS: Mapping[str, tuple[Tool, ...]] = {
    "bandit": (Tool(b"nosec"),),
    "detect-secrets": (Tool(b"pragma:", _PRAGMA),),
    "ggshield": (Tool(b"ggignore"),),
    "gitleaks": (Tool(b"gitleaks:allow"), Tool(b"betterleaks:allow")),
    "kingfisher": (Tool(b"kingfisher:ignore", above=True),),
    "semgrep": (Tool(b"nosemgrep"),),
    "trufflehog": (Tool(b"trufflehog:ignore"),),
}
"""The tools whose comments may be honoured."""


class Directive(NamedTuple):
    """A comment on line `line` that covers the findings of `rules` on line `target`, both from 1.

    `problem` says why it cannot be honoured, or is None.
    """

    line: int
    target: int
    rules: tuple[str, ...]
    reason: str
    problem: str | None


def marks(tools: Iterable[str]) -> tuple[bytes, ...]:
    """What the comments of `tools` contain."""
    return tuple(form.mark for tool in tools for form in TOOLS[tool])


def read(positions: Positions, ends: list[int], known: Collection[str]) -> list[Directive]:
    """The directives of a content, given the offset behind each mark in it and the ids of all rules.

    Marks are ours, and those of the tools that are honoured.
    """
    directives: list[Directive] = []
    for end in ends:
        before = bytes(positions.data[max(positions.line_start(end), end - _LENGTH) : end])
        rest = bytes(positions.data[end : min(positions.line_end(end), end + _LENGTH)])
        if not before.endswith(MARK):
            directives += _foreign(before, rest, positions.place(end)[0], known)
        elif _OPENS.search(before[: -len(MARK)]) and _STARTS.match(rest):
            directives.append(_directive(rest, positions.place(end)[0], known))
    return directives


def _foreign(before: bytes, rest: bytes, line: int, known: Collection[str]) -> Iterator[Directive]:
    """What a comment of another tool covers: every rule.

    It names the tool beside the rules, which no scan runs, so that it never counts as one that ignores nothing:
    that tool may need it.
    """
    for tool, forms in TOOLS.items():
        for form in forms:
            if not before.endswith(form.mark) or not (found := form.form.match(rest)):
                continue
            target = line + 1 if found.groupdict().get("next") else line
            rules, reason = (*known, tool), f"a comment of {tool}"
            yield Directive(line, target, rules, reason, None)
            if form.above and _ALONE.fullmatch(before[: -len(form.mark)]):
                yield Directive(line, line + 1, rules, reason, None)


def _directive(rest: bytes, line: int, known: Collection[str]) -> Directive:
    form = _FORM.match(rest)
    if form is None:
        return Directive(line, line, (), "", "write `twlint: ignore[rule-id] reason`")
    rules = tuple(name.strip() for name in form["rules"].decode("utf-8", "replace").split(",") if name.strip())
    reason = _COMMENT_ENDS.sub("", form["reason"].decode("utf-8", "replace")).strip()
    unknown = [name for name in rules if name not in known]
    problem = f"no rule is named {unknown[0]}" if unknown else None if rules else "names no rule"
    return Directive(line, line + 1 if form["next"] else line, rules, reason, problem)
