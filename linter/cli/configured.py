"""From a target, the options and the environment to the configuration of a scan, and where each value comes from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from linter import config as configuration
from linter.globs import Globs
from linter.model import Confidence, Error, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.config import Allowed, Config
    from linter.overrides import Allowance
    from linter.rules import PatternRule

__all__ = ["Configured", "allowances_of", "configured", "is_own", "rules_of", "severities_of"]


class Configured(NamedTuple):
    """A configuration, the places of each key that is not left at its default, and what the reader should know."""

    config: Config
    origins: Mapping[str, tuple[str, ...]]
    notices: tuple[str, ...]


def configured(given: Mapping[str, Any], target: str, *, is_own: bool) -> Configured:
    """The configuration of the file for `target`, with what the options in `given` say on top of it.

    A target that is not one's own has no say: only a file that is named is read.
    """
    file, notice = given["config_file"], None
    if file is None and is_own and target != "-":
        file, notice = _file_for(Path(target))
    config, origins = configuration.trace(file) if file else configuration.Traced(configuration.Config(), {})
    changes = _changes(given, config)
    told = {name.replace("_", "-"): _source(name) for name in changes}
    added = {key: (*origins.get(key, ()), place) if key == "exclude" else (place,) for key, place in told.items()}
    config = msgspec.structs.replace(config, **changes)
    return Configured(config, {**origins, **added}, (notice,) if notice else ())


def _changes(given: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """The fields that options set."""
    changes: dict[str, Any] = {}
    for key in ("select", "ignore"):
        if given[key]:
            changes[key] = tuple(name.strip() for names in given[key] for name in names.split(",") if name.strip())
    if given["exclude"]:
        changes["exclude"] = (*config.exclude, *given["exclude"])
    if given["min_severity"]:
        changes["min_severity"] = Severity[given["min_severity"].upper()]
    if given["min_confidence"]:
        changes["min_confidence"] = Confidence[given["min_confidence"].upper()]
    if given["archives"] is not None:
        changes["archives"] = given["archives"]
    if given["baseline"]:
        changes["baseline"] = given["baseline"]
    return changes


def _source(name: str) -> str:
    """What set the option `name`: itself, or a variable."""
    source = click.get_current_context().get_parameter_source(name)
    is_variable = source is click.core.ParameterSource.ENVIRONMENT
    return f"TWLINT_{name.upper()}" if is_variable else f"--{name.replace('_', '-')}"


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
    places = [place for key in ("select", "ignore") for place in settled.origins.get(key, ()) if not _is_given(place)]
    if len(kept) == len(known) or not places:
        return kept, []
    return kept, [f"{len(known) - len(kept)} of {len(known)} rules do not run, as {' and '.join(places)} says"]


def _is_given(place: str) -> bool:
    return place.startswith(("--", "TWLINT_"))


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
