"""A credential under a key."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module, Scope

__all__ = ["HardcodedCredentialInMapping"]

_SETTERS = frozenset({"setdefault", "setenv", "putenv", "set", "get", "pop", "setItem", "add_entry", "set_option"})


class HardcodedCredentialInMapping(AstRule):
    """A key with the name of a credential has a literal as its value: in a dict, in `dict(...)`, in `setdefault`.

    Settings in a dict are read as easily as any other text. Look the value up where the dict is made.
    """

    id = "hardcoded-credential-in-mapping"
    name = "Hardcoded credential under a key"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = "Read it from the environment or a secret store, and revoke the committed value: it stays in the history."
    rank = 50
    examples = bad(
        'CONFIG = {"twitter": {"access_token_secret": "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}}',
        'DATABASES = {"default": {"USER": "app", "PASSWORD": "«Zx9!k~Lm2#Qp»"}}',
        'payload = {"client_id": "x", "client_secret": "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»"}',
        'def test_x(monkeypatch):\n    monkeypatch.setenv("API_TOKEN", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'login = dict(zip(("user", "password"), ("app", "«Zx9!k~Lm2#Qp»")))',
        'parser.set("mail", "password", "«Zx9!k~Lm2#Qp»")',
    )
    counterexamples = good(
        'd = {"password": password}',
        'd = {"token_type": "bearer", "expires_in": "3600"}',
        "d = {'input_token': 'NextToken', 'result_key': 'LayerVersions'}",
        'd = {"password": ""}',
        'schema = {"password": "string", "token": "string"}',
        'LABELS = {"password": "Password", "api_key": "API key"}',
        'ERR = {"password": "must have 8 characters, 1 digit"}',
        'd = {"secret": "projects/1/secrets/db/versions/latest"}',
        'KEYS = {"sensitive_field": "secret", "secret_value": "secret"}',
        'd = {"AWS_SECRET_ACCESS_KEY": "testing"}',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Dict displays, `dict(...)`, and calls that set one key."""
        for key, value, scope in module.pairs:
            yield from self._entry(module, key, value, scope)
        for call, scope in module.calls:
            if isinstance(call.func, ast.Name) and call.func.id == "dict":
                for keyword in call.keywords:
                    yield from self._entry(module, keyword.arg or "", keyword.value, scope)
                yield from self._zipped(module, call, scope)
            elif _sets_an_entry(call) and not module.is_lookup(call, scope):
                yield from self._entry(module, key_of(call.args[-2]), call.args[-1], scope)

    def _zipped(self, module: Module, call: ast.Call, scope: Scope) -> Iterator[AstCandidate]:
        """`dict(zip(names, values))` of two that are written out."""
        inner = call.args[0] if call.args else None
        if isinstance(inner, ast.Call) and terminal_name(inner.func) == "zip" and len(inner.args) == 2:
            names, values = (module.elements(each, scope) or [] for each in inner.args)
            for (name, _), (value, where) in zip(names, values, strict=False):
                yield from self._entry(module, key_of(name), value, where)

    def _entry(self, module: Module, key: str, value: ast.expr, scope: Scope) -> Iterator[AstCandidate]:
        if not classify(key).strength:
            return
        for text in module.values(value, scope):
            yield from self.called(text, key, f"key {shown(key)}")


def _sets_an_entry(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _SETTERS and len(call.args) > 1
