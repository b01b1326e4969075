"""A credential that is compared with a literal."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_name
from linter.ast_rules.marks import NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["HardcodedCredentialComparison"]

_STRONG_ENOUGH = 2
_DIGESTS = ("hmac.compare_digest", "secrets.compare_digest")


class HardcodedCredentialComparison(AstRule):
    """Something with the name of a credential is compared with a literal that looks like one.

    The literal is the password. Store a hash of it outside the source, and compare with `hmac.compare_digest`.
    """

    id = "hardcoded-credential-comparison"
    name = "Hardcoded credential in a comparison"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    sort = Sort.SECRET
    advice = "Keep a hash of it outside the source, compare with hmac.compare_digest, and change the committed value."
    rank = 30
    examples = bad(
        'def f(password):\n    return password == "«Zx9!k~Lm2#Qp»"',
        'def f(request):\n    return "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»" == request.headers["X-API-Key"]',
        'def f(self, t):\n    if self.token != "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»": raise ValueError',
        'import hmac\ndef f(token):\n    return hmac.compare_digest(token, "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import getpass\nif getpass.getpass("PIN: ") != "«583~914»":\n    raise SystemExit',
        'match password:\n    case "«Zx9!k~Lm2#Qp»":\n        pass',
    )
    counterexamples = good(
        'if password == "": pass',
        r'if token == "\n": pass',
        'if token_type == "rid": pass',
        'if response.token_type != "Bearer": pass',
        'if token == "good-other": pass',
        'if secret == "none": pass',
        'assert form["password"] == "password"',
        "if password == confirm_password: pass",
        'import hmac\nhmac.compare_digest(signature, "sha1=" + digest)  # of the token',
        'import getpass\nif getpass.getuser() != "postgres9": pass  # no password',
    )

    @property
    def marks(self) -> Marks:
        """A name and a literal, in either order."""
        either = rb"""["']\s*[!=]=[^\n]*""" + NAME
        return (*super().marks, (either,), (rb"compare_digest|getpass\(",))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """`==`, `!=`, `in`, `compare_digest`, and the cases of `match`."""
        for node, scope in module.comparisons:
            sides = [node.left, *node.comparators]
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
                if isinstance(operator, (ast.Eq, ast.NotEq)):
                    yield from self._compared(module, left, right, scope)
                    yield from self._compared(module, right, left, scope)
                elif isinstance(operator, (ast.In, ast.NotIn)) and isinstance(right, (ast.Tuple, ast.List, ast.Set)):
                    for element in right.elts:
                        yield from self._compared(module, left, element, scope)
        for _, call, scope in module.calls_to(_DIGESTS):
            if len(call.args) == 2:
                yield from self._compared(module, call.args[0], call.args[1], scope)
                yield from self._compared(module, call.args[1], call.args[0], scope)
        for subject, pattern, scope in module.cases:
            yield from self._compared(module, subject, pattern, scope)

    def _compared(self, module: Module, named: ast.expr, literal: ast.expr, scope: Scope) -> Iterator[AstCandidate]:
        name, least = terminal_name(named), _STRONG_ENOUGH
        if isinstance(named, ast.Call) and module.qualified(named.func, scope) == "getpass.getpass":
            name, least = "password", 1  # it is asked for as one, and may be a number
        elif isinstance(named, ast.Call) and named.args:
            name = key_of(named.args[0])
        if classify(name).strength < _STRONG_ENOUGH or not isinstance(literal, (ast.Constant, ast.BinOp, ast.Name)):
            return
        for value in module.values(literal, scope):
            for judged in by_name(value, name, least):
                evidence = (f"compared with {shown(name)}", judged.evidence)
                yield from self.secret(value, judged.span, self.confidence, evidence, chosen=judged.named.chosen)
