"""A credential as the default of an option of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.marks import NAME
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import constant_text

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["CliOptionDefaultSecret"]

_OPTIONS = frozenset({"add_argument", "add_option", "option", "argument", "Option", "Argument", "define"})
_FLAGS = frozenset({"DEFINE_string", "DEFINE_bytes"})


class CliOptionDefaultSecret(AstRule):
    """An option of argparse, click, typer or absl with the name of a credential has a literal as its default.

    The value is in the source and in `--help`. Take the default from the environment, or ask for it.
    """

    id = "cli-option-default-secret"
    name = "Hardcoded credential as the default of an option"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.SECRET
    advice = 'Use `default=os.environ.get("NAME")`, or click\'s `envvar="NAME"`, and revoke the committed value.'
    rank = 65
    examples = bad(
        'p.add_argument("--api-key", default="«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»")',
        'import click\n@click.option("--password", default="«Zx9!k~Lm2#Qp»")\ndef f(password): ...',
        'import typer\ndef main(token: str = typer.Option("«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "--token")): ...',
        'flags.DEFINE_string("api_key", "«q8Zt3Lw9~Xr2Vb7Nc4Md1Kp6»", "the key")',
    )
    counterexamples = good(
        'p.add_argument("--token", default=None)',
        'p.add_argument("--password", default="")',
        'p.add_argument("--token-file", default="~/.token")',
        'p.add_argument("--tokenizer", default="bert-base-uncased")',
        'import click\n@click.option("--password", prompt=True, hide_input=True)\ndef f(password): ...',
        'p.add_argument("--api-key", help="key such as «7hGk2PzQ~9sWx4TrB6nYv»")',
    )

    @property
    def marks(self) -> Marks:
        """The name of a credential in the declaration of an option."""
        return ((rb"(?:option|argument|define\w*|string|bytes)\s*\([^()]*" + NAME,),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Calls that declare an option."""
        for call, scope in module.calls:
            called = terminal_name(call.func)
            if called not in _OPTIONS and called not in _FLAGS:
                continue
            names = [text.lstrip("-") for node in call.args if (text := constant_text(node)) and len(text) < 80]
            name = next((each for each in names if classify(each).strength), None)
            for node in self._defaults(call, called) if name else ():
                for value in module.values(node, scope):
                    yield from self.called(value, name or "", f"default of option {shown(name or '')}")

    def _defaults(self, call: ast.Call, called: str) -> Iterator[ast.expr]:
        for keyword in call.keywords:
            if keyword.arg == "default":
                yield keyword.value
        if called in _FLAGS and len(call.args) > 1:
            yield call.args[1]
        if called in ("Option", "Argument") and call.args:
            yield call.args[0]
