"""A secret that is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import exposing, secret_in
from linter.ast_rules.marks import called
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["SecretPrinted"]


class SecretPrinted(AstRule):
    """A secret is an argument of `print`, `click.echo` or the like.

    Output ends in terminals, in logs of CI, and in notebooks in the file itself. Print whether it is set, if anything.
    """

    id = "secret-printed"
    name = "Secret printed"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Take the output away, or print only whether the secret is set."
    examples = bad(
        "print(«api_key»)",
        'import os\nprint("key:", «os.environ["OPENAI_API_KEY"]»)',
        'import requests\nprint(«f"Bearer {access_token}"»)',
        "import click\nclick.echo(«client_secret»)",
        'import sys\nsys.stderr.write(«"pw=" + password»)',
    )
    counterexamples = good(
        'print("password is required")',
        "print(len(password))",
        'print(f"Deleted secret {secret_name!r}")',
        "import tokenize\nfor token in toks: print(token)",
        "print(tokenizer)",
        "print(password_strength)",
        'print("*" * len(api_key))',
        "print(max_tokens)",
    )

    @property
    def marks(self) -> Marks:
        """A secret and a way to show it."""
        return exposing(called(self.sinks.outputs["print"]))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Arguments of calls that write to the terminal."""
        for _, call, scope in module.calls_to(self.sinks.outputs["print"]):
            if any(keyword.arg == "file" and not _is_terminal(keyword.value) for keyword in call.keywords):
                continue
            for argument in call.args:
                if name := secret_in(module, argument, scope):
                    yield self.practice(module, argument, f"{shown(name)} is printed")
                    break


def _is_terminal(node: ast.expr) -> bool:
    return terminal_name(node) in ("stdout", "stderr")
