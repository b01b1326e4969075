"""JSON Web Tokens whose signature is not checked."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Argument, Module

__all__ = ["JwtVerificationDisabled"]

_DECODERS = frozenset(
    {
        "jwt.decode",
        "jwt.PyJWT.decode",
        "jwt.decode_complete",
        "jose.jwt.decode",
        "jwt.api_jwt.decode",
        "jose.jws.verify",
    }
)


class JwtVerificationDisabled(AstRule):
    """A JSON Web Token is read without the check of its signature, or the algorithm `none` is accepted.

    Anyone can write such a token. Check it with the key of who issued it.
    """

    id = "jwt-verification-disabled"
    name = "Signature of a token not checked"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Check the signature with the key of the issuer, and name the algorithms that are accepted."
    examples = bad(
        'import jwt\n«jwt.decode(t, options={"verify_signature": False})»',
        'import jwt\n«jwt.decode(t, key, algorithms=["none"])»',
        "import jwt\n«jwt.decode(t, verify=False)»",
    )
    counterexamples = good(
        'import jwt\njwt.decode(t, key, algorithms=["RS256"])',
        "import jwt\njwt.get_unverified_header(t)",
        'import jwt\njwt.decode(t, key, algorithms=["HS256"], options={"verify_exp": False})',
    )

    @property
    def marks(self) -> Marks:
        """A library for tokens and a check that is switched off."""
        return ((rb"jwt|jose", rb"verify\s*=\s*false|verify_signature|algorithms?\W[^)]*none"),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Calls that decode."""
        for _, call, scope in module.calls_to(_DECODERS):
            for argument in module.arguments(call, scope):
                if why := _disabled(module, argument):
                    yield self.practice(module, call, why)
                    break


def _disabled(module: Module, argument: Argument) -> str | None:
    """How an argument switches the check off, or None."""
    value, scope = argument.value, argument.scope
    if argument.name == "verify" and isinstance(value, ast.Constant) and value.value is False:
        return "verify=False"
    if argument.name == "options":
        for key, part, _ in module.items(value, scope):
            if key == "verify_signature" and isinstance(part, ast.Constant) and part.value is False:
                return "the option verify_signature is off"
    if argument.name in ("algorithms", "algorithm"):
        for part, _ in module.elements(value, scope) or [(value, scope)]:
            if key_of(part).lower() == "none":
                return "the algorithm none is accepted"
    return None
