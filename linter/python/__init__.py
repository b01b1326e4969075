"""Python source as rules see it: names, scopes, calls, and what the values in it fold to.

Nothing of the source is run. `read` gives a `Module` or the reason why there is none; a `Module` answers what a
rule asks: which calls, assignments and texts there are, what an expression is called, what it folds to, and at
which bytes of the source each part of a folded text stands.
"""

from __future__ import annotations

from linter.python.arguments import Argument
from linter.python.budget import OutOfBudget
from linter.python.index import Assignment, Function, Pair
from linter.python.module import Module, Reason, Unreadable, read
from linter.python.names import terminal_name
from linter.python.notebook import Notebook, read_notebook
from linter.python.scopes import Scope, ScopeKind
from linter.python.values import HOLE, Piece, Value

__all__ = [
    "HOLE",
    "Argument",
    "Assignment",
    "Function",
    "Module",
    "Notebook",
    "OutOfBudget",
    "Pair",
    "Piece",
    "Reason",
    "Scope",
    "ScopeKind",
    "Unreadable",
    "Value",
    "read",
    "read_notebook",
    "terminal_name",
]
