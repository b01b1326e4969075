"""Credentials that are sent without encryption."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.hosts import is_local
from linter.ast_rules.marks import CLIENT, NAME, words
from linter.ast_rules.requests_made import credential_in, made
from linter.model import Confidence, Severity
from linter.python import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["CredentialsOverHttp"]

_HTTP = rb"""["']http://[\w\[{%]"""
_HOST = re.compile(r"http://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)", re.IGNORECASE)


class CredentialsOverHttp(AstRule):
    """A request to a literal `http://` URL of a public host carries a credential.

    Whoever stands on the way reads it. Use https.
    """

    id = "credentials-over-http"
    name = "Credentials sent over plain HTTP"
    severity = Severity.HIGH
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Use https, and exchange the credential that was sent in clear."
    examples = bad(
        'import requests\n«requests.get("http://api.example.com/v1", headers={"Authorization": f"Bearer {token}"})»',
        'import requests\nurl = "http://api.example.com"\n«requests.post(url, auth=(u, p))»',
        'import httpx\nBASE = "http://api.example.com"\n«httpx.get(f"{BASE}/me", headers={"X-API-Key": key})»',
        'import requests\ns = requests.Session()\n«s.get("http://api.example.com", auth=(u, p))»',
        'import requests\n«requests.post("http://login.example.com", data={"user": u, "password": p})»',
    )
    counterexamples = good(
        'import requests\nrequests.get("http://localhost:8000", auth=(u, p))',
        "import requests\nrequests.get(\"https://api.example.com\", auth=(u, p))  # not 'http://'",
        'import requests\nrequests.get("http://api.example.com/public")',
        'import requests\nrequests.get("http://api:8000/x", auth=(u, p))',
        'import requests\nrequests.get("http://10.0.0.5/x", auth=(u, p))',
        'import requests\nrequests.get("http://svc.ns.svc.cluster.local/x", auth=(u, p))',
        "import requests\nrequests.get(url, auth=(u, p))  # 'http://'",
    )

    @property
    def marks(self) -> Marks:
        """A literal URL, a client, and a credential or a header for one."""
        carrying = rb"auth\s*=|cookies\b|" + NAME
        return ((_HTTP, CLIENT, carrying), (_HTTP, CLIENT, words(self.sinks.headers)))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Requests of known clients."""
        for request in made(module):
            if request.url is None:
                continue
            for value in module.values(*request.url):
                host = _HOST.match(value.text)
                if host is None or is_local(host[1]) or HOLE in host[1]:
                    continue
                what = credential_in(module, request, self.sinks.headers)
                if what is not None:
                    yield self.practice(module, request.call, f"{what} goes over plain HTTP")
                    break
