"""A credential that is assigned to a name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_name, confidence_of
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module, Scope

__all__ = ["HardcodedCredentialAssignment"]

_PAIRS = ("auth", "creds", "credentials", "login")
_MOST = 100


class HardcodedCredentialAssignment(AstRule):
    """A variable, attribute or entry with the name of a credential gets a literal.

    Whoever can read the source can use it, and it stays in the history after it was removed. Read it from the
    environment or from a secret store instead.
    """

    id = "hardcoded-credential-assignment"
    name = "Hardcoded credential in an assignment"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read it from the environment or a secret store, and revoke the committed value: it stays in the history."
    rank = 40
    examples = bad(
        'TWITTER_BEARER_TOKEN = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'obj = object()\nobj.api_key = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'config = {}\nconfig["client_secret"] = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'user, db_password = "app", "«Zx9!k~Lm2#Qp»"',
        'ACCESS_SECRET = (\n    "«q8Zt3Lw9~Xr2V»"\n    "«b7Nc4~Md1Kp6»"\n)',
        'parts = "«q8Zt3~Lw9Xr»" + "«2Vb7Nc4~Md1Kp6»"\napi_token = parts',
        'import base64\nDB_PASSWORD = base64.b64decode("«WHg5IWtM~bTIjUXA=»").decode()',
        'consumerSecret = "".join(["«q8Zt~3Lw9»", "«Xr2Vb7Nc~4Md1Kp6»"])',
        'if (api_token := "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"):\n    pass',
        'SECRET_KEY_PROD = b"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'import os\nos.environ["OPENAI_API_KEY"] = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'private_key = "%s%s" % ("«q8Zt3~Lw9X»", "«r2Vb7Nc4~Md1Kp6»")',
        'a = access_token = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'api_key = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»" if prod else load()',
        'class C:\n    def __init__(self):\n        self.auth_token = f"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'session.auth = ("svc", "«Zx9!k~Lm2#Qp»")',
        'TOKENS = ["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "short"]',
        'prefix = get()\napi_key = f"{prefix}«-q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
    )
    counterexamples = good(
        'token = ""',
        "password = None",
        'PASSWORD_FIELD = "password"',
        'token_type = "Bearer"',
        'TOKEN_URL = "https://api.example.test/oauth2/token"',
        'refresh_token = "refresh_token"',
        'API_KEY_ENV = "TWITTER_API_KEY"',
        'API_KEY = "TWITTER_API_KEY"',
        'api_key = "<your-api-key>"',
        'API_TOKEN = "${API_TOKEN}"',
        'secret_name = "prod/db/password"',
        'token_fail_reason = "Unexpected API response received"',
        'TOKEN_PREFIX = "zs_ext_"',
        'SETUP_PASSWORD_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"',
        'eos_token = "<|endoftext|>"',
        'pad_token = "[PAD]"',
        'csrf_token = "«3f9a1c7d~2b8e4f60a5d1»"',
        'next_token = "«eyJvZmZz~ZXQiOjEwMH0xMjM0NQ»"',
        r'password_regex = r"^(?=.*\d)[A-Za-z\d]{8,}$"',
        'password_help = _("Enter the same password as before, for verification.")',
        'password_hash = "pbkdf2_sha256$260000$x$y"',
        'import os\nAPI_KEY = os.environ["API_KEY"]',
        "import secrets\ntoken = secrets.token_hex(32)",
        'is_secret = "yes"',
        'passed_msg = "You have passed!"  # the password',
        'max_tokens = "4096"',
        'public_key = "«MFkwEwYH~KoZIzj0CAQYIKoZIzj0DAQcD»"  # no private_key',
        'private_key_path = "/etc/ssl/private/server.key"',
        'password = getpass("Password: ")',
        'auth_method = "client_secret_basic"',
        'api_key = "x" * 40',
        'secret = "************"',
        'jwt_algorithm = "HS256"',
        'token_address = "0xe91D153E0b41518A2Ce8Dd3D7944Fa863463a97d"',
        'password_label = "Пароль"',
        'session_key = "user_id"  # of the token',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Assignments outside of class bodies."""
        for name, target, value, scope in module.assignments:
            if scope.kind is ScopeKind.CLASS:
                continue
            yield from self._collection(module, name, value, scope)
            if not classify(name).strength:
                continue
            is_environment = isinstance(target, ast.Subscript) and module.qualified(target.value, scope) == "os.environ"
            where = f"{'environment variable' if is_environment else 'name'} {shown(name)}"
            for text in module.values(value, scope):
                yield from self.called(text, name, where)

    def _collection(self, module: Module, name: str, node: ast.expr, scope: Scope) -> Iterator[AstCandidate]:
        """A user and a password in a pair (`auth = ("me", "…")`), or random values in a list of many."""
        if not isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return
        is_pair = len(node.elts) == 2 and name.lower().endswith(_PAIRS)
        called, least = ("password", 2) if is_pair else (name.rstrip("sS"), 3)
        if not is_pair and (not name.lower().endswith("s") or classify(called).strength < 2):
            return
        for element in node.elts[1:] if is_pair else node.elts[:_MOST]:
            for text in module.values(element, scope):
                for judged in by_name(text, called, least):
                    evidence = (f"in {shown(name)}", judged.evidence)
                    confidence = min(confidence_of(judged.score), Confidence.MEDIUM)
                    yield from self.secret(text, judged.span, confidence, evidence, chosen=judged.named.chosen)
