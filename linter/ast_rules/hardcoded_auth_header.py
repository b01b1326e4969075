"""A credential in a header of a request."""

from __future__ import annotations

import ast
import base64
import binascii
import re
from typing import TYPE_CHECKING

from linter import value_score
from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_kind, confidence_of
from linter.ast_rules.marks import LITERALS, OPEN, SCHEME, words
from linter.model import Confidence, Severity
from linter.python import HOLE, terminal_name
from linter.python.names import key_of
from linter.word_sets import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope, Value

__all__ = ["HardcodedAuthHeader"]

_SETTERS = word_set("add_header putheader add_unredirected_header set_header setdefault set add header")
_SCHEME = r"(?P<scheme>Bearer|Basic|Token|ApiKey|Api-Key|OAuth|Splunk|Bot|GenieKey|SSWS|PRIVATE-TOKEN|JWT)"
_VALUE = re.compile(rf"\s*{_SCHEME}[ =]\s*(?P<secret>[^\s,;\"'{HOLE}]+)\s*", re.IGNORECASE)
_TEXT = re.compile(r"(?:[Bb]earer|BEARER|[Bb]asic|[Tt]oken|[Aa]uthorization)[: \"']")
_LINE = re.compile(
    rf"authorization[\"']?\s*[:=]\s*[\"']?(?:{_SCHEME})\s+(?P<secret>[A-Za-z0-9._~+/=%:-]+)", re.IGNORECASE
)


class HardcodedAuthHeader(AstRule):
    """A header such as `Authorization` has a literal credential as its value.

    The header is the credential: whoever reads the source can send it. Build it from what was read from the
    environment; with requests, prefer `auth=`.
    """

    id = "hardcoded-auth-header"
    name = "Hardcoded credential in a header"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Build the header from a value that is read from the environment, and revoke the committed one."
    rank = 70
    examples = bad(
        'TOKEN = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\nheaders = {"Authorization": f"Bearer {TOKEN}"}',
        'headers = {"Authorization": "Bearer «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}',
        'h = {"authorization": "Bearer " + "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}',
        'h = {"Authorization": "Bearer %s" % "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}',
        'h = {"Authorization": "Bearer {}".format("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")}',
        'r = urllib_request()\nr.add_header("Authorization", "Bearer «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import requests\ns = requests.Session()\ns.headers["Authorization"] = "Bearer «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        "import requests\ns = requests.Session()\n"
        's.headers.update({"Authorization": "token «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"})',
        'H = [("Authorization", "Basic «YXBwOlp4~OSFrTG0yI1Fw»")]',
        "curl = f\"curl -H 'Authorization: Bearer «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»' https://x\"\n"
        'x = "Bearer «q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'class C:\n    TOKEN = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\n    def h(self):\n'
        '        return {"Authorization": f"Bearer {self.TOKEN}"}',
        'headers = {"X-Api-Key": "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}',
    )
    counterexamples = good(
        'h = {"Authorization": f"Bearer {token}"}',
        'h = {"Authorization": "Bearer <token>"}',
        'h = {"Authorization": "Bearer YOUR_ACCESS_TOKEN"}',
        'h = {"Authorization": "Bearer " + os.environ["T"]}',
        'h = {"WWW-Authenticate": "Bearer realm=api"}',
        'AUTH_SCHEME = "Bearer"',
        'h = {"Authorization": "Bearer $TOKEN"}',
        'doc = "Bearer token authentication is required"',
        'h = {"Authorization": "Bearer {{ access_token }}"}',
        'h = {"Authorization": "Bearer test-token"}',
    )

    @property
    def marks(self) -> Marks:
        """A scheme and a credential, or the name of a header and a literal."""
        header = words(self.sinks.headers)
        return (
            (SCHEME + rb"[ =]\s*(?:[\w+/=.~%:-]*[0-9][\w+/=.~%:-]{7}|[\w+/=.~%:-]{8,}[0-9]|[\w+/=.~%:-]{16})",),
            *((SCHEME + rb" *" + OPEN, literal) for literal in LITERALS),
            *((header, literal) for literal in LITERALS),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Values under the names of headers, and texts that are such values."""
        for header, node, scope in self._headers(module):
            for value in module.values(node, scope):
                yield from self._value(value, header, in_header=True)
        for node, scope in module.texts(_TEXT):
            for value in module.values(node, scope):
                yield from self._value(value, "Authorization", in_header=False)
                for line in _LINE.finditer(value.text):
                    yield from self._credential(value, line, "Authorization")

    def _headers(self, module: Module) -> Iterator[tuple[str, ast.expr, Scope]]:
        """The names of headers, each with the value that it gets."""
        for name, node, scope in (*module.pairs, *_assigned(module), *_passed(module)):
            if name.lower() in self.sinks.headers:
                yield name, node, scope

    def _value(self, value: Value, header: str, *, in_header: bool) -> Iterator[AstCandidate]:
        """A value of a header: a scheme and a credential, or in a header the credential alone."""
        if (found := _VALUE.fullmatch(value.text)) is not None:
            yield from self._credential(value, found, header)
        elif in_header and not value.has_holes:
            kind = self.sinks.kinds[self.sinks.headers[header.lower()]]
            judged = by_kind(value.text, kind, self.sinks, header)
            if judged is not None and value_score.score(value.text, header) >= 2:
                evidence = (f"header {shown(header)}", judged[2])
                confidence = confidence_of(value_score.score(value.text, header))
                yield from self.secret(value, (0, len(value.text)), confidence, evidence, kind=judged[0].id)

    def _credential(self, value: Value, found: re.Match[str], header: str) -> Iterator[AstCandidate]:
        secret, scheme = found["secret"], found["scheme"].capitalize()
        where = f"header {shown(header)}, scheme {scheme}"
        if scheme == "Basic":
            if score := _basic(secret):
                confidence = Confidence.HIGH if score > 1 else Confidence.MEDIUM
                evidence = "value: a user and a password in base64"
                yield from self.secret(value, found.span("secret"), confidence, (where, evidence))
            return
        judged = by_kind(secret, self.sinks.kinds["access-token"], self.sinks, "token")
        score = value_score.score(secret, "token")
        if judged is not None and (score > 1 or judged[0].structure):
            kind, _, evidence = judged
            confidence = Confidence.HIGH if kind.structure else confidence_of(score)
            yield from self.secret(value, found.span("secret"), confidence, (where, evidence), kind=kind.id)


def _assigned(module: Module) -> Iterator[tuple[str, ast.expr, Scope]]:
    for name, target, node, scope in module.assignments:
        if isinstance(target, ast.Subscript):
            yield name, node, scope
    for pair, scope in module.tuples:
        if isinstance(pair, (ast.Tuple, ast.List)):
            yield key_of(pair.elts[0]), pair.elts[1], scope


def _passed(module: Module) -> Iterator[tuple[str, ast.expr, Scope]]:
    for call, scope in module.calls:
        called = terminal_name(call.func)
        if called in _SETTERS and len(call.args) > 1:
            yield key_of(call.args[0]), call.args[1], scope
        elif called == "dict":
            for keyword in call.keywords:
                yield keyword.arg or "", keyword.value, scope


def _basic(text: str) -> int:
    """The score of the password in base64 of a user and a password; 0 if it is none, or only an example."""
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return 0
    return value_score.score(password, user, chosen=True) if colon and user != password else 0
