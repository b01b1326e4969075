"""`twlint config`: show the configuration and where each value comes from, and the schema of its file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linter import scanning
from linter.cli.options import options_of, selection_options
from linter.formats.text import printable
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from linter.config import Config
    from linter.configured import Configured

__all__ = ["command"]


@click.group("config")
def command() -> None:
    """Show the configuration, where each value comes from, and its schema."""


@command.command("show")
@click.argument("target", default=".")
@selection_options
def show(target: str, **given: Any) -> None:
    """Show each value of the configuration for TARGET (default: the current folder) and where it comes from."""
    from linter.targets import Request

    settled = scanning.settle(Request(targets=(target,)), options_of(given))
    rows = [
        (key, json.dumps(value, ensure_ascii=False), ", ".join(_places(settled, key)) or "default")
        for key, value in _values(settled.config)
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
    source = _source(key.replace("-", "_"))
    return (*places, source) if key == "exclude" else (source,)


def _source(name: str) -> str:
    """What set the option `name`: itself, or a variable."""
    source = click.get_current_context().get_parameter_source(name)
    is_variable = source is click.core.ParameterSource.ENVIRONMENT
    return f"TWLINT_{name.upper()}" if is_variable else f"--{name.replace('_', '-')}"


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


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of the configuration, for editors that complete and check it."""
    from linter import config

    click.echo(json.dumps(config.schema(), indent=2))
