"""One Python module as rules see it, or the reason why there is none."""

from __future__ import annotations

import ast
import enum
import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

from linter.python import arguments, parameters, visit
from linter.python.budget import Budget, OutOfBudget
from linter.python.fold import Folder
from linter.python.names import terminal_name, written
from linter.python.origin import MARK, Origin, codec_of
from linter.python.positions import Source
from linter.python.resolve import Resolver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from linter.python.arguments import Argument
    from linter.python.index import Assignment, Function, Loop, Pair, Returned
    from linter.python.scopes import Binding, Scope
    from linter.python.values import Span, Value
    from linter.sinks import Lookup

__all__ = ["SIZE_LIMIT", "Module", "Reason", "Unreadable", "read"]

SIZE_LIMIT = 2 * 1024 * 1024
"""Bytes of source; a tree takes some hundred times that in memory."""

_PYTHON_2 = re.compile(
    rb"^[ \t]*(?:print[ \t]+[\"'\w]|print[ \t]*>>|exec[ \t]+[\"'\w]|raise[ \t]+\w+[ \t]*,"
    rb"|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:)|[^\w.]0[0-7]+[^\w.]|`\w+`|<>|[^\w]ur[\"']",
    re.MULTILINE,
)


class Reason(enum.Enum):
    """Why a source could not, or not wholly, be analysed."""

    PYTHON_2 = "Python 2"
    SYNTAX = "not the syntax of this Python"
    TOO_DEEP = "nested too deeply"
    TOO_LARGE = f"larger than {SIZE_LIMIT // 1024 // 1024} MiB"
    TOO_LONG = "the analysis takes too long"


class Unreadable(NamedTuple):
    """A source of which there is no module."""

    reason: Reason


