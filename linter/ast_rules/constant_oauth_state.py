"""OAuth without what protects the exchange of the code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["ConstantOauthState"]

_LOGINS = frozenset({"authorization_url", "create_authorization_url", "authorize_redirect", "get_authorization_url"})
_VERIFIERS = frozenset({"code_verifier", "code_challenge"})
_LOGIN_URL = re.compile(r"oauth2/authorize\?")
_URL = re.compile(r"[?&](?:state|code_challenge)=[A-Za-z0-9._-]+(?:&|$)|code_challenge_method=plain")


class ConstantOauthState(AstRule):
    """The state or the PKCE verifier of an OAuth login is a constant, or the PKCE method is `plain`.

    Then a stranger's code is accepted, or a stolen one can be used. Make both at random for every login, with S256.
    """

    id = "constant-oauth-state"
    name = "Constant OAuth state or PKCE verifier"
    severity = Severity.LOW
    confidence = Confidence.HIGH
    sort = Sort.PRACTICE
    advice = "Make the state and the verifier with secrets.token_urlsafe for every login, and use S256."
    examples = bad(
        'session.authorization_url(base, state=«"state"»)',
        'session.fetch_token(url, code_verifier=«"challenge"»)',
        'params = {"code_challenge_method": «"plain"»}',
        'url = «"https://x.com/i/oau~th2/authorize?client_id=a&state=state&code_challenge_method=plain"»',
    )
    counterexamples = good(
        "session.authorization_url(base, state=secrets.token_urlsafe(32))",
        'params = {"code_challenge_method": "S256"}',
        "session.fetch_token(url, code_verifier=make_verifier())",
        'client.create_order(state="open")  # authorize?',
    )

    @property
    def marks(self) -> Marks:
        """An argument, a key or the address of an OAuth login."""
        return ((rb"code_verifier|code_challenge|authorization_url|authorize\?|authorize_redirect",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Arguments, keys and URLs of the OAuth login."""
        for call, _ in module.calls:
            for keyword in call.keywords:
                is_state = keyword.arg == "state" and terminal_name(call.func) in _LOGINS
                if (is_state or keyword.arg in _VERIFIERS) and key_of(keyword.value):
                    yield self.practice(module, keyword.value, f"{keyword.arg} is a constant")
                elif keyword.arg == "code_challenge_method" and key_of(keyword.value) == "plain":
                    yield self.practice(module, keyword.value, "the PKCE method is plain")
        for key, value, _ in module.pairs:
            if key in _VERIFIERS and key_of(value):
                yield self.practice(module, value, f"{key} is a constant")
            elif key == "code_challenge_method" and key_of(value) == "plain":
                yield self.practice(module, value, "the PKCE method is plain")
        for node, _ in module.texts(_LOGIN_URL):
            if isinstance(node, ast.Constant) and _URL.search(key_of(node)):
                yield self.practice(module, node, "the URL of the login has a constant in place of a random value")
