"""The key with which a web framework signs sessions and cookies, in the source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_kind
from linter.ast_rules.marks import calls, imports, words
from linter.ast_rules.sink_calls import carried
from linter.model import Confidence, Severity
from linter.word_sets import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Value
    from linter.sinks import Kind

__all__ = ["FrameworkSecretKey"]

_NAMES = word_set(
    "secret_key secret_key_fallbacks jwt_secret_key wtf_csrf_secret_key cookie_secret session_secret"
    " session_secret_key security_password_salt"
)
_FRAMEWORKS = word_set(
    "flask django starlette fastapi tornado quart sanic pyramid bottle aiohttp_session flask_jwt_extended flask_login"
    " flask_wtf flask_sqlalchemy flask_cors rest_framework litestar falcon cherrypy"
)
_FEWEST = 8
_DJANGO_SETTINGS = (b"installed_apps", b"root_urlconf", b"wsgi_application")


def _is_random(value: object) -> bool:
    """True for bytes as `os.urandom` gives them: enough of them, and some that no text has."""
    return isinstance(value, bytes) and len(value) >= _FEWEST and any(byte > 0x7E or byte < 0x09 for byte in value)


class FrameworkSecretKey(AstRule):
    """The secret key of Flask, Django, Starlette, Tornado or a like framework is a literal.

    With it sessions and signed cookies can be forged. Read it from the environment; for Django, keep the old one in
    SECRET_KEY_FALLBACKS while it is exchanged.
    """

    id = "framework-secret-key"
    name = "Hardcoded secret key of a web framework"
    severity = Severity.CRITICAL
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read it from the environment and exchange it: sessions and signed cookies can be forged with it."
    rank = 85
    examples = bad(
        'from flask import Flask\napp = Flask(__name__)\napp.secret_key = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'from flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'from flask import Flask\napp = Flask(__name__)\napp.config.update(SECRET_KEY="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import django\nSECRET_KEY = "«django-insecure-q8Zt3~Lw9Xr2Vb7Nc4Md1Kp6»"',
        'import tornado.web\ntornado.web.Application([], cookie_secret="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'from flask import Flask\napp = Flask(__name__)\napp.secret_key = b"«_5#y2L\\xec]\\n~/\\x07\\xb1\\x9c»"',
        "from starlette.middleware.sessions import SessionMiddleware\n"
        'SessionMiddleware(app, secret_key="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
    )
    counterexamples = good(
        'from flask import Flask\nimport os\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]',
        "from flask import Flask\nimport os\napp = Flask(__name__)\napp.secret_key = os.urandom(32)",
        "from django.core.management.utils import get_random_secret_key\nSECRET_KEY = get_random_secret_key()",
        'from flask import Flask\napp = Flask(__name__)\napp.config["SECRET_KEY"] = ""',
        'import environ\nenv = environ.Env()\nSECRET_KEY = env("SECRET_KEY")',
    )

    @property
    def marks(self) -> Marks:
        """A framework and one of its names for the key, or a known call."""
        named = words(_NAMES)
        settings = b"|".join(_DJANGO_SETTINGS)
        return (
            (named, imports(_FRAMEWORKS)),
            (named, settings),
            *calls(self.sinks.called("framework-secret")),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Known calls; in modules of a framework, its names for the key."""
        for value, kind, confidence, evidence in carried(module, self.sinks, "framework-secret"):
            yield from self._key(value, kind, confidence, evidence)
        if not module.imports & _FRAMEWORKS and not any(name in module.lowered for name in _DJANGO_SETTINGS):
            return
        for name, node, scope in module.named:
            if name.lower() in _NAMES:
                for value in module.values(node, scope):
                    wanted = self.sinks.kinds["session-signing-key"]
                    judged = None if value.has_holes else by_kind(value.text, wanted, self.sinks, name)
                    if judged is None and isinstance(node, ast.Constant) and _is_random(node.value):
                        judged = wanted, Confidence.HIGH, "value: bytes that are no text"
                    if judged is not None:
                        kind, confidence, proof = judged
                        yield from self._key(value, kind, confidence, (f"name {shown(name)}", proof))

    def _key(
        self, value: Value, kind: Kind, confidence: Confidence, evidence: tuple[str, ...]
    ) -> Iterator[AstCandidate]:
        severity = Severity.HIGH if value.text.startswith("django-insecure-") else self.severity
        yield from self.secret(value, (0, len(value.text)), confidence, evidence, severity=severity, kind=kind.id)
