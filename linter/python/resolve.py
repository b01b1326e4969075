"""What names stand for: imports and aliases, attributes of classes and their instances, entries of dicts."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from linter.python.names import dotted, key_of
from linter.python.scopes import Binding, How, Scope

if TYPE_CHECKING:
    from linter.python.budget import Budget
    from linter.python.index import Index

__all__ = ["Resolver"]

_DEPTH = 8
_BUILTINS = frozenset(vars(builtins))
_FOLLOWED = frozenset({How.VALUE, How.CONTEXT})


class Resolver:
    """Answers for one module; every answer is kept."""

    def __init__(self, index: Index, budget: Budget) -> None:
        self._budget = budget
        self._star = index.star_imports[0] if len(index.star_imports) == 1 else None
        self._known: dict[int, str | None] = {}

    def qualified(self, node: ast.expr, scope: Scope, depth: int = 0) -> str | None:
        """The full name of what `node` is, or the class or function that it is a result of; None if not known."""
        if id(node) in self._known:
            return self._known[id(node)]
        self._budget.spend()
        if depth > _DEPTH:
            return None
        name = self._qualified(node, scope, depth)
        self._known[id(node)] = name
        return name

    def _qualified(self, node: ast.expr, scope: Scope, depth: int) -> str | None:
        if isinstance(node, ast.Name):
            found = scope.lookup(node.id)
            return self._of_bindings(found, depth) if found else self._unbound(node.id)
        if isinstance(node, ast.Attribute):
            if found := self.bindings(node, scope, depth + 1):
                return self._of_bindings(found, depth)
            base = self.qualified(node.value, scope, depth + 1)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Call):
            return self.qualified(node.func, scope, depth + 1)
        if isinstance(node, (ast.Await, ast.NamedExpr)):
            return self.qualified(node.value, scope, depth + 1)
        return None

    def _of_bindings(self, found: list[Binding], depth: int) -> str | None:
        for binding in found[:_DEPTH]:
            if binding.how is How.IMPORT:
                return binding.imported
            followed = binding.node if binding.how in _FOLLOWED else None
            name = self.qualified(followed, binding.scope, depth + 1) if isinstance(followed, ast.expr) else None
            if name:
                return name
        return None

    def _unbound(self, name: str) -> str:
        if name in _BUILTINS or self._star is None:
            return name
        return f"{self._star}.{name}"

    def bindings(self, node: ast.expr, scope: Scope, depth: int = 0) -> list[Binding]:
        """Where a name, attribute or constant subscript gets its values; empty if that is not known."""
        self._budget.spend()
        if depth > _DEPTH:
            return []
        if isinstance(node, ast.Name):
            return scope.lookup(node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, scope, depth)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            written = dotted(node)
            return (scope.lookup(written) if written else []) or self._entry(node, scope, depth)
        return []

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> list[Binding]:
        if isinstance(node.value, ast.Name):
            own = scope.enclosing_class(node.value.id)
            if own is not None:
                return self._member(own, node.attr, depth)
        if (written := dotted(node)) and (found := scope.lookup(written)):
            return found
        owner = self._class(node.value, scope, depth + 1)
        return self._member(owner, node.attr, depth) if owner is not None else []

    def _member(self, owner: Scope, name: str, depth: int) -> list[Binding]:
        if found := [*owner.attributes.get(name, ()), *owner.bindings.get(name, ())]:
            return found
        if depth > _DEPTH or not isinstance(owner.owner, ast.ClassDef) or owner.parent is None:
            return []
        for base in owner.owner.bases:
            parent = self._class(base, owner.parent, depth + 1)
            if parent is not None and parent is not owner and (found := self._member(parent, name, depth + 1)):
                return found
        return []

    def _class(self, node: ast.expr, scope: Scope, depth: int) -> Scope | None:
        """The class of this module that `node` is, or is an instance of."""
        if isinstance(node, ast.Call):
            node = node.func
        if depth > _DEPTH:
            return None
        for binding in self.bindings(node, scope, depth + 1):
            if binding.how is How.CLASS:
                return binding.scope
            if binding.how in _FOLLOWED and isinstance(binding.node, (ast.Call, ast.Name)):
                return self._class(binding.node, binding.scope, depth + 1)
        return None

    def _entry(self, node: ast.Subscript, scope: Scope, depth: int) -> list[Binding]:
        key = key_of(node.slice)
        if not key:
            return []
        shown = self.display(node.value, scope, depth + 1)
        return [Binding(How.VALUE, value, where) for name, value, where in shown if name == key]

    def display(self, node: ast.expr, scope: Scope, depth: int = 0) -> list[tuple[str, ast.expr, Scope]]:
        """The constant keys and the values of the dict that `node` is: written out, or bound to a name once."""
        self._budget.spend()
        if depth > _DEPTH:
            return []
        if isinstance(node, ast.Dict):
            return self._items(node, scope, depth)
        if isinstance(node, ast.Call) and self.qualified(node.func, scope) == "dict":
            return self._arguments(node, scope, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = (node.left, node.right)
            return [item for side in sides for item in self.display(side, scope, depth + 1)]
        found = self.bindings(node, scope, depth + 1)
        if len(found) != 1 or found[0].how is not How.VALUE or not isinstance(found[0].node, ast.expr):
            return []
        items = self.display(found[0].node, found[0].scope, depth + 1)
        return items + self._later(node, scope)

    def _items(self, node: ast.Dict, scope: Scope, depth: int) -> list[tuple[str, ast.expr, Scope]]:
        self._budget.spend(len(node.keys))
        items: list[tuple[str, ast.expr, Scope]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                items += self.display(value, scope, depth + 1)
            elif name := key_of(key):
                items.append((name, value, scope))
        return items

    def _arguments(self, node: ast.Call, scope: Scope, depth: int) -> list[tuple[str, ast.expr, Scope]]:
        items: list[tuple[str, ast.expr, Scope]] = []
        for argument in node.args[:1]:
            items += self.display(argument, scope, depth + 1)
        for keyword in node.keywords:
            if keyword.arg is None:
                items += self.display(keyword.value, scope, depth + 1)
            else:
                items.append((keyword.arg, keyword.value, scope))
        return items

    def _later(self, node: ast.expr, scope: Scope) -> list[tuple[str, ast.expr, Scope]]:
        """Entries that are set one by one after the dict was made: `headers["X"] = …`."""
        written = dotted(node)
        where: Scope | None = scope
        items: list[tuple[str, ast.expr, Scope]] = []
        while where is not None and written:
            items += where.entries.get(written, ())
            where = where.parent
        self._budget.spend(len(items))
        return items
