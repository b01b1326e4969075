"""`twlint rules`: list, show and test rules."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linter.cli import completion
from linter.cli.exit_codes import CLEAN, FOUND
from linter.formats.text import printable
from linter.model import Error

if TYPE_CHECKING:
    from linter.rules import PatternRule

__all__ = ["all_rules", "command", "config_option", "rule_named"]

config_option = click.option(
    "--config",
    "config_file",
    envvar="TWLINT_CONFIG",
    type=click.Path(path_type=Path),
    help="Also the rules of this configuration file.",
)


def all_rules(config_file: Path | None) -> tuple[PatternRule, ...]:
    """The rules that come with twlint, and those of a configuration file."""
    from linter import config
    from linter.all_rules import load

    return load(config.load(config_file).rules if config_file else ())


def rule_named(name: str, rules: tuple[PatternRule, ...]) -> PatternRule:
    """The rule with the id `name`.

    Raises:
        Error: there is none; the message names the nearest.
    """
    for rule in rules:
        if rule.id == name:
            return rule
    near = difflib.get_close_matches(name, [rule.id for rule in rules], n=1)
    hint = f"; did you mean {near[0]}?" if near else "; `twlint rules list` shows all"
    raise Error(f"no rule is named {name}{hint}")


_EXAMPLES = """\b
Examples:
  twlint rules list
  twlint rules show twitter-bearer-token
  twlint rules test our-rules.yaml     run the examples of your own rules
"""


@click.group("rules", epilog=_EXAMPLES)
def command() -> None:
    """List, show and test rules."""


@command.command("list")
@config_option
def list_rules(config_file: Path | None) -> None:
    """List every rule: id, severity, confidence, name."""
    rules = all_rules(config_file)
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.id:<{width}}  {rule.severity.label:<8}  {rule.confidence.label:<6}  {printable(rule.name)}")


@command.command("show")
@click.argument("rule", shell_complete=completion.rule_name)
@config_option
def show_rule(rule: str, config_file: Path | None) -> None:
    """Show how RULE works: its pattern, keywords and checks."""
    shown = rule_named(rule, all_rules(config_file))
    rows = {
        "id": shown.id,
        "name": shown.name,
        "severity": shown.severity.label,
        "confidence": shown.confidence.label,
        "keywords": ", ".join(shown.keywords),
        "pattern": shown.pattern,
        "structure": shown.structure,
        "min_entropy": shown.min_entropy or None,
        "min_classes": shown.min_classes or None,
        "context": ", ".join(shown.context),
        "paths": ", ".join(shown.paths),
        "exclude_paths": ", ".join(shown.exclude_paths),
        "examples": f"{len(shown.examples)}, and {len(shown.counterexamples)} counterexamples",
    }
    for key, value in rows.items():
        if value:
            click.echo(f"{key:<14} {printable(str(value))}")


@command.command("test", short_help="Run the examples of rules.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…")
def test_rules(paths: tuple[Path, ...]) -> int:
    """Run the examples of the rules and sinks in PATHS (files, or folders of them); without one, of twlint's own."""
    from linter import rule_files, sink_examples, sinks
    from linter.formats.text import counted
    from linter.matcher import compile_patterns
    from linter.rule_examples import failures

    contents = rule_files.read_files([file for path in paths for file in _rule_files(path)])
    of_sinks = [content for content in contents if sinks.is_file_of_sinks(content[1])]
    of_rules = [content for content in contents if content not in of_sinks]
    if not contents:
        of_sinks, of_rules = [], list(rule_files.read_files(rule_files.builtin_files()))
    known = rule_files.parse(of_rules) if of_rules else ()
    if known:
        compile_patterns(known)
    wrong = [failure for rule in known for failure in failures(rule, known)]
    examples = sum(len(rule.examples) + len(rule.counterexamples) for rule in known)
    if of_sinks or not contents:
        taken = sinks.parse([*rule_files.read_files(sinks.builtin_files()), *of_sinks])
        wrong += sink_examples.failures(taken)
        examples += len(taken.examples)
    for failure in wrong:
        click.echo(failure)
    told = [counted(len(known), "rule")] if known else []
    told += [f"{counted(len(of_sinks), 'file')} of sinks"] if of_sinks else []
    click.echo(f"{', '.join(told)}, {counted(examples, 'example')}, {counted(len(wrong), 'failure')}")
    return FOUND if wrong else CLEAN


def _rule_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.yaml"))
    if not files:
        raise Error(f"{path}: no rule files (*.yaml) in this folder")
    return files
