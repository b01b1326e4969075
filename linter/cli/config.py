"""`twlint config`: show the configuration and where each value comes from, and the schema of its file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linter import scanning
from linter.cli import completion
from linter.cli.options import options_of, settled_options
from linter.formats.text import printable
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from linter.config import Config
    from linter.configured import Configured

__all__ = ["command"]


_EXAMPLES = """\b
Examples:
  twlint config show                          values, and where they stand
  twlint config show --config other.yaml
  twlint config schema > twlint.schema.json   for an editor
"""


@click.group("config", epilog=_EXAMPLES)
def command() -> None:
    """Show the configuration, where each value comes from, and its schema."""


@command.command("show", short_help="Show each value and where it comes from.")
@click.argument("target", default=".", shell_complete=completion.files)
@settled_options
def show(target: str, **given: Any) -> None:
    """Show each value that a scan of TARGET (default: the current folder) has and where it comes from.

    First those of the configuration file, then those that only options and variables set.
    """
    from linter.targets import Request

    settled = scanning.settle(Request(targets=(target,)), options_of(given))
    values = [(key, value, _places(settled, key)) for key, value in _values(settled.config)]
    values += [(key, value, (_source(key),)) for key, value in _beside(given)]
    rows = [
        (key, json.dumps(value, ensure_ascii=False), ", ".join(places) or "default") for key, value, places in values
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for key, value, places in rows:
        click.echo(f"{key:<{widths[0]}}  {printable(value):<{min(widths[1], 40)}}  {printable(places)}")
    for notice in settled.notices:
        click.echo(f"note: {printable(notice)}")


def _places(settled: Configured, key: str) -> tuple[str, ...]:
    """Where the value of `key` comes from: an option wins over the files, and only adds to what they exclude."""
    places = settled.origins.get(key, ())
    if key not in settled.given:
        return places
    source = _source(key)
    return (*places, source) if key == "exclude" else (source,)


def _source(key: str) -> str:
    """What set the option --`key`: itself, or a variable; empty if nothing did."""
    from click.core import ParameterSource

    context = click.get_current_context()
    option = next(each for each in context.command.params if f"--{key}" in each.opts)
    source = context.get_parameter_source(option.name or "")
    if source is ParameterSource.ENVIRONMENT:
        return str(option.envvar)
    return f"--{key}" if source is ParameterSource.COMMANDLINE else ""


def _beside(given: dict[str, Any]) -> list[tuple[str, object]]:
    """What options and variables set and no file does, by the name of the option."""
    names = {"isolated": "isolated", "jobs": "jobs", "show-samples": "show_samples", "format": "form"}
    names |= {name: name for name in ("color", "quiet", "verbose")}
    return [(key, given[name]) for key, name in names.items()]


def _values(config: Config) -> list[tuple[str, object]]:
    """The keys of the file and their values, as they would be written."""
    values = {name: getattr(config, name) for name in config.__struct_fields__}
    values["per_path"] = {glob: {"ignore": names} for glob, names in config.per_path.items()}
    values["allow"] = tuple(each.written() for each in config.allow)
    return [(name.replace("_", "-"), _written(value)) for name, value in values.items()]


def _written(value: object) -> object:
    if isinstance(value, (Severity, Confidence)):
        return value.label
    if isinstance(value, (Path, date)):
        return str(value)
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    return value


@command.command("schema", short_help="Print the JSON schema for editors.")
def schema() -> None:
    """Print the JSON schema of the configuration, for editors that complete and check it."""
    from linter import config

    click.echo(json.dumps(config.schema(), indent=2))
