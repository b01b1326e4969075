"""The whole environment in an output."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["EnvironmentDumped"]

_WAYS = ("print", "log", "file")
_DEPTH = 6
_PASSED_ON = frozenset({"dict", "str", "repr", "dumps", "pformat", "format"})
_COPIES = frozenset({"os.environ.copy", "os.environ.items"})


class EnvironmentDumped(AstRule):
    """The whole environment is printed, logged or stored.

    It holds every secret of the process. Show the variables that are needed, by name.
    """

    id = "environment-dumped"
    name = "Whole environment printed or logged"
    severity = Severity.MEDIUM
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Show only the variables that are needed, by name."
    examples = bad(
        "import os\n«print(os.environ)»",
        'import os, logging\n«logging.debug("env %s", dict(os.environ))»',
        "import os, json\n«print(json.dumps(dict(os.environ)))»",
    )
    counterexamples = good(
        'import os\nprint(os.environ["HOME"])  # not (os.environ)',
        "import os\nprint(sorted(os.environ))",
        'import os, subprocess\nprint(subprocess.run(["x"], env=os.environ))',
    )

    @property
    def marks(self) -> Marks:
        """The whole mapping on a line that writes something."""
        return (
            (
                rb"(?:print|log|debug|info|warn|error|dump|write|echo)\w*\([^\r\n]*environ(?:[)},]|\.copy|\.items|\s*[\r\n])",
            ),
        )

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Outputs of the whole mapping."""
        loggers = {name for name in module.called() if name.rpartition(".")[0] in self.sinks.outputs["log-object"]}
        for _, call, scope in module.calls_to(loggers.union(*(self.sinks.outputs[way] for way in _WAYS))):
            if any(_is_environment(module, argument, scope, 0) for argument in call.args):
                yield self.practice(module, call, "os.environ holds every secret of the process")


def _is_environment(module: Module, node: ast.expr, scope: Scope, depth: int) -> bool:
    if depth > _DEPTH:
        return False
    if isinstance(node, ast.JoinedStr):
        return any(
            _is_environment(module, part.value, scope, depth + 1)
            for part in node.values
            if isinstance(part, ast.FormattedValue)
        )
    if isinstance(node, ast.BinOp):
        return any(_is_environment(module, side, scope, depth + 1) for side in (node.left, node.right))
    if isinstance(node, ast.Call):
        is_passed_on = terminal_name(node.func) in _PASSED_ON or module.qualified(node.func, scope) in _COPIES
        return is_passed_on and any(
            _is_environment(module, part, scope, depth + 1)
            for part in (*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else []))
        )
    return isinstance(node, (ast.Name, ast.Attribute)) and module.qualified(node, scope) == "os.environ"
