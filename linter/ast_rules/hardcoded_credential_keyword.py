"""A credential as a keyword argument of a call that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module

__all__ = ["HardcodedCredentialKeyword"]

_FORMS = ("Field", "Input", "Column", "Opt", "Option", "add_argument", "option", "Widget", "Label", "Error", "Param")


class HardcodedCredentialKeyword(AstRule):
    """A keyword argument with the name of a credential gets a literal, in a call that the sinks do not know.

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
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Keyword arguments, splats of written-out dicts included."""
        for call, scope in module.calls:
            name = terminal_name(call.func)
            is_named = any(each.arg is None or classify(each.arg).strength for each in call.keywords)
            if not is_named or name == "dict" or name.endswith(_FORMS):
                continue
            for argument in module.arguments(call, scope):
                if argument.name is None or not classify(argument.name).strength:
                    continue
                for text in module.values(argument.value, argument.scope):
                    yield from self.called(text, argument.name, f"argument {shown(argument.name)} of {shown(name)}")
