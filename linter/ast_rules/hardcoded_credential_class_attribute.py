"""A credential in the body of a class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import ScopeKind, terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module, Scope

__all__ = ["HardcodedCredentialClassAttribute"]

_ENUMS = ("Enum", "Flag", "Choices", "Literal", "Constants")


class HardcodedCredentialClassAttribute(AstRule):
    """An attribute of a class, or a field of a dataclass, a model or settings, has a credential as its value.

    Settings classes read the environment by themselves: leave the default away. In a dataclass use
    `field(default_factory=...)` with a look-up.
    """

    id = "hardcoded-credential-class-attribute"
    name = "Hardcoded credential in a class attribute"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Leave the default away in settings, look it up in a default_factory elsewhere, and revoke the value."
    rank = 60
    examples = bad(
        'class Config:\n    API_KEY = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n"
        '    openai_api_key: str = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
        'from dataclasses import dataclass\n@dataclass\nclass C:\n    db_password: str = "«Zx9!k~Lm2#Qp»"',
        "from pydantic import BaseModel, Field, SecretStr\nclass S(BaseModel):\n"
        '    token: SecretStr = Field(default=SecretStr("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"))',
        'class Client:\n    _secret = "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"',
    )
    counterexamples = good(
        "from enum import Enum\nclass K(str, Enum):\n"
        '    REFRESH_TOKEN = "refresh_token"\n    ENCODED_TOKEN = "enc0ded_t0ken_kind_1"',
        'class S:\n    api_key: str = ""',
        "class S:\n    token: str",
        'class F:\n    user_password = "userPassword"',
        'class C:\n    FORGOT_PASSWORD = "forgot_password"',
        'class Header:\n    API_KEY = "X-API-Key"',
        'class Perm:\n    view_secret = "app.view_secret"',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Assignments in the bodies of classes that are no enumerations."""
        for name, _, value, scope in module.assignments:
            if scope.kind is not ScopeKind.CLASS or not classify(name).strength or _is_enumeration(scope):
                continue
            for text in module.values(value, scope):
                yield from self.called(text, name, f"class attribute {shown(name)}")


def _is_enumeration(scope: Scope) -> bool:
    owner = scope.owner
    return isinstance(owner, ast.ClassDef) and any(terminal_name(base).endswith(_ENUMS) for base in owner.bases)
