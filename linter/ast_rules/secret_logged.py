"""A secret that is written to a log."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import LOG_LEVELS, exposing, secret_in
from linter.ast_rules.marks import called
from linter.model import Confidence, Severity
from linter.python import terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["SecretLogged"]

_LOGGER = re.compile(r"_?_?(?:\w*_)?(?:log|logger|logging|LOG|LOGGER)", re.ASCII)
_OPTIONS = frozenset({"exc_info", "stack_info", "level"})


class SecretLogged(AstRule):
    """A secret is an argument of a call that logs.

    Logs are kept longer and read by more people than secrets. Log an id or a fingerprint, never the value.
    """

    id = "secret-logged"
    name = "Secret written to a log"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Log an id or a fingerprint of it, never the value, and exchange what was logged."
    examples = bad(
        'import logging\nlogger = logging.getLogger()\nlogger.info("connecting with %s", «api_key»)',
        'import logging, requests\nlogging.debug(«f"token={token}"»)',
        'import logging\nlog = logging.getLogger()\nlog.error(«"auth failed: {}".format(self.client_secret)»)',
        'import os, logging\nk = os.environ["STRIPE_API_KEY"]\nlogging.info(«"using " + k»)',
        'import logging\nlogger = logging.getLogger()\nlogger.debug("cfg %s", «{"password": password}»)',
    )
    counterexamples = good(
        'import logging\nlogging.info("token refreshed")',
        'import logging\nlogging.info("secret %s deleted", secret_name)',
        'import logging\nlogging.info("token length %d", len(token))',
        'import logging\nlogging.info("key ends with %s", api_key[-4:])',
        'import logging\nlogging.info("tokens used: %s", usage.total_tokens)',
        'import logging\nlogging.info("password set: %s", bool(password))',
        'import logging\nlogging.info("key %s", mask(api_key))',
        'import logging, tokenize\nfor token in toks:\n    logging.debug("tok %s", token)',
        "import math\nmath.log(token)",
        'import logging\nlogging.info("auth url %s", token_url)',
    )

    @property
    def marks(self) -> Marks:
        """A secret and a way to show it."""
        return exposing(called({*LOG_LEVELS, *self.sinks.outputs["log"]}))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Arguments of calls of loggers."""
        for call, scope in module.calls:
            if not self._logs(module, call, scope):
                continue
            for argument in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg not in _OPTIONS)):
                if name := secret_in(module, argument, scope):
                    yield self.practice(module, argument, f"{shown(name)} is written to the log")
                    break

    def _logs(self, module: Module, call: ast.Call, scope: Scope) -> bool:
        """True if a call writes to a log: by what is known of its name, or of the name it is called on."""
        if not isinstance(call.func, ast.Attribute):
            return False
        method = call.func.attr
        if method not in LOG_LEVELS:
            return module.qualified(call.func, scope) in self.sinks.outputs["log"]
        if _LOGGER.fullmatch(terminal_name(call.func.value)):
            return True
        name = module.qualified(call.func, scope) or ""
        return name in self.sinks.outputs["log"] or name.rpartition(".")[0] in self.sinks.outputs["log-object"]
