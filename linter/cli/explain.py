"""`twlint explain`: what a rule finds, how sure it is, and what to do about a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from linter.cli.rules import all_rules, config_option, rule_named
from linter.formats.text import WIDTH, printable

if TYPE_CHECKING:
    from pathlib import Path

    from linter.rules import PatternRule

__all__ = ["command"]


@click.command("explain")
@click.argument("rule")
@config_option
def command(rule: str, config_file: Path | None) -> None:
    """Tell what RULE finds, why it matters and what to do."""
    click.echo(_explanation(rule_named(rule, all_rules(config_file))), nl=False)


def _explanation(rule: PatternRule) -> str:
    known = f"its structure ({rule.structure})" if rule.structure else "its form"
    parts = [
        f"{rule.name} ({rule.id})",
        f"Severity {rule.severity.label}, confidence {rule.confidence.label}. Known by {known}.",
        f"What to do: {rule.advice}",
    ]
    if rule.rotate:
        parts.append(f"Where to revoke it: {rule.rotate}")
    if rule.context:
        parts.append(f"Only in files that mention one of: {', '.join(rule.context)}.")
    parts.append(f"To accept one place: put `twlint: ignore[{rule.id}] reason` into a comment on its line.")
    paragraphs = [textwrap.fill(printable(part), WIDTH, break_on_hyphens=False) for part in parts]
    paragraphs += ["\n".join(["Read more:", *(f"  {printable(reference)}" for reference in rule.references)])]
    return "\n\n".join(paragraphs) + "\n"
