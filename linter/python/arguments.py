"""The arguments of a call, splats of written-out lists and dicts included."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from linter.python.scopes import How, Scope

if TYPE_CHECKING:
    from linter.python.resolve import Resolver

__all__ = ["Argument", "expand"]

_DEPTH = 4


class Argument(NamedTuple):
    """One argument, by position or by name; `scope` is where its value is evaluated."""

    position: int | None
    name: str | None
    value: ast.expr
    scope: Scope

    def shifted(self, places: int) -> Argument:
        """The same argument, that many positions further to the left."""
        return self if self.position is None else self._replace(position=self.position - places)


def expand(call: ast.Call, scope: Scope, resolver: Resolver) -> list[Argument]:
    """The arguments of `call`; behind a splat that is not written out, positions are not known and left out."""
    found: list[Argument] = []
    position = 0
    for value in call.args:
        if not isinstance(value, ast.Starred):
            found.append(Argument(position, None, value, scope))
            position += 1
            continue
        items = sequence(value.value, scope, resolver)
        if items is None:
            break
        for item, where in items:
            found.append(Argument(position, None, item, where))
            position += 1
    for keyword in call.keywords:
        if keyword.arg is not None:
            found.append(Argument(None, keyword.arg, keyword.value, scope))
        else:
            shown = resolver.display(keyword.value, scope)
            found += [Argument(None, name, value, where) for name, value, where in shown]
    return found


def sequence(node: ast.expr, scope: Scope, resolver: Resolver, depth: int = 0) -> list[tuple[ast.expr, Scope]] | None:
    """The elements of a list or tuple that is written out, or bound to a name once; None for any other."""
    if isinstance(node, (ast.Tuple, ast.List)):
        if any(isinstance(element, ast.Starred) for element in node.elts):
            return None
        return [(element, scope) for element in node.elts]
    found = resolver.bindings(node, scope)
    if depth > _DEPTH or len(found) != 1 or found[0].how is not How.VALUE or not isinstance(found[0].node, ast.expr):
        return None
    return sequence(found[0].node, found[0].scope, resolver, depth + 1)
