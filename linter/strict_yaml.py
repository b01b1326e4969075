"""YAML that cannot surprise: every scalar is a string, every value knows its line, and nothing is expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yaml.events import Event

__all__ = ["Document", "Value", "load"]

Value = Union[str, "list[Value]", "dict[str, Value]", None]
Place = tuple[str | int, ...]

DEPTH_LIMIT = 32


@dataclass(frozen=True, slots=True)
class Document:
    """The value of a YAML document and the line, from 1, of everything in it, by its path of keys and indexes."""

    value: Value
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of the value at `place`, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def load(data: bytes, name: str) -> Document:
    """Read one YAML document; plain scalars stay strings (`no`, `1.10` and `0123` mean what they say).

    Raises:
        Error: not YAML, or it has duplicate keys, anchors, aliases, tags, keys that are not scalars, more than
            one document, or more than 32 levels. The message starts with `name:line`.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events: Iterator[Event] = yaml.parse(data, Loader=loader)
        return _Reader(events, name).document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Error(f"{name}:{line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise Error(f"{name}:1: not YAML: {str(error).splitlines()[0]}") from None


class _Reader:
    def __init__(self, events: Iterator[Event], name: str) -> None:
        self._events = events
        self._name = name
        self._lines: dict[Place, int] = {}

    def document(self) -> Document:
        import yaml.events as kinds

        value: Value = None
        documents = 0
        for event in self._events:
            if isinstance(event, kinds.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error(event, "more than one document; put all into one")
            elif isinstance(event, (kinds.ScalarEvent, kinds.CollectionStartEvent, kinds.AliasEvent)):
                value = self._value(event, ())
        return Document(value, self._lines)

    def _value(self, event: Event, place: Place) -> Value:
        import yaml.events as kinds

        self._lines[place] = _line(event)
        if isinstance(event, kinds.AliasEvent) or getattr(event, "anchor", None):
            raise self._error(event, "anchors and aliases are not read; write the value out")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise self._error(event, f"tags are not read; remove {tag}")
        if len(place) > DEPTH_LIMIT:
            raise self._error(event, f"more than {DEPTH_LIMIT} levels")
        if isinstance(event, kinds.ScalarEvent):
            is_null = event.implicit[0] and event.value in ("", "~", "null")
            return None if is_null else str(event.value)
        if isinstance(event, kinds.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _sequence(self, place: Place) -> Value:
        import yaml.events as kinds

        items: list[Value] = []
        for event in self._events:
            if isinstance(event, kinds.SequenceEndEvent):
                break
            items.append(self._value(event, (*place, len(items))))
        return items

    def _mapping(self, place: Place) -> Value:
        import yaml.events as kinds

        items: dict[str, Value] = {}
        for event in self._events:
            if isinstance(event, kinds.MappingEndEvent):
                break
            if not isinstance(event, kinds.ScalarEvent):
                raise self._error(event, "a key must be a plain word")
            key = str(event.value)
            if key in items:
                raise self._error(event, f"the key {key!r} stands twice")
            items[key] = self._value(next(self._events), (*place, key))
            self._lines[(*place, key)] = _line(event)
        return items

    def _error(self, event: Event, problem: str) -> Error:
        return Error(f"{self._name}:{_line(event)}: {problem}")


def _line(event: Event) -> int:
    """The line of `event`, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
