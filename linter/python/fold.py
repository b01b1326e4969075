"""Folding: the texts that an expression has, followed through names, joins, formatting and decoding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.python import templates
from linter.python.arguments import sequence
from linter.python.folded_calls import fold_call
from linter.python.names import constant_text, key_of
from linter.python.scopes import How
from linter.python.values import ALTERNATIVES, Piece, Value, combine, hole, literal, transformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.python.budget import Budget
    from linter.python.positions import Source
    from linter.python.resolve import Resolver
    from linter.python.scopes import Scope
    from linter.sinks import Lookup

__all__ = ["Folder"]

_DEPTH = 12
_TERMS = 200
_PARTS = 64
_REPEATS = 512
_PLAIN_CONVERSIONS = (-1, 115)
_IN_PLACE = frozenset({"list", "tuple"})
_SAME_ELEMENTS = _IN_PLACE | {"set", "frozenset", "sorted", "reversed", "iter", "itertools.cycle"}


class Folder:
    """Folds the expressions of one module; every answer is kept."""

    def __init__(self, source: Source, resolver: Resolver, lookups: Mapping[str, Lookup], budget: Budget) -> None:
        self.resolver = resolver
        self.lookups = lookups
        self._source = source
        self._budget = budget
        self._known: dict[int, list[Value]] = {}

    def fold(self, node: ast.expr, scope: Scope, depth: int = 0) -> list[Value]:
        """At most four texts that `node` may have; none if it is not known to have one."""
        if (known := self._known.get(id(node))) is not None:
            return known
        self._budget.spend()
        if depth > _DEPTH:
            return []
        values = self._fold(node, scope, depth + 1)[:ALTERNATIVES]
        self._known[id(node)] = values
        return values

    def _fold(self, node: ast.expr, scope: Scope, depth: int) -> list[Value]:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            return self._bound(node, scope, depth)
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node, scope, depth)
        if isinstance(node, ast.BinOp):
            return self._operation(node, scope, depth)
        if isinstance(node, ast.Call):
            return fold_call(self, node, scope, depth)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._either(node.values, scope, depth)
        if isinstance(node, ast.IfExp):
            return self._either([node.body, node.orelse], scope, depth)
        if isinstance(node, (ast.NamedExpr, ast.Await)):
            return self.fold(node.value, scope, depth)
        return []

    def _constant(self, node: ast.Constant) -> list[Value]:
        text = constant_text(node)
        if text is None:
            return []
        self._budget.spend(1 + len(text) // 64)
        pieces = tuple(
            Piece(part.text, ((part.start, part.end),), self._stands_at(part.text, part.start, part.end))
            for part in self._source.literals(node)
        )
        if "".join(piece.text for piece in pieces) != text:
            pieces = (Piece(text, (self._source.span(node),), exact=False),)
        return [literal(pieces)]

    def _stands_at(self, text: str, start: int, end: int) -> bool:
        return self._source.data[start:end] == text.encode("utf-8", "replace")

    def _bound(self, node: ast.expr, scope: Scope, depth: int) -> list[Value]:
        """What the names are bound to; nothing if one of the bindings may change it in ways that are not followed."""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return self._reversed(node, scope, depth)
        found = self.resolver.bindings(node, scope)
        if not found and isinstance(node, ast.Subscript) and not key_of(node.slice):
            return self.elements(node.value, scope, depth, _place(node.slice))
        values: list[Value] = []
        for binding in found[: ALTERNATIVES * 2]:
            if binding.how is How.OPAQUE:
                return []
            if binding.how is How.ELEMENT and isinstance(binding.node, ast.expr):
                values += (elements := self.elements(binding.node, binding.scope, depth))
                if not elements:
                    return []
            elif binding.how in (How.VALUE, How.DEFAULT) and isinstance(binding.node, ast.expr):
                folded = self.fold(binding.node, binding.scope, depth)
                values += [value.reached("default") for value in folded] if binding.how is How.DEFAULT else folded
        return values

    def elements(self, node: ast.expr, scope: Scope, depth: int, place: int | None = None) -> list[Value]:
        """At most four texts that an element of the collection `node` may have, or the one at `place`."""
        self._budget.spend()
        if depth > _DEPTH:
            return []
        if isinstance(node, ast.Call):
            made = self.resolver.qualified(node.func, scope)
            if made not in _SAME_ELEMENTS or not node.args:
                return []
            return self.elements(node.args[0], scope, depth + 1, place if made in _IN_PLACE else None)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            parts = node.elts if place is None else _at(node.elts, place)
            return [text for part in parts[:ALTERNATIVES] for text in self.fold(part, scope, depth)][:ALTERNATIVES]
        found = self.resolver.bindings(node, scope)
        if len(found) != 1 or found[0].how is not How.VALUE or not isinstance(found[0].node, ast.expr):
            return []
        return self.elements(found[0].node, found[0].scope, depth + 1, place)

    def _reversed(self, node: ast.Subscript, scope: Scope, depth: int) -> list[Value]:
        part = node.slice
        if not isinstance(part, ast.Slice) or part.lower or part.upper or not isinstance(part.step, ast.UnaryOp):
            return []
        return transformed(self.fold(node.value, scope, depth), lambda text: text[::-1], "derived")

    def _either(self, nodes: list[ast.expr], scope: Scope, depth: int) -> list[Value]:
        """The alternatives; those beside a look-up in the environment are its fallbacks."""
        is_fallback = any(self.is_lookup(node, scope) for node in nodes)
        values = [value for node in nodes[:_PARTS] for value in self.fold(node, scope, depth)]
        return [value.reached("environment") for value in values] if is_fallback else values

    def is_lookup(self, node: ast.expr, scope: Scope) -> bool:
        """True if `node` reads the environment or a configuration."""
        if isinstance(node, ast.Subscript):
            return self.resolver.qualified(node.value, scope) == "os.environ"
        return isinstance(node, ast.Call) and self.resolver.qualified(node.func, scope) in self.lookups

    def part(self, node: ast.expr, scope: Scope, depth: int) -> list[Value]:
        """The texts of a part of a longer one, where numbers are texts too."""
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            text = str(node.value)
            return [literal((Piece(text, (), exact=False),))]
        return self.fold(node, scope, depth) or [hole()]

    def _formatted(self, node: ast.JoinedStr, scope: Scope, depth: int) -> list[Value]:
        if len(node.values) > _PARTS:
            return []
        start, end = self._source.span(node)
        parts: list[list[Value]] = []
        at = start
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                is_plain = part.format_spec is None and part.conversion in _PLAIN_CONVERSIONS
                parts.append(self.part(part.value, scope, depth) if is_plain else [hole()])
                _, behind = self._source.span(part.value)
                at = max(at, behind) if behind <= end else at
            else:
                text = constant_text(part) or ""
                found = self._source.data.find(text.encode("utf-8", "replace"), at, end)
                exact = found >= 0 and bool(text)
                at = found + len(text.encode("utf-8", "replace")) if exact else at
                span = (found, at) if exact else (start, end)
                parts.append([literal((Piece(text, (span,), exact),))])
        return combine(parts)

    def _operation(self, node: ast.BinOp, scope: Scope, depth: int) -> list[Value]:
        if isinstance(node.op, ast.Add):
            terms = _terms(node)
            if len(terms) > _TERMS:
                return []
            self._budget.spend(len(terms) ** 2 // 16)
            values = combine(self.part(term, scope, depth) for term in terms)
            return [value for value in values if value.spans()]
        if isinstance(node.op, ast.Mod):
            return self._percent(node, scope, depth)
        if isinstance(node.op, ast.Mult):
            count = node.right.value if isinstance(node.right, ast.Constant) else None
            if isinstance(count, int) and 0 < count <= _REPEATS:
                return transformed(self.fold(node.left, scope, depth), lambda text: text * count, "derived")
        return []

    def _percent(self, node: ast.BinOp, scope: Scope, depth: int) -> list[Value]:
        named = self.resolver.display(node.right, scope) if isinstance(node.right, (ast.Dict, ast.Name)) else []
        by_name = {name: self.part(value, where, depth) for name, value, where in named[:_PARTS]}
        items = sequence(node.right, scope, self.resolver) or [(node.right, scope)]
        by_place = [self.part(item, where, depth) for item, where in items[:_PARTS]]
        templated = self.fold(node.left, scope, depth)
        return [made for template in templated for made in templates.percent(template, by_place, by_name)]


def _place(index: ast.expr) -> int | None:
    """A constant index; None for any other."""
    is_negative = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
    number = index.operand if isinstance(index, ast.UnaryOp) and is_negative else index
    if not isinstance(number, ast.Constant) or not isinstance(number.value, int):
        return None
    return -number.value if is_negative else number.value


def _at(elements: list[ast.expr], place: int) -> list[ast.expr]:
    """The element at `place`, if there is one and no splat moves it."""
    is_there = -len(elements) <= place < len(elements)
    return [elements[place]] if is_there and not any(isinstance(each, ast.Starred) for each in elements) else []


def _terms(node: ast.expr) -> list[ast.expr]:
    """The terms of a sum, in order; a chain leans to the left, so the walk is not a recursion."""
    terms: list[ast.expr] = []
    stack: list[ast.expr] = [node]
    while stack and len(terms) <= _TERMS:
        term = stack.pop()
        if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Add):
            stack += [term.left, term.right]
        else:
            terms.append(term)
    terms.reverse()
    return terms
