"""Requests over HTTP as they stand in the source: where they go, and which credentials they carry."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from linter.ast_rules.base import shown
from linter.credential_names import classify
from linter.word_sets import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linter.python import Argument, Module, Scope

__all__ = ["Request", "credential_in", "made"]

_CLIENTS = ("requests.", "httpx.", "aiohttp.", "urllib.request.", "urllib3.")
_METHODS = word_set("get post put patch delete head options request stream Request urlopen ws_connect send")
_URL_SECOND = frozenset({"request", "stream"})
_BODIES = frozenset({"params", "data", "json"})
_LIKELY = 2


class Request(NamedTuple):
    """A call that makes a request, and its arguments."""

    call: ast.Call
    scope: Scope
    arguments: tuple[Argument, ...]
    url: tuple[ast.expr, Scope] | None


def made(module: Module) -> Iterator[Request]:
    """Every request by a known client."""
    for name, call, scope in module.calls_ending(_METHODS):
        if not name.startswith(_CLIENTS) or name.rpartition(".")[2] not in _METHODS:
            continue
        arguments = tuple(module.arguments(call, scope))
        position = 1 if name.rpartition(".")[2] in _URL_SECOND else 0
        url = next(
            ((each.value, each.scope) for each in arguments if each.name == "url" or each.position == position), None
        )
        yield Request(call, scope, arguments, url)


def credential_in(module: Module, request: Request, headers: Mapping[str, str]) -> str | None:
    """What credential a request carries, in words; None if none is seen."""
    for argument in request.arguments:
        if argument.name == "auth" and not _is_none(argument.value):
            return "the argument auth"
        if argument.name in ("headers", "cookies"):
            for key, _, _ in module.items(argument.value, argument.scope):
                if argument.name == "cookies" or key.lower() in headers or key.lower() == "cookie":
                    return f"the {'cookie' if argument.name == 'cookies' else 'header'} {shown(key)}"
        if argument.name in _BODIES:
            for key, _, _ in module.items(argument.value, argument.scope):
                if classify(key).strength >= _LIKELY:
                    return f"the field {shown(key)}"
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
