"""From a target and options to the configuration of a scan, and where each value comes from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from linter import config as configuration
from linter.globs import Globs
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.config import Allowed, Config
    from linter.model import Confidence, Severity
    from linter.overrides import Allowance
    from linter.rules import PatternRule

__all__ = ["Configured", "Options", "allowances_of", "configured", "is_own", "rules_of", "severities_of"]


@dataclass(frozen=True, slots=True)
class Options:
    """What is said beside the targets of a scan; it wins over the file of the configuration.

    Attributes:
        select: rules to run, by id or first words; empty: all.
        ignore: rules not to run.
        exclude: paths not to scan, written as in .gitignore, beside those of the file.
        min_severity: findings below it are left out.
        min_confidence: findings below it are left out.
        config_file: this file is read, and none is looked for.
        baseline: the file of accepted findings.
        isolated: neither configuration nor comments of the targets count.
        jobs: threads; None for as many as there are processors.
        show_samples: values that a provider's documentation prints are findings too.
        archives: whether archives are opened.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    config_file: Path | None = None
    baseline: Path | None = None
    isolated: bool = False
    jobs: int | None = None
    show_samples: bool = False
    archives: bool | None = None


class Configured(NamedTuple):
    """A configuration and where it comes from.

    Attributes:
        config: the values.
        origins: for each key that a file gives, the places `file:line` where it stands.
        given: the keys that options set.
        file: the file that was read, if any.
        notices: what the reader should know.
    """

    config: Config
    origins: Mapping[str, tuple[str, ...]]
    given: frozenset[str]
    file: Path | None
    notices: tuple[str, ...]


def configured(options: Options, target: str, *, is_own: bool) -> Configured:
    """The configuration of the file for `target`, with what `options` say on top of it.

    A target that is not one's own has no say: only a file that is named is read.

    Raises:
        Error: the file cannot be read or is wrong.
    """
    file, notice = options.config_file, None
    if file is None and is_own and target != "-":
        file, notice = _file_for(Path(target))
    config, origins = configuration.trace(file) if file else configuration.Traced(configuration.Config(), {})
    changes = _changes(options, config)
    given = frozenset(name.replace("_", "-") for name in changes)
    config = msgspec.structs.replace(config, **changes)
    return Configured(config, origins, given, file, (notice,) if notice else ())


def _changes(options: Options, config: Config) -> dict[str, Any]:
    """The fields of the configuration that options set."""
    changes = {
        "select": options.select,
        "ignore": options.ignore,
        "exclude": (*config.exclude, *options.exclude) if options.exclude else (),
        "min_severity": options.min_severity,
        "min_confidence": options.min_confidence,
        "archives": options.archives,
        "baseline": options.baseline,
    }
    return {name: value for name, value in changes.items() if value not in (None, ())}


def _file_for(target: Path) -> tuple[Path | None, str | None]:
    from linter import repository

    folder = target.resolve() if target.is_dir() else target.resolve().parent
    layout = repository.find(folder)
    file, notice = configuration.find(folder, layout.worktree or folder if layout else folder)
    return (Path(os.path.relpath(file)) if file else None), notice


def is_own(target: str) -> bool:
    """True if the target is the current folder's own: in the same repository, or at or below it."""
    from linter import repository

    if target == "-":
        return True
    path, here = Path(target).resolve(), Path.cwd()
    if path == here or here in path.parents:
        nested = repository.find(path) if path.is_dir() else None
        return nested is None or nested == repository.find(here)
    layout = repository.find(path if path.is_dir() else path.parent)
    return layout is not None and layout == repository.find(here)


def rules_of(known: tuple[PatternRule, ...], settled: Configured) -> tuple[tuple[PatternRule, ...], list[str]]:
    """The rules to run of those that are `known`, and a notice if a file leaves some of them out."""
    from linter import rules

    config = settled.config
    kept = rules.select(known, config.select, config.ignore)
    keys = [key for key in ("select", "ignore") if key not in settled.given]
    places = [place for key in keys for place in settled.origins.get(key, ())]
    if len(kept) == len(known) or not places:
        return kept, []
    return kept, [f"{len(known) - len(kept)} of {len(known)} rules do not run, as {' and '.join(places)} says"]


def severities_of(config: Config, known: tuple[PatternRule, ...]) -> dict[str, Severity]:
    """The severities by rule that `config` names.

    Raises:
        Error: it names a rule that is not `known`.
    """
    return {
        rule: config.severity[name]
        for name in sorted(config.severity, key=len)
        for rule in _ids(known, (name,), "severity")
    }


def allowances_of(config: Config, known: tuple[PatternRule, ...]) -> tuple[Allowance, ...]:
    """What `config` allows, at paths and by lists.

    Raises:
        Error: it names a rule that is not `known`.
    """
    from linter.overrides import Allowance

    at_paths = [
        Allowance(
            f"per-path: {glob}", f"per-path: {glob}", frozenset(_ids(known, names, f"per-path: {glob}")), Globs([glob])
        )
        for glob, names in config.per_path.items()
        if names
    ]
    return (*at_paths, *(_allowance(each, known) for each in config.allow))


def _allowance(allowed: Allowed, known: tuple[PatternRule, ...]) -> Allowance:
    from linter.overrides import Allowance

    name = f"{allowed.place}: allow"
    return Allowance(
        name,
        allowed.reason,
        frozenset(_ids(known, allowed.rules, name)) if allowed.rules else None,
        Globs(allowed.paths) if allowed.paths else None,
        re.compile(allowed.values.encode()) if allowed.values else None,
        frozenset(allowed.fingerprints) if allowed.fingerprints else None,
        allowed.until,
        is_own=not allowed.is_inherited,
    )


def _ids(known: tuple[PatternRule, ...], names: tuple[str, ...], key: str) -> list[str]:
    """The ids of the rules that a key of the configuration names."""
    from linter import rules

    try:
        return sorted(rules.named(known, names))
    except Error as error:
        raise Error(f"{key}: {error}") from None
