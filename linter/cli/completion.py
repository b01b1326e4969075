"""What the shell offers for a word of the command line that is not written to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from linter.formats import NAMES

if TYPE_CHECKING:
    import click

__all__ = ["files", "formats", "rule_name", "rule_names"]


def rule_name(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of twlint's own rules that start so."""
    # A person waits for the shell: reading the rules takes milliseconds where they are in the cache.
    from linter import all_rules

    return [CompletionItem(rule.id, help=rule.name) for rule in all_rules.load() if rule.id.startswith(incomplete)]


def rule_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same for a list with commas, of which the last name is not written to its end."""
    head, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{head}{comma}{item.value}", help=item.help) for item in rule_name(ctx, param, last)]


def formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of formats that start so."""
    return [CompletionItem(name) for name in NAMES if name.startswith(incomplete)]


def files(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Names of files, which the shell itself looks up."""
    return [CompletionItem(incomplete, type="file")]
