"""The configuration: defaults, then the file, then the command line."""

from __future__ import annotations

import difflib
import re
import sys
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from linter import strict_yaml
from linter.model import Confidence, Error, Severity

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Config", "find", "load"]

YAML_NAME = ".twlint.yaml"
TOML_NAME = "pyproject.toml"
SIZE_LIMIT = 1 << 20


class Config(msgspec.Struct, frozen=True):
    """What a scan is told. Relative paths of `rules` are already resolved."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    accept_skips: tuple[str, ...] = ()
    allow_shallow: bool = False
    min_severity: Severity = Severity.LOW
    min_confidence: Confidence = Confidence.MEDIUM


class _WrittenConfig(msgspec.Struct, frozen=True, rename="kebab"):
    """The keys of the file, in `.twlint.yaml` and in `[tool.twlint]`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    accept_skips: tuple[str, ...] = ()
    allow_shallow: bool = False
    min_severity: Literal["critical", "high", "medium", "low", "info"] = "low"
    min_confidence: Literal["high", "medium", "low"] = "medium"


_KEYS = [field.encode_name for field in msgspec.structs.fields(_WrittenConfig)]


def find(folder: Path, root: Path) -> tuple[Path | None, str | None]:
    """The configuration file for `folder`, looked for upwards to `root`, and a notice if two stand together."""
    for place in (folder, *folder.parents):
        yaml_file, toml_file = place / YAML_NAME, place / TOML_NAME
        has_table = toml_file.is_file() and b"[tool.twlint" in _read(toml_file)
        if yaml_file.is_file():
            both = f"{yaml_file} is read and [tool.twlint] in {toml_file} is not; keep one of them"
            return yaml_file, both if has_table else None
        if has_table:
            return toml_file, None
        if place == root:
            break
    return None, None


def load(file: Path) -> Config:
    """The configuration in `file`, YAML or a `pyproject.toml`.

    Raises:
        Error: it cannot be read, has an unknown key, or a value is not of its key's type.
    """
    data = _read(file)
    if file.suffix == ".toml":
        document = strict_yaml.Document(_table(file, data), _toml_lines(data))
    else:
        document = strict_yaml.load(data, str(file))
    values = document.value if document.value is not None else {}
    if not isinstance(values, dict):
        raise Error(f"{file}:1: the configuration is a mapping of keys")
    for key in values:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(_KEYS)}"
            raise Error(f"{file}:{document.line((key,))}: unknown key `{key}`{hint}")
    try:
        written = msgspec.convert(values, _WrittenConfig, strict=False)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        key = (re.findall(r"[\w-]+", path) or [""])[0]
        raise Error(f"{file}:{document.line((key,))}: {key}: {problem}") from None
    fields: dict[str, Any] = msgspec.structs.asdict(written)
    fields["rules"] = tuple(file.parent / name for name in written.rules)
    fields["min_severity"] = Severity[written.min_severity.upper()]
    fields["min_confidence"] = Confidence[written.min_confidence.upper()]
    return Config(**fields)


def _read(file: Path) -> bytes:
    try:
        if file.is_symlink() or not file.is_file():
            raise Error(f"{file}: the configuration must be a regular file")
        if file.stat().st_size > SIZE_LIMIT:
            raise Error(f"{file}: the configuration is larger than {SIZE_LIMIT} bytes")
        return file.read_bytes()
    except OSError as error:
        raise Error(f"{file}: the configuration cannot be read: {error.strerror}") from None


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
    """The line of each key that starts a line; good enough to point at."""
    lines: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        key = line.partition("=")[0].strip().strip("\"'")
        lines.setdefault((key,), number)
    return lines
