"""What the positional parameters of the functions and classes of a module are called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.python.names import key_of, terminal_name
from linter.python.scopes import How, ScopeKind

if TYPE_CHECKING:
    from linter.python.resolve import Resolver
    from linter.python.scopes import Scope

__all__ = ["of"]

_RECORDS = frozenset({"dataclass", "define", "frozen", "attrs", "s"})
"""Decorators of classes whose fields are parameters: of dataclasses and of attrs."""


def of(resolver: Resolver, function: ast.expr, scope: Scope) -> list[str]:
    """Their names, in order; none if the function is not of this module, or has more than one definition.

    Of a class they are those of `__init__`, or the fields of a dataclass or named tuple.
    """
    found = resolver.bindings(function, scope)
    if len(found) != 1:
        return []
    node, where = found[0].node, found[0].scope
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        is_method = isinstance(function, ast.Attribute) and where.kind is ScopeKind.CLASS
        return _names(node)[1 if is_method and "staticmethod" not in _decorators(node) else 0 :]
    if isinstance(node, ast.ClassDef):
        return _of_class(node)
    return _of_named_tuple(resolver, node, where) if found[0].how is How.VALUE and isinstance(node, ast.Call) else []


def _names(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    return [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)]


def _of_class(node: ast.ClassDef) -> list[str]:
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return _names(statement)[1:]
    bases = {terminal_name(each) for each in node.bases}
    # The fields of another base come first, and are not known.
    if bases != {"NamedTuple"} and (bases or _RECORDS.isdisjoint(_decorators(node))):
        return []
    fields = (each.target for each in node.body if isinstance(each, ast.AnnAssign))
    return [field.id for field in fields if isinstance(field, ast.Name)]


def _decorators(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The last words of their names."""
    return {terminal_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}


def _of_named_tuple(resolver: Resolver, node: ast.Call, scope: Scope) -> list[str]:
    """The fields of `collections.namedtuple("Login", "user password")`, in each of its forms."""
    name = resolver.qualified(node.func, scope)
    if name not in ("collections.namedtuple", "typing.NamedTuple") or len(node.args) < 2:
        return []
    fields = node.args[1]
    if isinstance(fields, (ast.List, ast.Tuple)):
        parts = (each.elts[0] if isinstance(each, ast.Tuple) and each.elts else each for each in fields.elts)
        return [key_of(each) for each in parts]
    return key_of(fields).replace(",", " ").split()
