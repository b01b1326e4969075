"""A secret made with a generator that can be predicted."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["InsecureRandomToken"]

_CODE = re.compile(
    r"(?:^|_)(?:otp|nonce|reset_code|verification_code|verify_code|auth_code|login_code|salt)$", re.IGNORECASE
)
_METHODS = [
    "choice",
    "choices",
    "randint",
    "randrange",
    "random",
    "getrandbits",
    "sample",
    "shuffle",
    "randbytes",
    "uniform",
]
_GENERATORS = frozenset(
    {f"random.{name}" for name in _METHODS} | {f"random.Random.{name}" for name in _METHODS} | {"uuid.uuid1"}
)
_TARGET = rb"(?:otp|nonce|salt|code|token|passw|secret|key|pwd|cred)"
_PARTS = 200
_CERTAIN = 3


class InsecureRandomToken(AstRule):
    """A token, a password or a code is made with `random`, `numpy.random` or `uuid.uuid1`.

    From some outputs the next ones can be computed. Use `secrets`.
    """

    id = "insecure-random-token"
    name = "Secret made with a predictable generator"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Use secrets.token_urlsafe(32), or secrets.choice for codes and passwords."
    examples = bad(
        'import random, string\ntoken = «"".join(random.choice(string.ascii_letters) for _ in range(32))»',
        "import random\nobj.session_secret = «random.getrandbits(128)»",
        "import random\nreset_code = «random.randint(100000, 999999)»",
        "import uuid\napi_token = «str(uuid.uuid1())»",
        'import random\npassword = «"%06x" % random.randrange(16**6)»',
    )
    counterexamples = good(
        "import secrets\ntoken = secrets.token_urlsafe(32)  # not random",
        "import random\ndelay = random.random()  # token = random",
        "import random\nt = random.choice(tokens)  # token = random",
        'import random\nrng = random.SystemRandom()\ntoken = rng.choice("ab")',
        "import random\nnext_token = random.choice(vocab)",
        "import uuid\ntoken = uuid.uuid4().hex  # not uuid1",
    )

    @property
    def marks(self) -> Marks:
        """A telling name that gets what a generator made."""
        given = rb"(?:otp|nonce|salt|code|token|passw|secret|key|pwd|cred)[\w\"'\]]*\s*(?::[^=\n]*)?=[^=\n]"
        made = rb"(?:rand|choice|uuid1|sample|uniform)"
        return ((rb"\brandom\b|uuid1", given + rb"[^\n]*" + made), (rb"\brandom\b|uuid1", given + rb"[^=;]*" + made))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Names of secrets, and what they get."""
        for name, _, value, scope in module.assignments:
            if not (classify(name).strength or _CODE.search(name)) or not isinstance(
                value, (ast.Call, ast.BinOp, ast.JoinedStr)
            ):
                continue
            if generator := _generator(module, value, scope):
                is_certain = classify(name).strength >= _CERTAIN or _CODE.search(name)
                confidence = Confidence.HIGH if is_certain else Confidence.MEDIUM
                yield self.practice(module, value, f"{shown(name)} comes from {generator}", confidence=confidence)


def _generator(module: Module, value: ast.expr, scope: Scope) -> str | None:
    """The predictable generator in an expression; what is only chosen from names of its own is none."""
    stack: list[ast.AST] = [value]
    for _ in range(_PARTS):
        if not stack:
            return None
        node = stack.pop()
        if isinstance(node, ast.Call):
            name = module.qualified(node.func, scope) or ""
            if name in _GENERATORS or name.startswith(("numpy.random.", "np.random.")):
                return name
        stack += ast.iter_child_nodes(node)
    return None
