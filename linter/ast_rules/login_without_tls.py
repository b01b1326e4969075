"""A login over a connection that is not encrypted."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python.names import dotted, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["LoginWithoutTls"]

_LOGINS = frozenset(
    {"smtplib.SMTP.login", "ftplib.FTP.login", "imaplib.IMAP4.login", "poplib.POP3.pass_", "telnetlib.Telnet.write"}
) - {"telnetlib.Telnet.write"}
_STARTS = frozenset({"starttls", "stls", "prot_p", "auth_tls"})


class LoginWithoutTls(AstRule):
    """A user and a password go to a mail or file server over a plain connection.

    Use the class with TLS (`SMTP_SSL`, `IMAP4_SSL`, `FTP_TLS`), or call `starttls()` before the login.
    """

    id = "login-without-tls"
    name = "Login without TLS"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Use the class with TLS, or call starttls() before the login."
    examples = bad(
        'import smtplib\ns = smtplib.SMTP("mx.example.test", 25)\n«s.login(u, p)»',
        'import ftplib\nf = ftplib.FTP("h")\n«f.login(u, p)»',
        'import imaplib\ni = imaplib.IMAP4("h")\n«i.login(u, p)»',
    )
    counterexamples = good(
        'import smtplib\ns = smtplib.SMTP("mx.example.test", 587)\ns.starttls()\ns.login(u, p)',
        'import smtplib\ns = smtplib.SMTP_SSL("h")\ns.login(u, p)',
        'import ftplib\nf = ftplib.FTP("h")\nf.login()',
        'import ftplib\nf = ftplib.FTP_TLS("h")\nf.login(u, p)',
    )

    @property
    def marks(self) -> Marks:
        """A library for such servers and a login."""
        return ((rb"(?:smtp|ftp|imap|pop)lib", rb"\.(?:login|pass_)\s*\("),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Logins on plain connections on which TLS is nowhere started."""
        secured = {
            _connection(call)
            for call, _ in module.calls
            if isinstance(call.func, ast.Attribute) and call.func.attr in _STARTS
        }
        for name, call, _ in module.calls_to(_LOGINS):
            if call.args and _connection(call) not in secured and key_of(call.args[0]) != "anonymous":
                yield self.practice(module, call, f"{name} on a connection without TLS")


def _connection(call: ast.Call) -> str | None:
    """The name of what a method is called on."""
    return dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
