"""A secret in the arguments of a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import exposing, secret_in
from linter.ast_rules.marks import called
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["SecretOnCommandLine"]


class SecretOnCommandLine(AstRule):
    """A secret is an argument of a program that is started.

    Every user of the machine sees it in the list of processes. Hand it over by the environment, a file or stdin.
    """

    id = "secret-on-command-line"
    name = "Secret on a command line"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Hand it over by the environment, by a file or by standard input."
    examples = bad(
        'import subprocess\nsubprocess.run(«["mysql", "-p" + db_password]»)',
        "import subprocess\nsubprocess.run(«f\"curl -H 'Authorization: Bearer {access_token}' {u}\"», shell=True)",
        'import os\nos.system(«"sshpass -p %s ssh h" % password»)',
        'import subprocess\nsubprocess.check_call(«["docker", "login", "-p", registry_password]»)',
    )
    counterexamples = good(
        'import subprocess, os\nsubprocess.run(["mysql"], env={**os.environ, "MYSQL_PWD": db_password})',
        "import subprocess\n"
        'subprocess.run(["docker", "login", "--password-stdin"], input=registry_password, text=True)',
        'import subprocess\nsubprocess.run(["git", "push"])  # token',
        'import subprocess\nsubprocess.run(["tool", "--token-file", token_file])',
    )

    @property
    def marks(self) -> Marks:
        """A secret and a way to show it."""
        return exposing(called(self.sinks.outputs["command"]))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Arguments of programs that are started."""
        for _, call, scope in module.calls_to(self.sinks.outputs["command"]):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "args")):
                if name := self._shown(module, argument, scope):
                    yield self.practice(module, argument, f"{shown(name)} is visible in the list of processes")
                    break

    def _shown(self, module: Module, node: ast.expr, scope: Scope) -> str | None:
        """The name of a secret in the arguments, which may be a list that is bound to a name."""
        for part, where in module.elements(node, scope) or [(node, scope)]:
            if name := secret_in(module, part, where):
                return name
        return None
