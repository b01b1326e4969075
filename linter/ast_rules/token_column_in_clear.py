"""A column of a database that holds a token in clear."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.marks import imports
from linter.model import Confidence, Severity
from linter.python import ScopeKind, terminal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["TokenColumnInClear"]

_MAPPERS = frozenset({"sqlalchemy", "django", "peewee", "flask_sqlalchemy", "tortoise", "mongoengine", "sqlmodel"})
_LIBRARIES = ("sqlalchemy.", "django.db.models.", "peewee.", "flask_sqlalchemy.", "tortoise.", "mongoengine.")
_OAUTH = re.compile(
    r"(?:access_token|refresh_token|token_secret|access_secret|oauth_token|bearer_token|client_secret)$"
)
_TEXTS = frozenset({"String", "Text", "Unicode", "UnicodeText", "VARCHAR", "CharField", "TextField", "StringField"})


class TokenColumnInClear(AstRule):
    """A model has a column of plain text for a token or secret of a user.

    Who reads the table acts for all users. Encrypt the column, or keep only a hash where that is enough.
    """

    id = "token-column-in-clear"
    name = "Token stored in a plain column"
    severity = Severity.INFO
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Encrypt the column, or keep a hash of the value where that is enough."
    examples = bad(
        "from sqlalchemy import Column, String\nclass User(Base):\n    access_token_secret = «Column(String(64))»",
        "from django.db import models\n"
        "class Account(models.Model):\n"
        "    refresh_token = «models.CharField(max_length=200)»",
    )
    counterexamples = good(
        "from sqlalchemy import Column, String\nclass User(Base):\n    token_type = Column(String(64))",
        "from django.db import models\nclass Account(models.Model):\n    access_token = EncryptedTextField()",
        "class Form:\n    access_token = CharField()",
    )

    @property
    def marks(self) -> Marks:
        """A mapper, and something with the name of a token."""
        return ((rb"(?:token|secret)\w{0,3}\s*[=:]", imports(_MAPPERS)),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Attributes of classes that are columns."""
        if not module.imports & _MAPPERS:
            return
        for name, _, value, scope in module.assignments:
            if scope.kind is not ScopeKind.CLASS or not isinstance(value, ast.Call) or not _OAUTH.search(name):
                continue
            library = module.qualified(value.func, scope) or ""
            if library.startswith(_LIBRARIES) and _is_plain(value):
                yield self.practice(module, value, f"{shown(name)} is kept in clear")


def _is_plain(column: ast.Call) -> bool:
    """True for columns of text."""
    kinds = [column.func, *(each.func if isinstance(each, ast.Call) else each for each in column.args[:2])]
    return not _TEXTS.isdisjoint(terminal_name(kind) for kind in kinds)
