"""OAuth over plain HTTP, allowed for all requests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module

__all__ = ["InsecureOauthTransport"]

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
    keywords = ("insecure_transport", "oauthlib_relax")
    examples = bad(
        'import os\n«os.environ["OAUTHLIB_INSECURE_TRANSPORT"]» = "1"',
        'import os\n«os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")»',
    )
    counterexamples = good(
        'import os\nif DEBUG:\n    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"',
        'import os\nos.environ.get("OAUTHLIB_INSECURE_TRANSPORT")',
        'def test_x(monkeypatch):\n    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Assignments that stand in no condition, and calls that set a default."""
        conditional = _conditional(module.tree)
        for name, target, _, scope in module.assignments:
            if name in _SWITCHES and isinstance(target, ast.Subscript) and id(target) not in conditional:
                if module.qualified(target.value, scope) == "os.environ":
                    yield self.practice(module, target, f"{name} is set")
        for call, scope in module.calls:
            if (
                module.qualified(call.func, scope) in ("os.environ.setdefault", "os.putenv")
                and id(call) not in conditional
            ):
                if call.args and key_of(call.args[0]) in _SWITCHES:
                    yield self.practice(module, call, f"{key_of(call.args[0])} is set")


def _conditional(tree: ast.Module) -> set[int]:
    """The nodes below an `if`."""
    return {id(node) for condition in ast.walk(tree) if isinstance(condition, ast.If) for node in ast.walk(condition)}
