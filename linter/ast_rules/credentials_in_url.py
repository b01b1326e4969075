"""A user and a password in a URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from linter import value_score
from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.hosts import is_local
from linter.ast_rules.marks import OPEN
from linter.model import Confidence, Severity
from linter.python import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Value

__all__ = ["CredentialsInUrl"]

_USERINFO = re.compile(
    rf"\b(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]{{0,30}})://(?P<user>[^\s:/@'\"?#\[\]{HOLE}]{{0,200}})"
    rf"(?::(?P<password>[^\s/@'\"?#{HOLE}]{{1,200}}))?@(?P<host>[^\s/'\":?#]{{1,200}})"
)
_USER = rb"://(?:[^\s/'\"@]*:[^\s/'\"@]+@|[^\s/:'\"@]{20,}@|[^\n]*" + OPEN + rb"[^\n]*@)"
_SETTING_MARK = rb"(?:password|pwd|passwd|accountkey|sharedaccesskey)=(?:[^;\s'\"{%]{4}|" + OPEN + rb")"
_SCHEME = re.compile("://|(?:password|pwd|key)=|(?:password|identified by) '", re.IGNORECASE)
_SETTING = re.compile(
    rf"(?:^|[; ])(?P<name>password|pwd|passwd|accountkey|sharedaccesskey)=(?P<password>[^;\s'\"{HOLE}]{{4,200}})",
    re.IGNORECASE,
)
_STATEMENT = re.compile(rf"\b(?:password|identified by) '(?P<password>[^'\s{HOLE}]{{4,200}})'", re.IGNORECASE)
_OTHER_SETTING = re.compile(
    r"(?:^|[; ])(?:host|server|dbname|database|user|uid|user id|data source|endpoint|accountname|driver)=",
    re.IGNORECASE,
)
_RANDOM = 3


class CredentialsInUrl(AstRule):
    """A URL, a connection string or an SQL statement holds a literal password, in one piece or put together.

    URLs are logged and shown more freely than passwords. Keep the whole URL in one environment variable.
    """

    id = "credentials-in-url"
    name = "Credentials in a URL"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Keep the whole URL in one environment variable such as DATABASE_URL, and change the password."
    rank = 90
    examples = bad(
        'URL = "postgresql://app:«Zx9kLm~2Qp7»@db.example.test/prod"',
        'from sqlalchemy import create_engine\nPW = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\n'
        'e = create_engine(f"mysql+pymysql://app:{PW}@db/x")',
        'BROKER = "amqp://worker:«Tq7vX2~mK9pLz»@mq.example.test:5672//"',
        'conn = psycopg2.connect("host=db dbname=app user=me password=«Zx9kLm~2Qp7»")',
        "DB_PW = '«Zx9kLm~2Qp7»'\nrun(f\"CREATE ROLE app WITH LOGIN PASSWORD '{DB_PW}'\")",
        'git = "https://oauth2:«7hGk2PzQ~9sWx4TrB6nYv»@git.example.test/a/b.git"',
    )
    counterexamples = good(
        'URL = "postgresql://user:password@localhost/db"',
        'URL = f"postgresql://{user}:{password}@{host}/db"',
        'URL = "postgresql://%s:%s@%s/db" % (u, p, h)',
        'URL = "https://example.test:8443/a@b"',
        'URL = "redis://localhost:6379/0?a@b"',
        'URL = "http://user:pass@example.com"',
        'URL = "mongodb://${USER}:${PASS}@h/db"',
        'URL = "git@github.com:org/repo.git"  # not ssh://a@b',
        'URL = "postgresql://postgres:postgres@localhost/test"',
        'x = "http://[::1]:8000/@me"',
    )

    @property
    def marks(self) -> Marks:
        """A user in a URL, a password in a connection string, or one in a statement."""
        return ((_USER,), (_SETTING_MARK,), (rb"(?:password|identified by)\W{0,6}'",))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """URLs in all texts."""
        for node, scope in module.texts(_SCHEME):
            for value in module.values(node, scope):
                yield from self._in_connection_string(value)
                yield from self._in_statement(value)
                for found in _USERINFO.finditer(value.text):
                    yield from self._judged(value, found)

    def _in_connection_string(self, value: Value) -> Iterator[AstCandidate]:
        for found in _SETTING.finditer(value.text) if _OTHER_SETTING.search(value.text) else ():
            score = value_score.score(found["password"], found["name"], chosen=True)
            if score > 1:
                evidence = ("password in a connection string",)
                yield from self.secret(value, found.span("password"), Confidence.HIGH, evidence, chosen=True)

    def _in_statement(self, value: Value) -> Iterator[AstCandidate]:
        for found in _STATEMENT.finditer(value.text):
            if value_score.score(found["password"], chosen=True) > 1:
                evidence = ("password in an SQL statement",)
                yield from self.secret(value, found.span("password"), Confidence.HIGH, evidence, chosen=True)

    def _judged(self, value: Value, found: re.Match[str]) -> Iterator[AstCandidate]:
        user, password, host = found["user"], found["password"], found["host"]
        part = "password" if password else "user"
        secret = unquote(found[part] or "")
        score = value_score.score(secret, "" if password else "token", chosen=bool(password))
        if not score or secret.lower() in user.lower() * bool(password) or (not password and score < _RANDOM):
            return
        confidence = Confidence.HIGH if score > 1 else Confidence.LOW
        severity = Severity.LOW if is_local(host) else self.severity
        evidence = (f"URL of scheme {found['scheme'].lower()} with a {'password' if password else 'token'}",)
        yield from self.secret(value, found.span(part), confidence, evidence, severity=severity, chosen=bool(password))
