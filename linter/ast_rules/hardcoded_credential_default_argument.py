"""A credential as the default of a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python.names import defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module

__all__ = ["HardcodedCredentialDefaultArgument"]


class HardcodedCredentialDefaultArgument(AstRule):
    """A parameter with the name of a credential has a literal as its default.

    Callers use the committed credential without noticing. Take `None` as the default and look the value up in the
    body, or leave the default away.
    """

    id = "hardcoded-credential-default-argument"
    name = "Hardcoded credential as a default argument"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Use None as the default and look the value up in the body, or require the parameter; then revoke it."
    rank = 60
    examples = bad(
        'def connect(host, password="«Zx9!k~Lm2#Qp»"):\n    pass',
        'def call(*, api_key: str = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"):\n    pass',
        'login = lambda user, token="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»": None',
        'async def f(client_secret="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"): ...',
    )
    counterexamples = good(
        "def connect(password=None): pass",
        'def connect(password=""): pass',
        'def f(tokenize="13a", token_name="profile"): pass',
        'def f(token_env="ZENROWS_API_KEY"): pass',
        'def f(password_hash="hash"): pass',
        'def f(pass_id="1", token=None): pass',
        'def f(auth_method: str = "basic", token=None): pass',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Defaults of every function and lambda."""
        for node, scope in module.functions:
            for parameter, default in defaults(node.args):
                if default is None or not classify(parameter.arg).strength:
                    continue
                for text in module.values(default, scope):
                    yield from self.called(text, parameter.arg, f"default of parameter {shown(parameter.arg)}")