class Module:
    """What a rule may ask of one module.

    The lists are in the order of the source. Expressions are given with the scope in which they stand; what a
    question does not know an answer to is an empty list or None, never an error, except that every question may
    raise `OutOfBudget`.
    """

    def __init__(self, tree: ast.Module, source: Source, lookups: Mapping[str, Lookup], to_origin: Origin) -> None:
        budget = Budget(len(source.data))
        self._index = visit.build(tree, budget)
        self._source = source
        self._resolver = Resolver(self._index, budget)
        self._folder = Folder(source, self._resolver, lookups, budget)
        self._origin = to_origin
        self._written: list[str] | None = None
        self._called: dict[str, list[tuple[ast.Call, Scope]]] | None = None
        self._written_calls: dict[str, list[tuple[ast.Call, Scope]]] | None = None
        self.tree = tree
        """The syntax tree, for what the lists do not tell."""
        self.imports: frozenset[str] = frozenset(self._index.imports)
        """The top-level packages that are imported anywhere in it."""
        self.source = source.data
        """The source in UTF-8."""
        self.lowered = source.data.lower()
        """The source in lower case, for a rule's own quick look."""

    def release(self) -> None:
        """Let go of the tree, at once and not only when Python looks for circles; the module is of no use then."""
        for scope in self._index.scopes:
            scope.release()

    @property
    def assignments(self) -> list[Assignment]:
        """Every name, attribute and constant subscript that gets a value, targets of unpacking one by one."""
        return self._index.assignments

    @property
    def calls(self) -> list[tuple[ast.Call, Scope]]:
        """Every call."""
        return self._index.calls

    def called(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """The calls by the full name of what is called; those of unknown things are left out."""
        if self._called is None:
            self._called = {}
            for call, scope in self._index.calls:
                name = self._resolver.qualified(call.func, scope)
                if name is not None:
                    self._called.setdefault(name, []).append((call, scope))
        return self._called

    def calls_to(self, names: Collection[str]) -> Iterator[tuple[str, ast.Call, Scope]]:
        """The calls of what has one of these full names."""
        for found in self.calls_ending({name.rpartition(".")[2] for name in names}):
            if found[0] in names:
                yield found

    def calls_ending(self, words: Collection[str]) -> Iterator[tuple[str, ast.Call, Scope]]:
        """The calls of what has a full name with one of these last words; perhaps others too."""
        for word, calls in self._by_last_word().items():
            if word in words or word in self._index.renamed:
                for call, scope in calls:
                    if name := self._resolver.qualified(call.func, scope):
                        yield name, call, scope

    def _by_last_word(self) -> dict[str, list[tuple[ast.Call, Scope]]]:
        """The calls by the last word of what is called, as it is written; what is not renamed has it in its name."""
        if self._written_calls is None:
            self._written_calls = {}
            for call, scope in self._index.calls:
                self._written_calls.setdefault(_last_word(call.func), []).append((call, scope))
        return self._written_calls

    @property
    def cases(self) -> list[tuple[ast.expr, ast.expr, Scope]]:
        """The subject and the value of every `case` that is a value."""
        return self._index.cases

    @property
    def classes(self) -> list[tuple[ast.ClassDef, Scope]]:
        """Every class."""
        return self._index.classes

    @property
    def comparisons(self) -> list[tuple[ast.Compare, Scope]]:
        """Every comparison."""
        return self._index.comparisons

    @property
    def functions(self) -> list[Function]:
        """Every function and lambda."""
        return self._index.functions

    @property
    def messages(self) -> list[tuple[ast.expr, Scope]]:
        """What is raised, and the messages of assertions."""
        return self._index.messages

    @property
    def returns(self) -> list[Returned]:
        """Every value that a function returns."""
        return self._index.returns

    @property
    def loops(self) -> list[Loop]:
        """The target of every `for`, comprehensions included, and what it runs over."""
        return self._index.loops

    def parameters(self, function: ast.expr, scope: Scope) -> list[str]:
        """The names of the positional parameters of a function or class of this module that is called."""
        return parameters.of(self._resolver, function, scope)

    @property
    def pairs(self) -> list[Pair]:
        """Every constant key of a dict display with its value."""
        return self._index.pairs

    @property
    def named(self) -> Iterator[tuple[str, ast.expr, Scope]]:
        """Every value with its name: what is assigned, stands in a dict display, or is given by keyword."""
        for name, _, node, scope in self.assignments:
            yield name, node, scope
        for key, node, scope in self.pairs:
            yield key, node, scope
        for call, scope in self.calls:
            for keyword in call.keywords:
                if keyword.arg:
                    yield keyword.arg, keyword.value, scope

    def texts(self, mark: re.Pattern[str]) -> Iterator[tuple[ast.expr, Scope]]:
        """The string expressions in whose literals `mark` is found, without those in longer ones and docstrings.

        Between two literals that are put together stands a zero character for `mark`.
        """
        if self._written is None:
            self._written = [written(node) for node, _ in self._index.texts]
        for literals, text in zip(self._written, self._index.texts, strict=True):
            if mark.search(literals):
                yield text

    @property
    def choices(self) -> list[tuple[ast.BoolOp | ast.IfExp, Scope]]:
        """Every `or` and every conditional expression."""
        return self._index.choices

    @property
    def tuples(self) -> list[tuple[ast.expr, Scope]]:
        """Every tuple or list of two."""
        return self._index.tuples

    def values(self, node: ast.expr, scope: Scope) -> list[Value]:
        """At most four texts that `node` may have, each with the spans of the literals it came from."""
        return self._folder.fold(node, scope)

    def qualified(self, node: ast.expr, scope: Scope) -> str | None:
        """The full name of what `node` is (`tweepy.Client`), or of the class or function that it is a result of."""
        return self._resolver.qualified(node, scope)

    def qualified_target(self, target: ast.expr, scope: Scope) -> str | None:
        """The full name of an attribute that is assigned to (`stripe.api_key`); None for any other target."""
        if not isinstance(target, ast.Attribute):
            return None
        base = self._resolver.qualified(target.value, scope)
        return f"{base}.{target.attr}" if base else None

    def bindings(self, node: ast.expr, scope: Scope) -> list[Binding]:
        """Where a name, attribute or constant subscript gets its values."""
        return self._resolver.bindings(node, scope)

    def arguments(self, call: ast.Call, scope: Scope) -> list[Argument]:
        """The arguments of a call, splats of written-out lists and dicts included."""
        return arguments.expand(call, scope, self._resolver)

    def items(self, node: ast.expr, scope: Scope) -> list[tuple[str, ast.expr, Scope]]:
        """The constant keys and values of the dict that `node` is, as far as it is written out."""
        return self._resolver.display(node, scope)

    def elements(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]] | None:
        """The elements of the list or tuple that `node` is; None if it is not written out."""
        return arguments.sequence(node, scope, self._resolver)

    def is_lookup(self, node: ast.expr, scope: Scope) -> bool:
        """True if `node` reads the environment or a configuration."""
        return self._folder.is_lookup(node, scope)

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The bytes at which `node` stands."""
        return self._source.span(node)

    def origin(self, span: Span) -> Span:
        """A span of the source as it was given, for one of the source in UTF-8."""
        return self._origin.span(span)


def _last_word(called: ast.expr) -> str:
    """The last word of what is called; of the result of another call, that of the other."""
    while isinstance(called, (ast.Call, ast.Await)):
        called = called.func if isinstance(called, ast.Call) else called.value
    return terminal_name(called)


def read(data: bytes, lookups: Mapping[str, Lookup]) -> Module | Unreadable:
    """The module that `data` is, or why it cannot be read. It never raises and never runs any of it.

    The standard library's parser answers nesting and chains that are too deep for it with an error and not with a
    crash; those become a reason.
    """
    if len(data) > SIZE_LIMIT:
        return Unreadable(Reason.TOO_LARGE)
    shift = len(MARK) if data.startswith(MARK) else 0
    data = data[shift:]
    try:
        codec = "" if shift else codec_of(data)
        text = data.decode(codec).encode() if codec else data
        return Module(_parse(data), Source(text), lookups, Origin(text, codec, shift))
    except (RecursionError, MemoryError):
        return Unreadable(Reason.TOO_DEEP)
    except OutOfBudget:
        return Unreadable(Reason.TOO_LONG)
    except (SyntaxError, ValueError, LookupError, UnicodeError) as error:
        return Unreadable(_reason(error, data))


def _parse(data: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def _reason(error: Exception, data: bytes) -> Reason:
    if "too many nested" in str(error) or "too many levels" in str(error):
        return Reason.TOO_DEEP
    return Reason.PYTHON_2 if _PYTHON_2.search(data) else Reason.SYNTAX
