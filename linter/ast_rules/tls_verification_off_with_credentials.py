"""Credentials that are sent to a host that is not checked."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.requests_made import credential_in, made
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["TlsVerificationOffWithCredentials"]

_UNVERIFIED = frozenset({"ssl._create_unverified_context", "ssl._create_stdlib_context"})


class TlsVerificationOffWithCredentials(AstRule):
    """The check of certificates or host keys is switched off where credentials are sent, or for all connections.

    Whoever answers gets the credential. Name the authority with `verify="/path/to/ca.pem"`, or load known host keys.
    """

    id = "tls-verification-off-with-credentials"
    name = "Certificate check switched off"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Leave the check on and name the bundle of your authority, or load the known host keys."
    examples = bad(
        "import requests\n«requests.get(u, auth=(a, b), verify=False)»",
        'import requests\n«requests.post(u, headers={"Authorization": h}, verify=False)»',
        "import requests\ns = requests.Session()\ns.auth = (a, b)\n«s.verify» = False",
        "import ssl\nssl._create_default_https_context = «ssl._create_unverified_context»",
        "import paramiko\nc = paramiko.SSHClient()\n«c.set_missing_host_key_policy(paramiko.AutoAddPolicy())»",
        "import httpx\n«httpx.get(u, auth=(a, b), verify=False)»",
        'import requests\ns = requests.Session()\ns.headers["Authorization"] = h\n«s.verify» = False',
    )
    counterexamples = good(
        "import requests\nrequests.get(u, verify=False)",
        'import requests\nrequests.get(u, auth=(a, b), verify="/etc/ca.pem")  # not verify=False',
        "import requests\nrequests.get(u, auth=None, verify=False)",
        "import paramiko\nc = paramiko.SSHClient()\nc.set_missing_host_key_policy(paramiko.RejectPolicy())",
    )

    @property
    def marks(self) -> Marks:
        """A check that is switched off."""
        return ((rb"(?:verify|ssl)[\"']?\s*[=:]\s*false|_unverified_context|host_key_policy|_create_stdlib",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Requests, sessions, the default context, and policies of host keys."""
        yield from self._requests(module)
        yield from self._sessions(module)
        for name, _, value, scope in module.assignments:
            if name == "_create_default_https_context" and module.qualified(value, scope) in _UNVERIFIED:
                yield self.practice(module, value, "no certificate is checked in the whole process")
        for call, _ in module.calls:
            if terminal_name(call.func) == "set_missing_host_key_policy" and call.args:
                policy = terminal_name(call.args[0].func if isinstance(call.args[0], ast.Call) else call.args[0])
                if policy in ("AutoAddPolicy", "WarningPolicy"):
                    yield self.practice(module, call, f"unknown host keys are accepted ({policy})")

    def _requests(self, module: Module) -> Iterator[AstCandidate]:
        for request in made(module):
            if any(
                each.name in ("verify", "ssl", "verify_ssl") and _is_false(each.value) for each in request.arguments
            ):
                what = credential_in(module, request, self.sinks.headers)
                if what is not None:
                    yield self.practice(module, request.call, f"{what} is sent with the check switched off")

    def _sessions(self, module: Module) -> Iterator[AstCandidate]:
        """`session.verify = False`, where the same session gets credentials."""
        for name, target, value, _ in module.assignments:
            if name != "verify" or not _is_false(value) or not isinstance(target, ast.Attribute):
                continue
            session = dotted(target.value)
            if session is not None and any(self._authorizes(other, session) for _, other, _, _ in module.assignments):
                yield self.practice(module, target, "the session carries credentials")

    def _authorizes(self, target: ast.expr, session: str) -> bool:
        """True if `target` is the session's `auth`, or its header for credentials."""
        written = dotted(target) or ""
        if isinstance(target, ast.Attribute):
            return written == f"{session}.auth"
        return written.startswith(f"{session}.headers[") and terminal_name(target).lower() in self.sinks.headers


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
