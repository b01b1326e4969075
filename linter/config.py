"""The configuration: defaults, then the files that a file extends, then the file, then the command line."""

from __future__ import annotations

import difflib
import re
import sys
from collections import defaultdict
from datetime import date  # noqa: TC003 - msgspec reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from linter import regular_file, strict_yaml
from linter.model import Confidence, Error, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Config", "Traced", "find", "load", "schema", "trace"]

YAML_NAME = ".twlint.yaml"
TOML_NAME = "pyproject.toml"
EXTENDS_LIMIT = 8
"""Files that extend one another in a row."""

_WHAT = "the configuration"


class Allowed(msgspec.Struct, frozen=True):
    """Findings that are suppressed: those for which all holds that is given. An empty tuple is not given.

    Attributes:
        place: `file:line` where it is written.
        is_inherited: it stands in a file that is extended, which others extend too.
        values: a regular expression that is found in the credential.
        until: the last day on which it is in force.
    """

    place: str
    reason: str
    is_inherited: bool = False
    paths: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    values: str | None = None
    until: date | None = None

    def written(self) -> dict[str, object]:
        """What is given, as it would be written."""
        given = {name: getattr(self, name) for name in _WrittenAllowed.__struct_fields__}
        return {name: value for name, value in given.items() if value}


class Config(msgspec.Struct, frozen=True):
    """What a scan is told. Relative paths of files are already resolved."""

    extends: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    sinks: tuple[Path, ...] = ()
    accept_skips: tuple[str, ...] = ()
    honour: tuple[str, ...] = ()
    severity: dict[str, Severity] = {}
    per_path: dict[str, tuple[str, ...]] = {}
    allow: tuple[Allowed, ...] = ()
    baseline: Path | None = None
    allow_shallow: bool = False
    archives: bool = True
    min_severity: Severity = Severity.LOW
    min_confidence: Confidence = Confidence.MEDIUM


class Traced(NamedTuple):
    """A configuration and, for each key that a file gives, the places `file:line` where it stands."""

    config: Config
    origins: Mapping[str, tuple[str, ...]]


_SeverityName = Literal["critical", "high", "medium", "low", "info"]
_Tool = Literal["bandit", "detect-secrets", "ggshield", "gitleaks", "kingfisher", "semgrep", "trufflehog"]


