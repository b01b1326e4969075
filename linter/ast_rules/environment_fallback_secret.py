"""A credential as the fallback of a look-up."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module, Scope, Value

__all__ = ["EnvironmentFallbackSecret"]


class EnvironmentFallbackSecret(AstRule):
    """The fallback of a look-up in the environment or in settings is a credential.

    Where the variable is not set, production runs on the committed value and nobody notices. Fail instead.
    """

    id = "environment-fallback-secret"
    name = "Hardcoded credential as a fallback"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Take the fallback away, so that a missing variable is an error, and revoke the committed value."
    rank = 65
    examples = bad(
        'import os\nkey = os.environ.get("STRIPE_API_KEY", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import os\nx = os.getenv("DB_PASSWORD", default="«Zx9!k~Lm2#Qp»")',
        'import os\nAPI_TOKEN = os.getenv("API_TOKEN") or "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'import os\nos.environ.setdefault("STRIPE_API_KEY", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'from decouple import config\nSECRET = config("JWT_SECRET", default="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import os\nsecret = os.environ["S"] if "S" in os.environ else "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\n',
        'from django.conf import settings\nkey = getattr(settings, "PAYMENT_API_KEY", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
    )
    counterexamples = good(
        'import os\nos.environ.get("API_KEY", "")',
        'import os\nos.getenv("API_KEY")',
        'import os\nos.getenv("TOKEN_URL", "https://x.example.test/token")',
        'import os\nos.getenv("DB_PASSWORD", "changeme")',
        'import os\nos.getenv("AUTH_MODE", "oauth2") or token',
        'from decouple import config\nconfig("SECRET_KEY")',
        'import os\nos.getenv("TOKEN_TTL", "3600")',
        'import os\nos.getenv("API_KEY", "dummy-key-for-tests")',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Fallbacks, by the name that is looked up and by the name that gets the value."""
        for _, call, scope in module.calls_to(self.sinks.lookups):
            for value in module.values(call, scope):
                yield from self._fallback(value, self._key(module, call, scope))
        for choice, scope in module.choices:
            keys = [key for node in _parts(choice) if (key := self._key(module, node, scope))]
            for value in module.values(choice, scope) if keys else ():
                yield from self._fallback(value, keys[0])
        for name, _, node, scope in module.assignments:
            if isinstance(node, (ast.Call, ast.BoolOp, ast.IfExp)) and classify(name).strength:
                for value in module.values(node, scope):
                    yield from self._fallback(value, name)

    def _key(self, module: Module, node: ast.expr, scope: Scope) -> str:
        """The name that `node` looks up; empty if it is no look-up."""
        if not module.is_lookup(node, scope):
            return ""
        if isinstance(node, ast.Subscript):
            return key_of(node.slice)
        if not isinstance(node, ast.Call):
            return ""
        lookup = self.sinks.lookups[module.qualified(node.func, scope) or ""]
        for argument in module.arguments(node, scope):
            if argument.name == lookup.key_name or argument.position == lookup.key:
                return key_of(argument.value)
        return ""

    def _fallback(self, value: Value, name: str) -> Iterator[AstCandidate]:
        if "environment" not in value.via:
            return
        yield from self.called(value, name, f"fallback for {shown(name)}")


def _parts(choice: ast.BoolOp | ast.IfExp) -> list[ast.expr]:
    return choice.values if isinstance(choice, ast.BoolOp) else [choice.body, choice.orelse]
