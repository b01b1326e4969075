"""A secret that is put into a URL."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import secret_in
from linter.ast_rules.marks import CLIENT, NAME
from linter.ast_rules.requests_made import made
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python.names import constant_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.ast_rules.requests_made import Request
    from linter.python import Module

__all__ = ["CredentialInRequestUrl"]

_PARAMETER = re.compile(r"[?&]([\w.-]+)=$")
_LIKELY = 2


class CredentialInRequestUrl(AstRule):
    """A secret variable goes into the query of a URL, by formatting or by `params=`.

    URLs reach logs, proxies and the Referer of the next page. Send it in a header, where the API allows it.
    """

    id = "credential-in-request-url"
    name = "Credential sent in a URL"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Send it in a header, where the API allows that."
    examples = bad(
        'import requests\n«requests.get(f"https://api.example.test/v1?api_key={api_key}")»',
        'import requests\n«requests.get("https://api.example.test", params={"access_token": access_token})»',
    )
    counterexamples = good(
        'import requests\nrequests.get(u, params={"page_token": t})',
        'import requests\nrequests.get(f"https://api.example.test/v1?q={query}", token)',
        'import requests\nrequests.get(u, headers={"Authorization": h})',
    )

    @property
    def marks(self) -> Marks:
        """A client, and the name of a credential where parameters stand."""
        return ((CLIENT, rb"(?:params\b|[?&])[^\n]*" + NAME), (CLIENT, rb"params\b", NAME))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Requests of known clients."""
        for request in made(module):
            name = self._in_query(module, request) or self._in_parameters(module, request)
            if name:
                yield self.practice(module, request.call, f"{shown(name)} goes into the URL")

    def _in_query(self, module: Module, request: Request) -> str | None:
        """The name of a parameter whose value is a secret variable in a formatted URL."""
        if request.url is None or not isinstance(request.url[0], ast.JoinedStr):
            return None
        before = ""
        for part in request.url[0].values:
            if isinstance(part, ast.FormattedValue):
                parameter = _PARAMETER.search(before)
                is_named = parameter is not None and classify(parameter[1]).strength >= _LIKELY
                if parameter is not None and is_named and secret_in(module, part.value, request.scope):
                    return parameter[1]
            else:
                before = constant_text(part) or ""
        return None

    def _in_parameters(self, module: Module, request: Request) -> str | None:
        for argument in request.arguments:
            if argument.name == "params":
                for key, value, scope in module.items(argument.value, argument.scope):
                    if classify(key).strength >= _LIKELY and secret_in(module, value, scope):
                        return key
        return None
