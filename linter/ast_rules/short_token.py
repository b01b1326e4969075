"""A token with too few random bytes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.marks import NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["ShortToken"]

_MAKERS = frozenset({"secrets.token_hex", "secrets.token_bytes", "secrets.token_urlsafe"})
_ENOUGH = 16


class ShortToken(AstRule):
    """A token is made with `secrets` from fewer than sixteen bytes.

    It can be guessed by trying. Take sixteen bytes or more; the default is thirty-two.
    """

    id = "short-token"
    name = "Token that is too short"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Take sixteen bytes or more, or leave the argument away."
    examples = bad(
        "import secrets\nreset_token = «secrets.token_hex(4)»",
    )
    counterexamples = good(
        "import secrets\nreset_token = secrets.token_hex(32)",
        "import secrets\nrequest_id = secrets.token_hex(4)",
    )

    @property
    def marks(self) -> Marks:
        """A maker of tokens and the name of a credential."""
        return ((rb"token_(?:hex|bytes|urlsafe)", NAME),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Names of secrets, and what they get."""
        for name, _, value, scope in module.assignments:
            if not classify(name).strength or not isinstance(value, ast.Call) or not value.args:
                continue
            size = value.args[0].value if isinstance(value.args[0], ast.Constant) else None
            if isinstance(size, int) and size < _ENOUGH and module.qualified(value.func, scope) in _MAKERS:
                yield self.practice(module, value, f"{shown(name)} has only {size * 8} bits")
