"""A credential in the query of a URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from linter import value_score
from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.marks import LITERALS, OPEN
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Value

__all__ = ["CredentialInQueryString"]

_PARAMETER = re.compile(rf"[?&;](?P<name>[A-Za-z_][\w.-]{{0,60}})=(?P<value>[^&\s#'\"{HOLE}]{{8,2000}})(?=[&\s#'\"]|$)")
_SIGNATURES = frozenset({"sig", "signature", "x-amz-signature", "hmac"})
_MARK = re.compile(r"[?&;]\0?[A-Za-z_][\w.-]{0,60}\0?=")
_QUERY = rb"[?&;][\w.-]*(?:key|token|secret|pass|pwd|pw|cred|jwt|auth|pat|bearer|sig|hmac)[\w.-]*="
_PLAUSIBLE, _RANDOM = 2, 3


class CredentialInQueryString(AstRule):
    """A URL has a parameter with the name of a credential and a literal value.

    URLs stand in logs, proxies and browsers' histories. Send the credential in a header.
    """

    id = "credential-in-query-string"
    name = "Credential in the query of a URL"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Send it in a header, read it from the environment, and rotate the committed value."
    rank = 90
    examples = bad(
        'U = "https://api.example.test/v1?api_key=«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'U = "https://x.example.test/hook?a=1&access_token=«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'U = "https://blob.example.test/c?sv=2020&sig=«7hGk2PzQ~9sWx4TrB6nYv%2B»"',
    )
    counterexamples = good(
        'U = "https://x.example.test?api_key={key}"',
        'U = "https://x.example.test/?token=%s"',
        'U = "https://x.example.test/search?key=name"',
        'U = "https://x.example.test/?token=<TOKEN>"',
        'U = "https://x.example.test/?api_key=DEMO_KEY"',
        'U = "https://x.example.test?page_token=«7hGk2PzQ~9sWx4TrB6nYv»"',
    )

    @property
    def marks(self) -> Marks:
        """The name of a credential, or of a signature, in front of `=` in a URL, and what may be its value."""
        return (
            (_QUERY + rb"(?:[^&\s'\"]{8}|" + OPEN + rb"[^\n]*" + OPEN + rb")",),
            *((_QUERY + OPEN, literal) for literal in LITERALS),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """URLs in all texts."""
        for node, scope in module.texts(_MARK):
            for value in module.values(node, scope):
                if "://" in value.text or value.text.startswith("/"):
                    for found in _PARAMETER.finditer(value.text):
                        yield from self._judged(value, found)

    def _judged(self, value: Value, found: re.Match[str]) -> Iterator[AstCandidate]:
        name, secret = found["name"], unquote(found["value"])
        named = classify(name)
        if name.lower() in _SIGNATURES:
            least = _PLAUSIBLE
        elif name.lower().endswith("credential"):  # of a signed URL: it names the signer
            return
        elif named.strength or name.lower() == "key":
            least = _RANDOM if named.strength < _PLAUSIBLE else _PLAUSIBLE
        else:
            return
        score = value_score.score(secret, name, chosen=named.chosen)
        if score >= least:
            is_certain = score >= _RANDOM and name.lower() != "key"
            confidence = Confidence.HIGH if is_certain else Confidence.MEDIUM
            evidence = (f"parameter {shown(name)} of a URL",)
            yield from self.secret(value, found.span("value"), confidence, evidence, chosen=named.chosen)
