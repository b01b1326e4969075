"""A private key in the source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.structures import STRUCTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["PrivateKeyLiteral"]

_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY[ A-Z]{0,8}-----|$)", re.DOTALL
)
_MARK = re.compile("BEGIN")
_PROOF = STRUCTURES["pem-private-key"]


class PrivateKeyLiteral(AstRule):
    """A text is a private key in PEM, in one piece or put together from several literals.

    Whoever reads the source has the key. Read it from a file outside of the repository, or leave it in a key service.
    """

    id = "private-key-literal"
    name = "Private key in the source"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read the key from a file outside of the repository or use a key service, and replace the pair of keys."
    rank = 95
    examples = bad(
        'private_key = """«-----BEGIN RSA PRI~VATE KEY-----\n'
        "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n"
        '-----END RSA PRIVATE KEY-----»"""',
        'SIGNING_KEY = "«-----BEGIN EC »" + "«PRIVATE KEY-----\\n'
        'MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\\n-----END EC PRIVATE KEY-----»"',
        'import jwt\njwt.encode({}, "«-----BEGIN PRI~VATE KEY-----\\n'
        'MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\\n»", algorithm="RS256")',
    )
    counterexamples = good(
        'public_key = "-----BEGIN PUBLIC KEY-----\\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"',
        'private_key = "-----BEGIN RSA PRIVATE KEY-----"',
        'if "-----BEGIN PRIVATE KEY-----" in text: pass',
        'private_key = "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----"',
    )

    @property
    def marks(self) -> Marks:
        """The first line of a block."""
        return ((rb"-----begin",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Blocks in all texts."""
        for node, scope in module.texts(_MARK):
            for value in module.values(node, scope):
                for block in _BLOCK.finditer(value.text):
                    proof = _PROOF(block[0].encode())
                    if proof is not None:
                        severity = Severity.MEDIUM if "encrypted" in proof else self.severity
                        yield from self.secret(
                            value, block.span(), self.confidence, proof, severity=severity, kind="private-key"
                        )
