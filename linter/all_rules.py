"""Every rule there is: those of rule files, and the AST rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linter import rule_files, sinks
from linter.rule_choice import RuleMarks
from linter.rules import PatternRule

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["load", "marks"]

_FOLDER = Path(__file__).parent


def load(files: Iterable[Path] = ()) -> tuple[PatternRule, ...]:
    """The rules that come with twlint, and those of `files`.

    Raises:
        Error: a file cannot be read, or a rule in it does not load.
    """
    return (*rule_files.load([*rule_files.builtin_files(), *files]), *_ast_rules())


def _ast_rules() -> tuple[PatternRule, ...]:
    """The AST rules; importing them is slow, so what describes them is kept as long as their sources are the same."""
    return rule_files.kept(tuple[PatternRule, ...], rule_files.read_files(_sources()), _described)


def _sources() -> list[Path]:
    return sorted((_FOLDER / "ast_rules").glob("*.py"))


def marks(own_sinks: Iterable[Path] = ()) -> tuple[RuleMarks, ...]:
    """The marks of all AST rules with the sinks that come with twlint and those of `own_sinks`, kept in the same way.

    Raises:
        Error: a file of sinks cannot be read, or does not load.
    """
    files = [*sinks.builtin_files(), *own_sinks]

    def read(_: rule_files.Contents) -> tuple[RuleMarks, ...]:
        from linter import ast_rules

        return tuple(RuleMarks(rule.id, rule.marks) for rule in ast_rules.builtin(sinks.load(files)))

    made_from = [*_sources(), _FOLDER / "credential_names.py", *files]
    return rule_files.kept(tuple[RuleMarks, ...], rule_files.read_files(made_from), read)


def _described(_: rule_files.Contents) -> tuple[PatternRule, ...]:
    from linter.ast_rules import RULES
    from linter.ast_rules.described import described

    return described(RULES)
