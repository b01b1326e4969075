"""`twlint explain`: what a rule finds, how sure it is, and what to do about a finding."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from linter.cli import completion
from linter.cli.rules import all_rules, config_option, rule_named
from linter.formats.text import WIDTH, printable

if TYPE_CHECKING:
    from pathlib import Path

    from linter.rules import PatternRule

__all__ = ["command"]


_EXAMPLES = """\b
Example:
  twlint explain twitter-bearer-token
"""


@click.command("explain", epilog=_EXAMPLES)
@click.argument("rule", shell_complete=completion.rule_name)
@config_option
def command(rule: str, config_file: Path | None) -> None:
    """Tell what RULE finds, why it matters and what to do."""
    click.echo(_explanation(rule_named(rule, all_rules(config_file))), nl=False)


def _explanation(rule: PatternRule) -> str:
    parts = [
        f"{rule.name} ({rule.id})",
        f"Severity {rule.severity.label}, confidence {rule.confidence.label}. Known by {_known_by(rule)}.",
        *([f"Its holder {rule.reach}"] if rule.reach else []),
        f"What to do: {rule.advice}",
        *([f"Where to revoke it: {rule.rotate}"] if rule.rotate else []),
        *([f"What ends then: {rule.breaks}"] if rule.breaks else []),
        *(f"The rule it breaks: {text}" for text in rule.policy),
        *([_context(rule)] if rule.context else []),
        f"To accept one place: put `twlint: ignore[{rule.id}] reason` into a comment on its"
        f" {'first line' if rule.is_on_paths else 'line'}.",
    ]
    paragraphs = [
        textwrap.fill(printable(part), WIDTH, break_on_hyphens=False, break_long_words=False) for part in parts
    ]
    paragraphs += ["\n".join(["Read more:", *(f"  {printable(reference)}" for reference in rule.references)])]
    return "\n\n".join(paragraphs) + "\n"


def _known_by(rule: PatternRule) -> str:
    if rule.parts:
        parts = " and ".join(" or ".join(part) for part in rule.parts)
        return f"credentials that stand within {rule.within} lines: {parts}"
    if rule.is_on_paths:
        content = f", and its content ({rule.structure})" if rule.structure else ""
        return f"the path of a file that git has or would take in{content}"
    if rule.is_by_path:
        return f"the path of a file and its form ({rule.structure})"
    if rule.practice:
        return "the code around a credential; it holds none itself"
    return f"its structure ({rule.structure})" if rule.structure else "its form"


def _context(rule: PatternRule) -> str:
    where = "lines" if rule.context_on == "line" else "files"
    words = ", ".join(rule.context)
    if rule.without_context is not None:
        return f"Of confidence {rule.without_context.label} in {where} that mention none of: {words}."
    return f"Alone only in {where} that mention one of: {words}."
