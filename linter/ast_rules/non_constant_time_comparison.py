"""Secrets that are compared with `==`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.marks import NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["NonConstantTimeComparison"]

_SIGNATURE = re.compile(r"(?:signature|hmac|digest|_mac|_sig)$", re.IGNORECASE)
_CERTAIN = 3


class NonConstantTimeComparison(AstRule):
    """Two secrets, or a signature and what was sent, are compared with `==` or `!=`.

    The time it takes tells how many characters agree. Use `hmac.compare_digest`.
    """

    id = "non-constant-time-comparison"
    name = "Secret compared with =="
    severity = Severity.LOW
    confidence = Confidence.LOW
    sort = Sort.PRACTICE
    advice = "Use hmac.compare_digest(a, b) with bytes, or with text that is ASCII."
    opt_in = True
    examples = bad(
        'def f(request):\n    return «request.headers["X-Token"] == api_token»',
        'import hmac\ndef f(sig):\n    return «hmac.new(k, b, "sha256").hexdigest() == sig»',
        "def f(expected_signature, signature):\n    return «expected_signature == signature»",
        "def f(password, stored_password):\n    return «password == stored_password»",
    )
    counterexamples = good(
        "import hmac\nhmac.compare_digest(a, b)",
        'if token == "": pass',
        "if token is None: pass",
        "if password1 != password2.title: pass",
        "if token.type == tokenize.NAME: pass",
        "if len(token) == len(secret): pass",
    )

    @property
    def marks(self) -> Marks:
        """The name of a secret or a signature, and a comparison."""
        return ((rb"signature|digest|hmac|mac\b|_sig\b|token|passw|secret|" + NAME, rb"[!=]="),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Comparisons outside of `__eq__`."""
        for node, scope in module.comparisons:
            if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
                continue
            function = scope.function()
            is_identity = function is not None and function.name in ("__eq__", "__ne__", "__hash__")
            why = None if is_identity else _compared(module, node.left, node.comparators[0], scope)
            if why:
                yield self.practice(module, node, why)


def _compared(module: Module, left: ast.expr, right: ast.expr, scope: Scope) -> str | None:
    """Why a comparison may tell something, or None."""
    if isinstance(left, ast.Constant) or isinstance(right, ast.Constant):
        return None
    if any(_is_mac(module, side, scope) for side in (left, right)):
        return "a signature that was computed is compared"
    names = [_name(side) for side in (left, right)]
    if all(_SIGNATURE.search(name) for name in names):
        return "two signatures are compared"
    secrets = [classify(name).strength >= _CERTAIN for name in names]
    if all(secrets):
        return "two secrets are compared"
    sides = [dotted_root(side) for side in (left, right)]
    is_sent = any(root in ("request", "req", "headers", "params") for root in sides)
    return "a secret is compared with what was sent" if is_sent and any(secrets) else None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return terminal_name(node.func) if isinstance(node.func, ast.Attribute) and not node.args else ""
    return terminal_name(node)


def _is_mac(module: Module, node: ast.expr, scope: Scope) -> bool:
    if not isinstance(node, ast.Call) or terminal_name(node.func) not in ("digest", "hexdigest"):
        return False
    return (module.qualified(node, scope) or "").startswith("hmac.")


def dotted_root(node: ast.expr) -> str:
    """The first name of attributes, subscripts and calls: `request` in `request.headers["X"]`."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        else:
            return node.id if isinstance(node, ast.Name) else ""
