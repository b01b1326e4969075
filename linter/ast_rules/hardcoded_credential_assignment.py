"""A credential that is assigned to a name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_name, confidence_of
from linter.ast_rules.marks import LITERALS, NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import ScopeKind, terminal_name
from linter.python.names import key_of, pairwise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope
    from linter.python.index import Loop

__all__ = ["HardcodedCredentialAssignment"]

_PAIRS = ("auth", "creds", "credentials", "login")
_MOST = 100
_SETATTR = 3


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
        'ENCRYPTION_KEY = b"«9fJ2k\\x8a\\xe3~\\x11\\x90\\xb2\\x07»"',
        'import os\nos.environ["OPENAI_API_KEY"] = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'private_key = "%s%s" % ("«q8Zt3~Lw9X»", "«r2Vb7Nc4~Md1Kp6»")',
        'a = access_token = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'api_key = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»" if prod else load()',
        'class C:\n    def __init__(self):\n        self.auth_token = f"«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'session.auth = ("svc", "«Zx9!k~Lm2#Qp»")',
        'TOKENS = ["«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "short"]',
        'def db_password():\n    return "«Zx9!k~Lm2#Qp»"',
        'NETS = [("lab", "«Zx9!k~Lm2#Qp»"), ("guests", None)]\nfor ssid, psk in NETS:\n    join(ssid, psk)',
        'for api_key in ("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "second"):\n    use(api_key)',
        'setattr(settings, "result_password", "«Zx9!k~Lm2#Qp»")',
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
        'api_key = b"\\x89PNG\\r\\n\\x1a\\n\\x00\\x00\\x00\\rIHDR"',
        'secret = b"d\\xe9j\\xe0 vu"',
        'auth_token = b"\\xb2\\x91\\x07\\xf4k\\x8a\\xe3\\x11\\x90"',
        'def password():\n    return "password"',
        'def get_token():\n    return read("token.txt", "r8q2w6e1t5y3")',
        'for password, is_valid in [("short", False), ("password", True)]:\n    check(password)',
        'setattr(args, "token_file", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
    )

    @property
    def marks(self) -> Marks:
        """A named literal; a loop over such a name and a list with a literal; a function so named that returns one."""
        loop, function = rb"\bfor\b[^\n:]*" + NAME + rb"[^\n]*\bin\b", rb"\bdef\s+\w*" + NAME
        return (
            *super().marks,
            *((loop, rb"[(\[,]\s*[rbu]{0,2}" + literal) for literal in LITERALS),
            *((function, rb"\breturn\b[^\n]*" + literal) for literal in LITERALS),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Assignments outside of class bodies, also by a loop or `setattr`, and what functions of such names give."""
        for name, target, value, scope in module.assignments:
            if scope.kind is ScopeKind.CLASS:
                continue
            yield from self._collection(module, name, value, scope)
            is_environment = isinstance(target, ast.Subscript) and module.qualified(target.value, scope) == "os.environ"
            where = f"{'environment variable' if is_environment else 'name'} {shown(name)}"
            yield from self._named(module, name, value, scope, where)
        for name, value, scope in module.returns:
            yield from self._named(module, name, value, scope, f"what {shown(name)} returns")
        for loop in module.loops:
            yield from self._loop(module, loop)
        for _, call, scope in module.calls_to(("setattr",)):
            if len(call.args) == _SETATTR and (name := key_of(call.args[1])):
                yield from self._named(module, name, call.args[2], scope, f"attribute {shown(name)}")

    def _named(self, module: Module, name: str, node: ast.expr, scope: Scope, where: str) -> Iterator[AstCandidate]:
        if classify(name).strength:
            for text in module.values(node, scope):
                yield from self.called(text, name, where)

    def _loop(self, module: Module, loop: Loop) -> Iterator[AstCandidate]:
        """What each turn of a loop over a list that is written out gives to the names of credentials."""
        if not any(isinstance(each, ast.Name) and classify(each.id).strength for each in ast.walk(loop.target)):
            return
        for element, where in (module.elements(loop.over, loop.scope) or [])[:_MOST]:
            for target, value in pairwise(loop.target, element):
                if value is not None:
                    name = terminal_name(target)
                    yield from self._named(module, name, value, where, f"name {shown(name)}")

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
