"""Texts made from templates: `%` and `format`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.python.values import Piece, Value, combine, hole, literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["braces", "percent"]

_PERCENT = re.compile(r"%(?:\((?P<name>[^()]*)\))?[-#0 +]*(?:\d+)?(?:\.\d+)?(?P<kind>[a-zA-Z%])")
_BRACES = re.compile(r"\{\{|\}\}|\{(?P<name>[A-Za-z0-9_]*)(?P<rest>[^{}]*)\}")
_FIELDS = 64

Choices = list[Value]


def percent(template: Value, by_place: Sequence[Choices], by_name: Mapping[str, Choices]) -> list[Value]:
    """What `template % values` may be."""
    parts: list[Choices] = []
    at = place = 0
    for number, found in enumerate(_PERCENT.finditer(template.text)):
        if number >= _FIELDS:
            return []
        parts.append([template.part(at, found.start())])
        at = found.end()
        if found["kind"] == "%":
            parts.append([_mark("%")])
        elif found["name"] is not None:
            parts.append(by_name.get(found["name"], [hole()]))
        else:
            parts.append(by_place[place] if place < len(by_place) else [hole()])
            place += 1
    parts.append([template.part(at, len(template.text))])
    return combine(parts)


def braces(template: Value, by_place: Sequence[Choices], by_name: Mapping[str, Choices]) -> list[Value]:
    """What `template.format(…)` may be."""
    parts: list[Choices] = []
    at = place = 0
    for number, found in enumerate(_BRACES.finditer(template.text)):
        if number >= _FIELDS:
            return []
        parts.append([template.part(at, found.start())])
        at = found.end()
        name = found["name"]
        if name is None:
            parts.append([_mark(found[0][0])])
        elif found["rest"]:
            parts.append([hole()])
        elif name and not name.isdigit():
            parts.append(by_name.get(name, [hole()]))
        else:
            index = int(name) if name else place
            place += not name
            parts.append(by_place[index] if index < len(by_place) else [hole()])
    parts.append([template.part(at, len(template.text))])
    return combine(parts)


def _mark(text: str) -> Value:
    return literal((Piece(text, (), exact=False),))
