"""Every rule there is: those of rule files, and the AST rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linter import rule_files
from linter.rules import PatternRule

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["load"]


def load(files: Iterable[Path] = ()) -> tuple[PatternRule, ...]:
    """The rules that come with twlint, and those of `files`.

    Raises:
        Error: a file cannot be read, or a rule in it does not load.
    """
    return (*rule_files.load([*rule_files.builtin_files(), *files]), *_ast_rules())


def _ast_rules() -> tuple[PatternRule, ...]:
    """The AST rules; importing them is slow, so what describes them is kept as long as their sources are the same."""
    sources = rule_files.read_files(sorted((Path(__file__).parent / "ast_rules").glob("*.py")))
    return rule_files.kept(tuple[PatternRule, ...], sources, _described)


def _described(_: rule_files.Contents) -> tuple[PatternRule, ...]:
    from linter.ast_rules import RULES
    from linter.ast_rules.described import described

    return described(RULES)
