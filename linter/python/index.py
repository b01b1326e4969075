"""What one walk over a syntax tree finds, in the order of the source."""

from __future__ import annotations

import ast
from typing import NamedTuple

from linter.python.scopes import Scope, ScopeKind

__all__ = ["AnyFunction", "Assignment", "Function", "Index", "Loop", "Pair", "Returned"]

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Assignment(NamedTuple):
    """One name that gets one value: the last word of its target, as `token` in `config.token` and `config["token"]`."""

    name: str
    target: ast.expr
    value: ast.expr
    scope: Scope


class Function(NamedTuple):
    """A function or lambda and the scope in which its defaults are evaluated."""

    node: AnyFunction
    scope: Scope


class Pair(NamedTuple):
    """A key and its value in a dict display; `path` names the dicts around it, the outermost first."""

    key: str
    value: ast.expr
    scope: Scope


class Returned(NamedTuple):
    """What a function of this name returns."""

    name: str
    value: ast.expr
    scope: Scope


class Loop(NamedTuple):
    """The target of a `for` and what it runs over."""

    target: ast.expr
    over: ast.expr
    scope: Scope


class Index:
    """What one walk found, in the order of the source."""

    def __init__(self, tree: ast.Module) -> None:
        self.scope = Scope(ScopeKind.MODULE, tree, None)
        self.scopes = [self.scope]
        self.assignments: list[Assignment] = []
        self.calls: list[tuple[ast.Call, Scope]] = []
        self.choices: list[tuple[ast.BoolOp | ast.IfExp, Scope]] = []
        self.classes: list[tuple[ast.ClassDef, Scope]] = []
        self.comparisons: list[tuple[ast.Compare, Scope]] = []
        self.cases: list[tuple[ast.expr, ast.expr, Scope]] = []
        self.functions: list[Function] = []
        self.messages: list[tuple[ast.expr, Scope]] = []
        self.pairs: list[Pair] = []
        self.loops: list[Loop] = []
        self.returns: list[Returned] = []
        self.texts: list[tuple[ast.expr, Scope]] = []
        self.tuples: list[tuple[ast.expr, Scope]] = []
        self.imports: set[str] = set()
        self.star_imports: list[str] = []
        self.renamed = {""}
        """What may stand for something of another name: targets of assignments, of `with` and of
        `import … as`, and what has no name."""
