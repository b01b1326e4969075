"""A key of encryption or of a signature in the source."""

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

__all__ = ["HardcodedCryptoKey"]


class HardcodedCryptoKey(AstRule):
    """A literal is the key of a cipher, of an HMAC, of a derivation, or the seed of one-time passwords.

    Such a key protects nothing from who can read the source. Make it with `secrets` or the library's own function, and
    keep it outside of the source.
    """

    id = "hardcoded-crypto-key"
    name = "Hardcoded cryptographic key"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Make a new key with `secrets` or the library's own function, and keep it outside of the source."
    rank = 85
    examples = bad(
        'from cryptography.fernet import Fernet\nf = Fernet(b"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6xYz0aBcDeFgHiJkLmNo=»")',
        'import hmac, hashlib\nhmac.new(b"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", msg, hashlib.sha256)',
        'from Crypto.Cipher import AES\nAES.new("«9fJ2kLm4~Qp7sTv1X»".encode(), AES.MODE_GCM)',
        'import pyotp\npyotp.TOTP("«7HGK2PZQ~6SWX4TRB»")',
        'import hmac\nKEY = b"«9fJ2k\\x8a\\xe3~\\x11\\x90\\xb2\\x07»"\nhmac.new(KEY, msg, "sha256")',
    )
    counterexamples = good(
        "from cryptography.fernet import Fernet\nFernet(Fernet.generate_key())",
        'import hmac\nhmac.new(key, msg, "sha256")',
        'from cryptography.fernet import Fernet\nimport os\nFernet(os.environ["FERNET_KEY"])',
        'import hmac\nhmac.new(b"key", msg, "sha256")',
        'import hmac\nhmac.new(b"\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08", msg, "sha256")',
        'import hmac\nhmac.new(b"\\x00\\xff\\x00\\xff\\x00\\xff\\x00\\xff\\x00", msg, "sha256")',
    )

    @property
    def marks(self) -> Marks:
        """A library for keys and a name of it."""
        return calls(self.sinks.called("crypto-key"))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Keys in known calls; the key of a webhook's check is the secret of the X app."""
        for value, kind, confidence, evidence in carried(module, self.sinks, "crypto-key"):
            is_webhook = b"crc_token" in module.lowered
            kind_id = "twitter-api-secret" if is_webhook else kind.id
            yield from self.secret(value, (0, len(value.text)), confidence, evidence, kind=kind_id, chosen=kind.chosen)
