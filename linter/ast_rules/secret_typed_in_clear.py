"""A secret that is shown while it is typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.marks import NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["SecretTypedInClear"]

_PARENTHESES = re.compile(r"[(\[][^()\[\]]*[)\]]\s*$")
_SHORT = 3
_LIKELY = 2


class SecretTypedInClear(AstRule):
    """A password or key is asked for with `input`, which shows it.

    It stays in the terminal and on recordings of it. Use `getpass.getpass`.
    """

    id = "secret-typed-in-clear"
    name = "Prompt that shows a secret"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Use getpass.getpass, or hide_input=True with click."
    examples = bad(
        'password = «input("Password: ")»',
        'k = «input("Enter your API key: ")»',
    )
    counterexamples = good(
        'import getpass\npassword = getpass.getpass("Password: ")  # not input()',
        'n = input("Name: ")  # not the password',
        'input("Press enter after resetting the password")',
    )

    @property
    def marks(self) -> Marks:
        """A prompt and the name of a credential."""
        return ((rb"\binput\s*\(", NAME),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Prompts that end in the name of a secret."""
        for _, call, scope in module.calls_to(("input", "raw_input")):
            for value in module.values(call.args[0], scope) if call.args else ():
                prompt = value.text.rstrip()
                is_question = prompt.endswith((":", ">", "?")) or len(prompt.split()) <= _SHORT
                asked = _PARENTHESES.sub("", prompt.rstrip(" :>?"))
                if is_question and classify(" ".join(asked.split()[-_SHORT:])).strength >= _LIKELY:
                    yield self.practice(module, call, "the prompt asks for a secret")
                    break
