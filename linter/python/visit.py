"""One walk over a syntax tree, without recursion: it builds the scopes and lists what rules look at."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from linter.python.index import Assignment, Function, Index, Loop, Pair, Returned
from linter.python.names import defaults, dotted, import_base, key_of, pairwise, terminal_name
from linter.python.scopes import Binding, How, Scope, ScopeKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.python.budget import Budget
    from linter.python.index import AnyFunction
    from linter.python.scopes import Owner

__all__ = ["build"]

_SKIPPED_FIELDS = frozenset({"ctx", "op", "ops", "type_comment", "type_ignores", "type_params", "names"})
_LEAVES = (ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue)
_CHILD_FIELDS = {
    kind: tuple(name for name in kind._fields if name not in _SKIPPED_FIELDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and not issubclass(kind, _LEAVES) and kind._fields
}
_VISITED = frozenset(_CHILD_FIELDS) | {ast.Constant}
_Stack = list[tuple[ast.AST, Scope]]


def build(tree: ast.Module, budget: Budget) -> Index:
    """Walk over `tree`.

    Raises:
        OutOfBudget: it has too many nodes.
    """
    walk = _Walk(tree)
    steps = 0
    while walk.stack:
        node, scope = walk.stack.pop()
        handler = _HANDLERS.get(type(node))
        steps += 1
        if handler is not None and handler(walk, node, scope):
            continue
        walk.push_children(node, scope)
    budget.spend(steps)
    return walk.index


class _Walk:
    def __init__(self, tree: ast.Module) -> None:
        self.index = Index(tree)
        self.stack: _Stack = [(node, self.index.scope) for node in reversed(tree.body)]
        self._inner: set[int] = set()
        """Nodes that are parts of a text that is listed whole."""

    def push_children(self, node: ast.AST, scope: Scope) -> None:
        found: _Stack = []
        for name in _CHILD_FIELDS.get(type(node), ()):
            value = getattr(node, name, None)
            if value.__class__ is list:
                found += [(child, scope) for child in value if child.__class__ in _VISITED]
            elif value.__class__ in _VISITED:
                found.append((value, scope))
        found.reverse()
        self.stack += found

    def push(self, nodes: list[ast.AST], scope: Scope) -> None:
        self.stack += [(node, scope) for node in reversed(nodes)]

    # Scopes

    def function(self, node: AnyFunction, scope: Scope) -> bool:
        self.index.functions.append(Function(node, scope))
        inner = self._scope(ScopeKind.FUNCTION, node, scope)
        parameters = [*node.args.posonlyargs, *node.args.args]
        if parameters:
            inner.first = parameters[0].arg
        for parameter, default in defaults(node.args):
            how = How.OPAQUE if default is None else How.DEFAULT
            inner.bind(parameter.arg, Binding(how, default, scope))
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                inner.bind(extra.arg, Binding(How.OPAQUE, None, scope))
        if isinstance(node, ast.Lambda):
            self.push([node.body], inner)
        else:
            scope.bind(node.name, Binding(How.FUNCTION, node, scope))
            self.push([*node.body], inner)
            self.push([*node.decorator_list], scope)
        self.push([*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)], scope)
        return True

    def class_(self, node: ast.ClassDef, scope: Scope) -> bool:
        self.index.classes.append((node, scope))
        inner = self._scope(ScopeKind.CLASS, node, scope)
        scope.bind(node.name, Binding(How.CLASS, node, inner))
        self.push([*node.body], inner)
        self.push([*node.decorator_list, *node.bases, *node.keywords], scope)
        return True

    def comprehension(self, node: ast.expr, scope: Scope) -> bool:
        self.push_children(node, self._scope(ScopeKind.COMPREHENSION, node, scope))
        return True

    def _scope(self, kind: ScopeKind, owner: Owner, parent: Scope) -> Scope:
        scope = Scope(kind, owner, parent)
        self.index.scopes.append(scope)
        return scope

    # Bindings

    def assign(self, node: ast.Assign, scope: Scope) -> bool:
        for target in node.targets:
            self._bind(target, node.value, scope)
        return False

    def annotated(self, node: ast.AnnAssign, scope: Scope) -> bool:
        if node.value is not None:
            self._bind(node.target, node.value, scope)
            self.push([node.target, node.value], scope)
        return True

    def walrus(self, node: ast.NamedExpr, scope: Scope) -> bool:
        holder = scope
        while holder.kind is ScopeKind.COMPREHENSION and holder.parent is not None:
            holder = holder.parent
        self._bind(node.target, node.value, holder)
        return False

    def augmented(self, node: ast.AugAssign, scope: Scope) -> bool:
        self._bind_opaque(node.target, scope)
        return False

    def loop(self, node: ast.For | ast.AsyncFor | ast.comprehension, scope: Scope) -> bool:
        if isinstance(node.target, ast.Name):
            scope.bind(node.target.id, Binding(How.ELEMENT, node.iter, scope))
        else:
            self._bind_opaque(node.target, scope)
        self.index.loops.append(Loop(node.target, node.iter, scope))
        return False

    def with_item(self, node: ast.withitem, scope: Scope) -> bool:
        if isinstance(node.optional_vars, ast.Name):
            scope.bind(node.optional_vars.id, Binding(How.CONTEXT, node.context_expr, scope))
            self.index.renamed.add(node.optional_vars.id)
        elif node.optional_vars is not None:
            self._bind_opaque(node.optional_vars, scope)
        return False

    def import_(self, node: ast.Import, scope: Scope) -> bool:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self.index.imports.add(top)
            name = alias.name if alias.asname else top
            scope.bind(alias.asname or top, Binding(How.IMPORT, None, scope, name))
            self.index.renamed.add(alias.asname or "")
        return True

    def import_from(self, node: ast.ImportFrom, scope: Scope) -> bool:
        base = import_base(node)
        self.index.imports.add(base.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                self.index.star_imports.append(base)
            else:
                scope.bind(alias.asname or alias.name, Binding(How.IMPORT, None, scope, f"{base}.{alias.name}"))
                self.index.renamed.add(alias.asname or "")
        return True

    def global_(self, node: ast.Global, scope: Scope) -> bool:
        scope.globals.update(node.names)
        return True

    def _bind(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        for single, part in pairwise(target, value):
            if part is None:
                self._bind_opaque(single, scope)
                continue
            self._bind_one(single, part, scope)
            if name := terminal_name(single):
                self.index.renamed.add(name)
                self.index.assignments.append(Assignment(name, single, part, scope))

    def _bind_one(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        binding = Binding(How.VALUE, value, scope)
        if isinstance(target, ast.Name):
            scope.bind(target.id, binding)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = scope.enclosing_class(target.value.id)
            if owner is not None:
                owner.attributes.setdefault(target.attr, []).append(binding)
            else:
                scope.bind(f"{target.value.id}.{target.attr}", binding)
        elif written := dotted(target):
            scope.bind(written, binding)
            holder = dotted(target.value) if isinstance(target, ast.Subscript) else None
            if holder is not None and isinstance(target, ast.Subscript) and (key := key_of(target.slice)):
                scope.entries.setdefault(holder, []).append((key, value, scope))

    def _bind_opaque(self, target: ast.expr, scope: Scope) -> None:
        for node in ast.walk(target) if isinstance(target, (ast.Tuple, ast.List, ast.Starred)) else (target,):
            if isinstance(node, ast.expr) and (written := dotted(node)):
                scope.bind(written, Binding(How.OPAQUE, None, scope))

    # What rules look at

    def call(self, node: ast.Call, scope: Scope) -> bool:
        self.index.calls.append((node, scope))
        is_join = isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join")
        receiver = node.func.value if isinstance(node.func, ast.Attribute) and is_join else None
        if isinstance(receiver, (ast.Constant, ast.JoinedStr, ast.BinOp)):
            self._text(node, scope)
            self._inner.add(id(receiver))
        return False

    def choice(self, node: ast.BoolOp | ast.IfExp, scope: Scope) -> bool:
        if isinstance(node, ast.IfExp) or isinstance(node.op, ast.Or):
            self.index.choices.append((node, scope))
        return False

    def compare(self, node: ast.Compare, scope: Scope) -> bool:
        self.index.comparisons.append((node, scope))
        return False

    def match(self, node: ast.Match, scope: Scope) -> bool:
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchValue):
                    self.index.cases.append((node.subject, pattern.value, scope))
        self.push([node.subject, *(statement for case in node.cases for statement in case.body)], scope)
        return True

    def dict_(self, node: ast.Dict, scope: Scope) -> bool:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, (str, bytes)):
                self.index.pairs.append(Pair(key_of(key), value, scope))
        return False

    def sequence(self, node: ast.Tuple | ast.List, scope: Scope) -> bool:
        if len(node.elts) == 2:
            self.index.tuples.append((node, scope))
        return False

    def text(self, node: ast.Constant | ast.JoinedStr, scope: Scope) -> bool:
        if isinstance(node, ast.JoinedStr):
            self._inner.update(id(part) for part in node.values)
            self._text(node, scope)
        elif isinstance(node.value, (str, bytes)):
            self._text(node, scope)
        return False

    def operation(self, node: ast.BinOp, scope: Scope) -> bool:
        if isinstance(node.op, (ast.Add, ast.Mod)):
            self._text(node, scope)
            self._inner.add(id(node.left))
            if isinstance(node.op, ast.Add):
                self._inner.add(id(node.right))
        return False

    def statement(self, node: ast.Expr, scope: Scope) -> bool:
        return isinstance(node.value, ast.Constant)

    def return_(self, node: ast.Return, scope: Scope) -> bool:
        if node.value is not None and (function := scope.function()) is not None:
            self.index.returns.append(Returned(function.name, node.value, scope))
        return False

    def raise_(self, node: ast.Raise, scope: Scope) -> bool:
        if node.exc is not None:
            self.index.messages.append((node.exc, scope))
        return False

    def assert_(self, node: ast.Assert, scope: Scope) -> bool:
        if node.msg is not None:
            self.index.messages.append((node.msg, scope))
        return False

    def _text(self, node: ast.expr, scope: Scope) -> None:
        if id(node) not in self._inner:
            self.index.texts.append((node, scope))


_HANDLERS: dict[type[ast.AST], Callable[[_Walk, Any, Scope], bool]] = {
    ast.AnnAssign: _Walk.annotated,
    ast.Assert: _Walk.assert_,
    ast.Assign: _Walk.assign,
    ast.AsyncFor: _Walk.loop,
    ast.AsyncFunctionDef: _Walk.function,
    ast.AugAssign: _Walk.augmented,
    ast.BinOp: _Walk.operation,
    ast.BoolOp: _Walk.choice,
    ast.Call: _Walk.call,
    ast.ClassDef: _Walk.class_,
    ast.Compare: _Walk.compare,
    ast.Constant: _Walk.text,
    ast.Dict: _Walk.dict_,
    ast.DictComp: _Walk.comprehension,
    ast.Expr: _Walk.statement,
    ast.For: _Walk.loop,
    ast.FunctionDef: _Walk.function,
    ast.GeneratorExp: _Walk.comprehension,
    ast.Global: _Walk.global_,
    ast.IfExp: _Walk.choice,
    ast.Import: _Walk.import_,
    ast.ImportFrom: _Walk.import_from,
    ast.JoinedStr: _Walk.text,
    ast.Lambda: _Walk.function,
    ast.List: _Walk.sequence,
    ast.ListComp: _Walk.comprehension,
    ast.Match: _Walk.match,
    ast.NamedExpr: _Walk.walrus,
    ast.Raise: _Walk.raise_,
    ast.Return: _Walk.return_,
    ast.SetComp: _Walk.comprehension,
    ast.Tuple: _Walk.sequence,
    ast.comprehension: _Walk.loop,
    ast.withitem: _Walk.with_item,
}
"""What is done at a node; true if its children were seen to."""
