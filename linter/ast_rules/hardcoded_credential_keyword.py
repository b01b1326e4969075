"""A credential as a keyword argument of a call that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.marks import LITERALS, NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["HardcodedCredentialKeyword"]

_FORMS = ("Field", "Input", "Column", "Opt", "Option", "add_argument", "option", "Widget", "Label", "Error", "Param")


class HardcodedCredentialKeyword(AstRule):
    """An argument with the name of a credential gets a literal, in a call that the sinks do not know.

    The name says what the value is for. Pass a value that was read from the environment or from a secret store.
    """

    id = "hardcoded-credential-keyword"
    name = "Hardcoded credential in a keyword argument"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read it from the environment or a secret store, and revoke the committed value: it stays in the history."
    rank = 50
    examples = bad(
        'client = InternalClient(api_key="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'connect(password="«Zx9!k~Lm2#Qp»")',
        'foo(**dict(auth_token="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"))',
        'def login(user, password): ...\nlogin("app", "«Zx9!k~Lm2#Qp»")',
        "from typing import NamedTuple\nclass Login(NamedTuple):\n    user: str\n    password: str\n"
        'Login("app", "«Zx9!k~Lm2#Qp»")',
        'from collections import namedtuple\nLogin = namedtuple("Login", "user password")\n'
        'Login("app", "«Zx9!k~Lm2#Qp»")',
        'class Api:\n    @staticmethod\n    def login(user, password): ...\nApi.login("app", "«Zx9!k~Lm2#Qp»")',
        'class Client:\n    def __init__(self, host, api_key): ...\nClient("h", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'tok = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"\nInternalClient(access_token=tok)',
    )
    counterexamples = good(
        'AccessToken(token=token, token_type="Bearer")',
        'TextInput(password="true")',
        'form.add_error(field="password", error="too short")',
        'create_field(name="api_key")',
        'StrOpt("metadata_proxy_shared_secret", default="", secret=True)',
        'UserFactory(password="password")',
        'f(password_field="#password", token="csrftoken")',
        'User(password_hash="__machine__")',
        'parse(token=";")',
        'def login(user, password): ...\nlogin("app", "password")',
        "from dataclasses import dataclass\n@dataclass\nclass Login(Base):\n    password: str\n    host: str\n"
        'Login("Zx9!k-Lm2#Qp", "app", "h")',
        'def login(user, password): ...\ndef login(user, name): ...\nlogin("app", "Zx9!k-Lm2#Qp")',
    )

    @property
    def marks(self) -> Marks:
        """A named literal; for a parameter or a field its name where it is defined, and a literal argument."""
        end = rb"\w*[\"']?\s*[,:)\]=]"
        defined = rb"\bdef\b[^:]*" + NAME + end
        field = rb"\n\s+\w*" + NAME + rb"\w*\s*:\s*\w", rb"dataclass|namedtuple|\battrs?\b"
        listed = (rb"namedtuple\([^)]*" + NAME,)
        arguments = [rb"[(,]\s*[rbu]{0,2}" + literal + rb"\s*[,)]" for literal in LITERALS]
        return (*super().marks, *((*group, each) for group in ((defined,), field, listed) for each in arguments))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Keyword arguments, splats of written-out dicts included, and those for the parameters of this module."""
        for call, scope in module.calls:
            callee = terminal_name(call.func)
            parameters = module.parameters(call.func, scope) if call.args else []
            names = [*parameters, *(each.arg for each in call.keywords)]
            if callee == "dict" or callee.endswith(_FORMS) or not any(map(_is_likely, names)):
                continue
            for position, name, value, where in module.arguments(call, scope):
                if name is None and position is not None and position < len(parameters):
                    name = parameters[position]
                if name is not None and classify(name).strength:
                    for text in module.values(value, where):
                        yield from self.called(text, name, f"argument {shown(name)} of {shown(callee)}")


def _is_likely(name: str | None) -> bool:
    """True for the name of a credential, and for a splat, whose names are not yet known."""
    return name is None or classify(name).strength > 0
