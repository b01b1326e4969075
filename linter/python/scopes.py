"""Scopes and what their names are bound to."""

from __future__ import annotations

import ast
import enum
from typing import NamedTuple

__all__ = ["Binding", "How", "Owner", "Scope", "ScopeKind"]

Owner = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.expr


class ScopeKind(enum.Enum):
    """What opens a scope."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    COMPREHENSION = "comprehension"


class How(enum.Enum):
    """What binds a name."""

    VALUE = "assigned"
    DEFAULT = "a parameter's default"
    CONTEXT = "with … as"
    ELEMENT = "an element of what a loop runs over"
    IMPORT = "imported"
    CLASS = "a class"
    FUNCTION = "a function"
    OPAQUE = "something that is not followed"


class Binding(NamedTuple):
    """One way in which a name gets its value: the expression and where it is evaluated, or the imported name."""

    how: How
    node: ast.expr | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None
    scope: Scope
    imported: str = ""


class Scope:
    """A module, class, function or comprehension.

    `bindings` has its names, and dotted and subscripted ones as they are written (`config.token`, `config['token']`).
    `entries` has the keys that are set in a dict, by what the dict is called. `attributes` are those of a class's
    instances. `first` is the first parameter of a function.
    """

    __slots__ = ("attributes", "bindings", "entries", "first", "globals", "kind", "owner", "parent")

    def __init__(self, kind: ScopeKind, owner: Owner, parent: Scope | None) -> None:
        self.kind = kind
        self.owner = owner
        self.parent = parent
        self.bindings: dict[str, list[Binding]] = {}
        self.entries: dict[str, list[tuple[str, ast.expr, Scope]]] = {}
        self.attributes: dict[str, list[Binding]] = {}
        self.globals: set[str] = set()
        self.first = ""

    def bind(self, name: str, binding: Binding) -> None:
        """Add a binding of `name`, in the scope to which a `global` statement sends it."""
        scope = self.module() if name in self.globals else self
        scope.bindings.setdefault(name, []).append(binding)

    def release(self) -> None:
        """Let go of what the names are bound to: bindings and scopes refer to one another in circles."""
        self.bindings, self.entries, self.attributes = {}, {}, {}

    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> list[Binding]:
        """The bindings of `name` in the nearest scope that has some; functions do not see the names of a class."""
        scope: Scope | None = self
        while scope is not None:
            if (scope.kind is not ScopeKind.CLASS or scope is self) and (found := scope.bindings.get(name)):
                return found
            scope = scope.parent
        return []

    def enclosing_class(self, name: str) -> Scope | None:
        """The class of whose method `name` is the first parameter (`self` or `cls`), or None."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind is ScopeKind.FUNCTION and scope.first == name:
                parent = scope.parent
                return parent if parent is not None and parent.kind is ScopeKind.CLASS else None
            scope = scope.parent
        return None

    def function(self) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function around, or None at the level of a module or class."""
        scope: Scope | None = self
        while scope is not None:
            if isinstance(scope.owner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return scope.owner
            scope = scope.parent
        return None
