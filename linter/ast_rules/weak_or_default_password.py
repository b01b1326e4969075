"""A password that is a word or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.judging import by_name
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python.names import defaults

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate
    from linter.python import Module, Scope

__all__ = ["WeakOrDefaultPassword"]


class WeakOrDefaultPassword(AstRule):
    """Something with the name of a password gets a word, a number, or a word and a number.

    It may be a real password that is easily guessed, and is as often an example. Even passwords of development belong
    into `.env`.
    """

    id = "weak-or-default-password"
    name = "Weak password in the source"
    severity = Severity.LOW
    confidence = Confidence.LOW
    sort = Sort.SECRET
    advice = "Keep even passwords of development outside of the source, and choose none that can be guessed."
    rank = 10
    examples = bad(
        'password = "«hunter»"',
        'conn(user="root", password="«toor1»")',
        'DB_PASSWORD = "«postgres»"',
        'db = {"password": "«123456»"}',
    )
    counterexamples = good(
        'password = "password"',
        'password = ""',
        'password = "changeme"',
        'password = "<password>"',
        'password_policy = "strict"',
    )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Names, keys, arguments and defaults."""
        for name, node, scope in _named(module):
            if not classify(name).chosen:
                continue
            for value in module.values(node, scope):
                for judged in by_name(value, name, 1):
                    if judged.score == 1:
                        evidence = (f"name {shown(name)}", judged.evidence)
                        yield from self.secret(value, judged.span, self.confidence, evidence, chosen=True)


def _named(module: Module) -> Iterator[tuple[str, ast.expr, Scope]]:
    yield from module.named
    for function, scope in module.functions:
        for parameter, default in defaults(function.args):
            if default is not None:
                yield parameter.arg, default, scope
