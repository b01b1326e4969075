"""A switch that makes a client print credentials."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["HttpDebugLogging"]

_LEVELS = frozenset(
    {
        "http.client.HTTPConnection.debuglevel",
        "http.client.HTTPSConnection.debuglevel",
        "httplib.HTTPConnection.debuglevel",
        "http.client.debuglevel",
    }
)

_SWITCHES = {
    "boto3.set_stream_logger": "boto3 logs whole requests",
    "botocore.session.Session.set_stream_logger": "botocore logs whole requests",
    "oauthlib.set_debug": "oauthlib logs tokens",
    "twitter.Api": "python-twitter prints all headers",
    "twitter.api.Api": "python-twitter prints all headers",
}


class HttpDebugLogging(AstRule):
    """The debug output of an HTTP or OAuth client is switched on; it holds the headers with the credentials.

    Keep the switch behind a flag that is off, and never in what runs in production.
    """

    id = "http-debug-logging"
    name = "Debug output that shows credentials"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Keep the switch behind a flag that is off by default."
    examples = bad(
        "import http.client\n«http.client.HTTPConnection.debuglevel» = 1",
        'import boto3\n«boto3.set_stream_logger("")»',
        "import twitter\n«twitter.Api(debugHTTP=True)»",
        "import oauthlib\n«oauthlib.set_debug(True)»",
    )
    counterexamples = good(
        "import http.client\nhttp.client.HTTPConnection.debuglevel = 0",
        "self.debuglevel = 1",
        'import boto3\nboto3.set_stream_logger("boto3.resources", logging.INFO)',
    )

    @property
    def marks(self) -> Marks:
        """One of the switches."""
        return ((rb"debuglevel|set_stream_logger|debughttp|set_debug",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """The switches that are known."""
        for name, target, value, scope in module.assignments:
            if name == "debuglevel" and module.qualified_target(target, scope) in _LEVELS and _is_on(value):
                yield self.practice(module, target, "http.client prints all headers")
        for name, call, _ in module.calls_to(_SWITCHES):
            if _switches_on(name, call):
                yield self.practice(module, call, _SWITCHES[name])


def _switches_on(name: str, call: ast.Call) -> bool:
    if name in ("twitter.Api", "twitter.api.Api"):
        return any(keyword.arg == "debugHTTP" and _is_on(keyword.value) for keyword in call.keywords)
    if name == "oauthlib.set_debug":
        return bool(call.args) and _is_on(call.args[0])
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == ""


def _is_on(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)
