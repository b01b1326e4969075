"""Sinks: which argument of which call carries which kind of credential, and how they are read from YAML."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from linter import rule_files, strict_yaml
from linter.model import Error, Severity
from linter.structures import STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "Argument",
    "Call",
    "Kind",
    "Lookup",
    "SinkExample",
    "SinkFaults",
    "Sinks",
    "builtin_files",
    "is_file_of_sinks",
    "load",
    "parse",
]

Role = Literal["client", "crypto-key", "jwt-key", "framework-secret"]


class Kind(msgspec.Struct, frozen=True):
    """A kind of credential; where a pattern rule finds the same kind, it has the rule's id.

    `shape` is a pattern that a whole value of this kind matches, and `structure` names a check that proves it.
    """

    id: str
    name: str
    severity: Severity
    chosen: bool = False
    shape: str | None = None
    structure: str | None = None


class Argument(msgspec.Struct, frozen=True):
    """A credential in a call: the argument's name and position, and the place inside it if it is a collection.

    `within` is a pattern of the whole argument whose only group is the credential, if it stands in a longer text.
    """

    name: str
    position: int | None
    kind: str
    item: int | None = None
    key: str | None = None
    within: str | None = None


class Call(msgspec.Struct, frozen=True):
    """The credentials that a callable takes, and what it does with them."""

    role: Role
    arguments: tuple[Argument, ...]


class Lookup(msgspec.Struct, frozen=True):
    """A callable that reads a value by its name: the positions and keywords of the name and of the fallback."""

    key: int
    key_name: str
    position: int | None
    default: str


class SinkExample(msgspec.Struct, frozen=True):
    """A source, where in it the credential stands, in bytes, and of which kind it is; `place` is that of the example.

    A source without a credential has neither span nor kind.
    """

    text: str
    span: tuple[int, int] | None
    kind: str | None
    place: str


class Sinks(msgspec.Struct, frozen=True):
    """All sinks, by the full names of what carries the credential."""

    kinds: dict[str, Kind]
    calls: dict[str, Call]
    attributes: dict[str, str]
    headers: dict[str, str]
    lookups: dict[str, Lookup]
    outputs: dict[str, tuple[str, ...]]
    examples: tuple[SinkExample, ...] = ()

    def called(self, role: Role) -> list[str]:
        """The full names of the callables of `role`, and for clients those of attributes."""
        names = [name for name, call in self.calls.items() if call.role == role]
        return [*names, *self.attributes] if role == "client" else names

    def packages(self, role: Role) -> frozenset[str]:
        """The top-level packages of the callables of `role`, and for clients those of attributes."""
        return frozenset(name.partition(".")[0] for name in self.called(role))


class SinkFaults(rule_files.RuleFaults):
    """Every fault of every sink that does not load, one a line, as `file:line: entry: fault`."""


class _WrittenKind(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    name: str
    severity: Literal["critical", "high", "medium", "low", "info"]
    chosen: bool = False
    shape: str | None = None
    structure: str | None = None


class _WrittenArgument(msgspec.Struct, forbid_unknown_fields=True):
    item: int | None = None
    kind: str = ""
    keys: dict[str, str] = {}
    within: str | None = None


class _WrittenCall(msgspec.Struct, forbid_unknown_fields=True):
    callables: tuple[str, ...]
    arguments: dict[str, str | _WrittenArgument]
    order: tuple[str, ...] = ()
    role: Role = "client"


class _WrittenAttributes(msgspec.Struct, forbid_unknown_fields=True):
    attributes: tuple[str, ...]
    kind: str


class _WrittenHeaders(msgspec.Struct, forbid_unknown_fields=True):
    headers: tuple[str, ...]
    kind: str


class _WrittenLookup(msgspec.Struct, forbid_unknown_fields=True):
    callables: tuple[str, ...]
    order: tuple[str, ...]
    key: str = "key"
    default: str = "default"


class _WrittenOutput(msgspec.Struct, forbid_unknown_fields=True):
    to: Literal["print", "log-object", "log", "command", "file"]
    callables: tuple[str, ...]


class _WrittenExample(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    secret: tuple[str, ...] = ()
    kind: str = ""


_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "kinds": _WrittenKind,
    "calls": _WrittenCall,
    "attributes": _WrittenAttributes,
    "headers": _WrittenHeaders,
    "lookups": _WrittenLookup,
    "outputs": _WrittenOutput,
    "examples": _WrittenExample,
}
_PLACE = "{secret}"
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def builtin_files() -> list[Path]:
    """The sink files that come with twlint; they stand in a folder beside the rules."""
    return sorted((rule_files.builtin_folder() / "sinks").glob("*.yaml"))


def is_file_of_sinks(content: bytes) -> bool:
    """True if a YAML file is a mapping, as sinks are written, and no list, as rules are."""
    try:
        return isinstance(strict_yaml.load(content, "").value, dict)
    except Error:
        return False


def load(files: list[Path]) -> Sinks:
    """The sinks of `files`, kept in the cache under a digest of the files.

    Raises:
        SinkFaults: a sink does not load; all faults of all files are told.
        Error: a file cannot be read.
    """
    return rule_files.kept(Sinks, rule_files.read_files(files), parse)


def parse(contents: rule_files.Contents) -> Sinks:
    """The sinks in the YAML of `contents`.

    Raises:
        SinkFaults: a sink does not load; all faults of all files are told.
    """
    faults: list[str] = []
    entries: list[_Entry] = []
    for file, content in contents:
        try:
            document = strict_yaml.load(content, str(file))
        except Error as error:
            faults.append(str(error))
            continue
        for entry in _entries(document, file):
            faults.append(entry) if isinstance(entry, str) else entries.append(entry)
    sinks, wrong = _finished(entries)
    if faults or wrong:
        raise SinkFaults(faults + wrong)
    return sinks


class _Entry(msgspec.Struct):
    """One written entry and the place it is told by when it is wrong."""

    value: Any
    place: str

    def fault(self, problem: str) -> str:
        return f"{self.place}: {problem}"


def _entries(document: strict_yaml.Document, file: Path) -> Iterator[_Entry | str]:
    """The entries of a file, and the faults of those that have not the form of their section."""
    if not isinstance(document.value, dict):
        yield f"{file}:1: a sink file is a mapping of {', '.join(_SECTIONS)}"
        return
    for section, items in document.value.items():
        line = document.line((section,))
        if section not in _SECTIONS:
            yield f"{file}:{line}: {_unknown(section, _SECTIONS)}"
        elif not isinstance(items, list):
            yield f"{file}:{line}: {section}: a list of entries is needed"
        else:
            for index, item in enumerate(items):
                yield _entry(item, section, f"{file}:{document.line((section, index))}: {section} {index + 1}")


def _entry(item: strict_yaml.Value, section: str, place: str) -> _Entry | str:
    kind = _SECTIONS[section]
    if not isinstance(item, dict):
        return f"{place}: an entry is a mapping of keys"
    known = {field.name: field.required for field in msgspec.structs.fields(kind)}
    if unknown := [key for key in item if key not in known]:
        return f"{place}: {_unknown(unknown[0], known)}"
    if missing := [key for key, needed in known.items() if needed and key not in item]:
        return f"{place}: the key `{missing[0]}` is missing"
    try:
        return _Entry(msgspec.convert(item, kind, strict=False), place)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        return f"{place}: {'.'.join(re.findall(r'[A-Za-z_]+|[0-9]+', path))}: {problem}"


def _unknown(key: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"unknown key `{key}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _finished(entries: list[_Entry]) -> tuple[Sinks, list[str]]:
    sinks = Sinks({}, {}, {}, {}, {}, {})
    faults: list[str] = []
    for entry in entries:
        if isinstance(entry.value, _WrittenKind):
            faults += _add_kind(sinks, entry, entry.value)
    for entry in entries:
        value = entry.value
        faults += [entry.fault(problem) for problem in _wrong_names(value)]
        faults += [entry.fault(_unknown_kind(kind, sinks)) for kind in _kinds(value) if kind not in sinks.kinds]
        _add(sinks, value)
    examples = tuple(_example(each.value, each.place) for each in entries if isinstance(each.value, _WrittenExample))
    return msgspec.structs.replace(sinks, examples=examples), faults


def _example(written: _WrittenExample, place: str) -> SinkExample:
    """The example with its secret in place; that is written in parts, so that no file holds a whole one."""
    before, mark, after = written.text.partition(_PLACE)
    secret = "".join(written.secret)
    start = len(before.encode())
    span = (start, start + len(secret.encode())) if written.kind else None
    return SinkExample(before + secret * bool(mark) + after, span, written.kind or None, place)


def _add_kind(sinks: Sinks, entry: _Entry, kind: _WrittenKind) -> Iterator[str]:
    if kind.id in sinks.kinds:
        yield entry.fault(f"the kind {kind.id} stands twice")
    if kind.structure is not None and kind.structure not in STRUCTURES:
        yield entry.fault(f"structure: unknown; known are {', '.join(sorted(STRUCTURES))}")
    try:
        re.compile(kind.shape or "")
    except re.error as error:
        yield entry.fault(f"shape: not a pattern: {error}")
    severity = Severity[kind.severity.upper()]
    sinks.kinds[kind.id] = Kind(kind.id, kind.name, severity, kind.chosen, kind.shape, kind.structure)


def _wrong_names(value: object) -> Iterator[str]:
    """What is wrong with the names in an entry, apart from kinds."""
    if isinstance(value, (_WrittenCall, _WrittenLookup, _WrittenOutput)):
        for name in value.callables:
            if not _DOTTED.fullmatch(name):
                yield f"callables: {name!r} is no dotted name"
    if isinstance(value, _WrittenCall):
        for name, argument in value.arguments.items():
            if not isinstance(argument, str) and bool(argument.kind) == bool(argument.keys):
                yield f"arguments.{name}: needs either `kind` or `keys`"
            if not isinstance(argument, str) and argument.within is not None and not _has_one_group(argument.within):
                yield f"arguments.{name}.within: needs to be a pattern with one group"
    if isinstance(value, _WrittenExample) and (value.text.count(_PLACE) == 1) != bool(value.secret):
        yield f"text: needs {_PLACE} once, and `secret` its parts"
    if isinstance(value, _WrittenLookup):
        yield from (f"order: needs `{name}`" for name in (value.key, value.default) if name not in value.order)


def _has_one_group(pattern: str) -> bool:
    try:
        return re.compile(pattern).groups == 1
    except re.error:
        return False


def _kinds(value: object) -> Iterator[str]:
    if isinstance(value, (_WrittenAttributes, _WrittenHeaders)) or (isinstance(value, _WrittenExample) and value.kind):
        yield value.kind
    elif isinstance(value, _WrittenCall):
        for name, argument in value.arguments.items():
            yield from (each.kind for each in _arguments(name, argument, value.order) if each.kind)


def _unknown_kind(kind: str, sinks: Sinks) -> str:
    near = difflib.get_close_matches(kind, sinks.kinds, n=1)
    return f"unknown kind `{kind}`" + (f"; did you mean `{near[0]}`?" if near else "")


def _arguments(name: str, written: str | _WrittenArgument, order: tuple[str, ...]) -> Iterator[Argument]:
    position = order.index(name) if name in order else None
    if isinstance(written, str):
        yield Argument(name, position, written)
    elif written.keys:
        for key, kind in written.keys.items():
            yield Argument(name, position, kind, key=key, within=written.within)
    else:
        yield Argument(name, position, written.kind, item=written.item, within=written.within)


def _add(sinks: Sinks, value: object) -> None:
    if isinstance(value, _WrittenCall):
        arguments = tuple(
            each for name, argument in value.arguments.items() for each in _arguments(name, argument, value.order)
        )
        for name in value.callables:
            known = sinks.calls.get(name)
            sinks.calls[name] = Call(value.role, (known.arguments if known else ()) + arguments)
    elif isinstance(value, _WrittenAttributes):
        sinks.attributes.update(dict.fromkeys(value.attributes, value.kind))
    elif isinstance(value, _WrittenHeaders):
        sinks.headers.update({name.lower(): value.kind for name in value.headers})
    elif isinstance(value, _WrittenLookup):
        places = {name: position for position, name in enumerate(value.order)}
        lookup = Lookup(places.get(value.key, 0), value.key, places.get(value.default), value.default)
        sinks.lookups.update(dict.fromkeys(value.callables, lookup))
    elif isinstance(value, _WrittenOutput):
        sinks.outputs[value.to] = (*sinks.outputs.get(value.to, ()), *value.callables)
