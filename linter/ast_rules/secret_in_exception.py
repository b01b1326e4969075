"""A secret in the text of an exception."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import exposing, secret_in
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["SecretInException"]


class SecretInException(AstRule):
    """A secret is put into an exception that is raised, or into the message of an assertion.

    Tracebacks reach logs and error trackers. Name the variable, not its value.
    """

    id = "secret-in-exception"
    name = "Secret in an exception"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Name the variable in the message, not its value."
    examples = bad(
        'raise «ValueError(f"bad key {api_key}")»',
        'def f(password):\n    raise «AuthError("login failed for %s/%s" % (user, password))»',
    )
    counterexamples = good(
        'raise ValueError("API key is missing")  # no token',
        "raise KeyError(secret_name)",
        "raise AuthError(token_type)",
        'raise ValueError("password must have 8 characters")',
    )

    @property
    def marks(self) -> Marks:
        """A secret and a way to show it."""
        return exposing(rb"\braise\s+[\w.]+\s*\(|\braise\b[^\n]*%|\bassert\b[^\n]*,")

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """What is raised, and messages of assertions."""
        for node, scope in module.messages:
            parts = [*node.args, *(each.value for each in node.keywords)] if isinstance(node, ast.Call) else [node]
            name = next((name for part in parts if (name := self._told(module, part, scope))), None)
            if name:
                yield self.practice(module, node, f"{shown(name)} is put into an exception")

    def _told(self, module: Module, node: ast.expr, scope: Scope) -> str | None:
        """The name of a secret in a text; one that is handed over as it is may be data of the exception."""
        if isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call)):
            return secret_in(module, node, scope)
        return None
