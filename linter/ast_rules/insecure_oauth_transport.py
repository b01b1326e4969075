"""OAuth over plain HTTP, allowed for all requests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["InsecureOauthTransport"]

_SETTERS = frozenset({"os.environ.setdefault", "os.putenv"})
_SWITCHES = frozenset({"OAUTHLIB_INSECURE_TRANSPORT", "AUTHLIB_INSECURE_TRANSPORT"})


class InsecureOauthTransport(AstRule):
    """A switch allows OAuth libraries to work over plain HTTP, and it is set without a condition.

    Tokens then go in clear. Set it in the shell of the developer, or inside of a condition that is off in production.
    """

    id = "insecure-oauth-transport"
    name = "OAuth over plain HTTP allowed"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Set the variable in the shell of the developer, not in the source."
    examples = bad(
        'import os\n«os.environ["OAUTHLIB_INSECURE_TRANSPORT"]» = "1"',
        'import os\n«os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")»',
    )
    counterexamples = good(
        'import os\nif DEBUG:\n    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"',
        'import os\nos.environ.get("OAUTHLIB_INSECURE_TRANSPORT")',
        'def test_x(monkeypatch):\n    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")',
    )

    @property
    def marks(self) -> Marks:
        """One of the switches."""
        return ((rb"insecure_transport",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Assignments that stand in no condition, and calls that set a default."""
        found: list[tuple[ast.expr, str]] = [
            (target, name)
            for name, target, _, scope in module.assignments
            if name in _SWITCHES and isinstance(target, ast.Subscript) and _is_environment(module, target.value, scope)
        ]
        for _, call, _ in module.calls_to(_SETTERS):
            if call.args and key_of(call.args[0]) in _SWITCHES:
                found.append((call, key_of(call.args[0])))
        conditional = _conditional(module.tree) if found else set()
        for node, name in found:
            if id(node) not in conditional:
                yield self.practice(module, node, f"{name} is set")


def _is_environment(module: Module, node: ast.expr, scope: Scope) -> bool:
    return module.qualified(node, scope) == "os.environ"


def _conditional(tree: ast.Module) -> set[int]:
    """The nodes below an `if`."""
    below: set[int] = set()
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, is_below = stack.pop()
        if is_below:
            below.add(id(node))
        is_below = is_below or isinstance(node, ast.If)
        stack += [(child, is_below) for child in ast.iter_child_nodes(node)]
    return below
