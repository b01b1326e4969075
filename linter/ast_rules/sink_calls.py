"""Calls of known libraries and the credentials that stand in them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from linter.ast_rules.judging import by_kind
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.model import Confidence
    from linter.python import Argument as Given
    from linter.python import Module, Scope, Value
    from linter.sinks import Argument, Kind, Role, Sinks

__all__ = ["Carried", "carried"]


_ANONYMOUS = "anonymous"


class Carried(NamedTuple):
    """A credential in a call: its value, of what kind it is, how sure that is, and where it stands.

    The value is that of the credential alone, where the argument says more.
    """

    value: Value
    kind: Kind
    confidence: Confidence
    evidence: tuple[str, ...]


def carried(module: Module, sinks: Sinks, role: Role) -> Iterator[Carried]:
    """Every credential in a call of `role`."""
    for name, call, scope in module.calls_to(sinks.calls):
        if sinks.calls[name].role == role:
            yield from _in_call(module, sinks, name, module.arguments(call, scope))
    for _, call, scope in module.calls_to(("functools.partial",)):
        called = module.qualified(call.args[0], scope) if call.args else None
        if called in sinks.calls and sinks.calls[called].role == role:
            arguments = [each.shifted(1) for each in module.arguments(call, scope) if each.position != 0]
            yield from _in_call(module, sinks, called, arguments)


def _in_call(module: Module, sinks: Sinks, callee: str, arguments: list[Given]) -> Iterator[Carried]:
    for wanted in sinks.calls[callee].arguments:
        if sinks.kinds[wanted.kind].chosen and any(_is_anonymous(module, given) for given in arguments):
            continue
        for given in arguments:
            if given.name == wanted.name or (given.position is not None and given.position == wanted.position):
                for node, where in _parts(module, given.value, given.scope, wanted):
                    yield from _judged(module, sinks, node, where, wanted, callee)


def _is_anonymous(module: Module, given: Given) -> bool:
    """True for the user name of RFC 1635, whose password is an address or any word."""
    return any(value.text.lower() == _ANONYMOUS for value in module.values(given.value, given.scope))


def _parts(module: Module, node: ast.expr, scope: Scope, wanted: Argument) -> Iterator[tuple[ast.expr, Scope]]:
    """The expressions for the credential: the argument itself, or what stands in it at the right place."""
    if wanted.item is not None:
        elements = module.elements(node, scope) or []
        if len(elements) > wanted.item:
            yield elements[wanted.item]
    elif wanted.key is not None:
        yield from ((value, where) for name, value, where in module.items(node, scope) if name == wanted.key)
        if isinstance(node, (ast.List, ast.Tuple)):  # cookies as a browser exports them
            yield from _named_items(module, node, scope, wanted.key)
    else:
        yield node, scope


def _named_items(
    module: Module, node: ast.List | ast.Tuple, scope: Scope, key: str
) -> Iterator[tuple[ast.expr, Scope]]:
    for element in node.elts:
        items = {name: value for name, value, _ in module.items(element, scope)}
        if key_of(items.get("name")) == key and "value" in items:
            yield items["value"], scope


def _judged(
    module: Module, sinks: Sinks, node: ast.expr, scope: Scope, wanted: Argument, callee: str
) -> Iterator[Carried]:
    for given in module.values(node, scope):
        value = _within(given, wanted.within)
        if value is None or value.has_holes:
            continue
        found = by_kind(value.text, sinks.kinds[wanted.kind], sinks, wanted.name)
        if found is not None:
            kind, confidence, evidence = found
            yield Carried(value, kind, confidence, (f"argument {wanted.name} of {callee}", evidence))


def _within(value: Value, pattern: str | None) -> Value | None:
    """The part of `value` that is the credential, or None if it has none."""
    if pattern is None:
        return value
    found = re.fullmatch(pattern, value.text)
    return None if found is None or found[1] is None else value.part(*found.span(1))