def _told(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class _WrittenPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds below some paths only."""

    ignore: Annotated[tuple[str, ...], _told("Rules whose findings at these paths are suppressed.")]


class _WrittenAllowed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Findings that are suppressed: those for which all holds that is given, which is one key at least."""

    reason: Annotated[str, msgspec.Meta(min_length=1, description="Why they are suppressed; reports show it.")]
    paths: Annotated[tuple[str, ...], _told("They stand at these paths, written as in .gitignore.")] = ()
    rules: Annotated[tuple[str, ...], _told("They are of these rules, by id or first words.")] = ()
    fingerprints: Annotated[tuple[str, ...], _told("They have these fingerprints, as the JSON report shows.")] = ()
    values: Annotated[str | None, _told("This regular expression is found in the credential.")] = None
    until: Annotated[date | None, _told("The last day on which this is in force.")] = None


class _WrittenConfig(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The configuration of twlint, in `.twlint.yaml` and in `[tool.twlint]` of `pyproject.toml`."""

    extends: Annotated[tuple[str, ...], _told("Files that this one adds to, relative to it.")] = ()
    select: Annotated[tuple[str, ...], _told("Rules to run, by id or first words; empty: all.")] = ()
    ignore: Annotated[tuple[str, ...], _told("Rules not to run, by id or first words.")] = ()
    exclude: Annotated[tuple[str, ...], _told("Paths not to scan, written as in .gitignore.")] = ()
    rules: Annotated[tuple[str, ...], _told("Files with rules of your own, beside those of twlint.")] = ()
    sinks: Annotated[tuple[str, ...], _told("Files that say which calls of yours take credentials.")] = ()
    accept_skips: Annotated[tuple[str, ...], _told("Words in the reason of a skip that leave a scan complete.")] = ()
    honour: Annotated[tuple[_Tool, ...], _told("Other tools whose comments suppress findings.")] = ()
    severity: Annotated[dict[str, _SeverityName], _told("Another severity for rules, by id or first words.")] = {}
    per_path: Annotated[dict[str, _WrittenPath], _told("What holds at paths, written as in .gitignore.")] = {}
    allow: Annotated[tuple[_WrittenAllowed, ...], _told("Findings that are suppressed, with a reason each.")] = ()
    baseline: Annotated[str | None, _told("The file of accepted findings, relative to this one.")] = None
    allow_shallow: Annotated[bool, _told("A history that is cut off counts as complete.")] = False
    archives: Annotated[bool, _told("Archives, databases and documents are opened.")] = True
    min_severity: Annotated[_SeverityName, _told("Findings below this are left out.")] = "low"
    min_confidence: Annotated[Literal["high", "medium", "low"], _told("Findings below this are left out.")] = "medium"


_KEYS = [field.encode_name for field in msgspec.structs.fields(_WrittenConfig)]


def schema() -> dict[str, Any]:
    """The JSON schema of the file, for editors; made from what checks it."""
    definitions: dict[str, dict[str, Any]] = msgspec.json.schema(_WrittenConfig)["$defs"]
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, **definitions.pop("_WrittenConfig"), "title": "twlint", "$defs": definitions}


def find(folder: Path, root: Path) -> tuple[Path | None, str | None]:
    """The configuration file for `folder`, looked for upwards to `root`, and a notice if two stand together."""
    for place in (folder, *folder.parents):
        yaml_file, toml_file = place / YAML_NAME, place / TOML_NAME
        has_table = toml_file.is_file() and b"[tool.twlint" in regular_file.read(toml_file, _WHAT)
        if yaml_file.is_file():
            both = f"{yaml_file} is read and [tool.twlint] in {toml_file} is not; keep one of them"
            return yaml_file, both if has_table else None
        if has_table:
            return toml_file, None
        if place == root:
            break
    return None, None


def load(file: Path) -> Config:
    """The configuration in `file`, YAML or a `pyproject.toml`, on top of what it extends.

    Raises:
        Error: it cannot be read, has an unknown key, or a value is not of its key's type.
    """
    return trace(file).config


def trace(file: Path) -> Traced:
    """What `load` gives, and where each value comes from.

    Raises:
        Error: as `load`.
    """
    return _traced(file, ())


def _traced(file: Path, within: tuple[Path, ...]) -> Traced:
    """The configuration of `file`, which the files of `within` extend one after the other."""
    if file.resolve() in within:
        raise Error(f"{file}: {_WHAT} extends itself")
    if len(within) > EXTENDS_LIMIT:
        raise Error(f"{file}: more than {EXTENDS_LIMIT} files extend one another")
    document = _document(file)
    written = _written(file, document)
    given = dict.fromkeys(document.value) if isinstance(document.value, dict) else {}
    base = Traced(Config(), {})
    for name in written.extends:
        if "://" in name:
            raise Error(
                f"{file}:{document.line(('extends',))}: {name}: only files can be extended; bring it here first"
            )
        base = _joined(base, _traced(file.parent / name, (*within, file.resolve())))
    inherited = tuple(msgspec.structs.replace(each, is_inherited=True) for each in base.config.allow)
    base = base._replace(config=msgspec.structs.replace(base.config, allow=inherited))
    origins = {key: (f"{file}:{document.line((key,))}",) for key in given}
    return _joined(base, Traced(_resolved(file, written, document), origins))


def _document(file: Path) -> strict_yaml.Document:
    data = regular_file.read(file, _WHAT)
    if file.suffix == ".toml":
        return strict_yaml.Document(_table(file, data), _toml_lines(data))
    return strict_yaml.load(data, str(file))


def _written(file: Path, document: strict_yaml.Document) -> _WrittenConfig:
    """The values of `document`, checked."""
    values = document.value if document.value is not None else {}
    if not isinstance(values, dict):
        raise Error(f"{file}:1: {_WHAT} is a mapping of keys")
    for key in values:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(_KEYS)}"
            raise Error(f"{file}:{document.line((key,))}: unknown key `{key}`{hint}")
    try:
        return msgspec.convert(values, _WrittenConfig, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        key = (re.findall(r"[\w-]+", path) or [""])[0]
        raise Error(f"{file}:{document.line((key,))}: {key}: {problem}") from None


def _resolved(file: Path, written: _WrittenConfig, document: strict_yaml.Document) -> Config:
    fields: dict[str, Any] = {name: getattr(written, name) for name in Config.__struct_fields__}
    fields["extends"] = tuple(file.parent / name for name in written.extends)
    fields["rules"] = tuple(file.parent / name for name in written.rules)
    fields["sinks"] = tuple(file.parent / name for name in written.sinks)
    fields["baseline"] = file.parent / written.baseline if written.baseline is not None else None
    fields["severity"] = {rule: Severity[name.upper()] for rule, name in written.severity.items()}
    fields["per_path"] = {glob: path.ignore for glob, path in written.per_path.items()}
    fields["allow"] = tuple(
        _allowed(f"{file}:{document.line(('allow', index))}", each) for index, each in enumerate(written.allow)
    )
    fields["min_severity"] = Severity[written.min_severity.upper()]
    fields["min_confidence"] = Confidence[written.min_confidence.upper()]
    return Config(**fields)


def _allowed(place: str, written: _WrittenAllowed) -> Allowed:
    """What is allowed at `place` of a file.

    Raises:
        Error: it would allow everything, or its `values` are no regular expression.
    """
    if not (written.paths or written.rules or written.fingerprints or written.values):
        raise Error(f"{place}: allow: needs `paths`, `rules`, `fingerprints` or `values`; this would allow everything")
    try:
        re.compile((written.values or "").encode())
    except re.error as error:
        raise Error(f"{place}: allow: `values` is no regular expression: {error}") from None
    return Allowed(place, **msgspec.structs.asdict(written))


def _joined(base: Traced, own: Traced) -> Traced:
    """`own` on top of `base`: lists and tables add up, single values win where they are given."""
    fields: dict[str, Any] = {}
    origins: dict[str, tuple[str, ...]] = {}
    for field in msgspec.structs.fields(_WrittenConfig):
        key, name = field.encode_name, field.name
        before, after = getattr(base.config, name), getattr(own.config, name)
        is_list = isinstance(before, tuple)
        if is_list:
            fields[name] = tuple(dict.fromkeys((*before, *after)))
        elif name == "per_path":
            fields[name] = _added((before, after))
        elif isinstance(before, dict):
            fields[name] = {**before, **after}
        else:
            fields[name] = after if key in own.origins else before
        adds_up = is_list or isinstance(before, dict)
        places = [*own.origins.get(key, ())]
        if adds_up or not places:
            places = [*base.origins.get(key, ()), *places]
        if places:
            origins[key] = tuple(places)
    return Traced(Config(**fields), origins)


def _added(tables: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """One table with what all of `tables` list for each key."""
    added: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for table in tables:
        for key, names in table.items():
            added[key] = tuple(dict.fromkeys((*added[key], *names)))
    return dict(added)


def _table(file: Path, data: bytes) -> Any:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        return tomllib.loads(data.decode()).get("tool", {}).get("twlint", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Error(f"{file}: not TOML: {error}") from None


def _toml_lines(data: bytes) -> dict[tuple[str | int, ...], int]:
    """The line of each key that starts a line, and of each table; good enough to point at."""
    lines: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        key = re.sub(r"^\[tool\.twlint\.([\w-]+).*", r"\1", line).partition("=")[0].strip().strip("\"'")
        lines.setdefault((key,), number)
    return lines
