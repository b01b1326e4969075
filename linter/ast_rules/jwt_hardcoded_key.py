"""The key that signs JSON Web Tokens in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.marks import calls
from linter.ast_rules.sink_calls import carried
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["JwtHardcodedKey"]


class JwtHardcodedKey(AstRule):
    """A JSON Web Token is signed or checked with a literal key.

    Whoever has the key makes tokens for any user. Read it from the environment or use a key service.
    """

    id = "jwt-hardcoded-key"
    name = "Hardcoded key of JSON Web Tokens"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read the key from the environment or a key service, and replace it: every token it signs can be forged."
    rank = 85
    examples = bad(
        'import jwt\njwt.encode({"a": 1}, "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", algorithm="HS256")',
        'import jwt\nS = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\njwt.decode(t, S, algorithms=["HS256"])',
        'from jose import jwt\njwt.encode({}, key="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
    )
    counterexamples = good(
        'import jwt\njwt.encode({}, settings.JWT_SECRET, algorithm="HS256")',
        'import jwt\njwt.encode({}, private_key, algorithm="RS256")',
        'import jwt\njwt.decode(t, options={"verify_signature": False})',
        'import jwt\njwt.encode({}, "", algorithm="none")',
    )

    @property
    def marks(self) -> Marks:
        """A library for tokens and a name of it."""
        return calls(self.sinks.called("jwt-key"))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Keys in known calls."""
        for value, kind, confidence, evidence in carried(module, self.sinks, "jwt-key"):
            yield from self.secret(value, (0, len(value.text)), confidence, evidence, kind=kind.id)
