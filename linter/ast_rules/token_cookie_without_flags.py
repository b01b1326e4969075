"""A cookie with a token that scripts and plain HTTP may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.credential_names import classify
from linter.model import Confidence, Severity
from linter.python import terminal_name
from linter.python.names import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["TokenCookieWithoutFlags"]


class TokenCookieWithoutFlags(AstRule):
    """A cookie with the name of a token is set without `secure` or without `httponly`.

    Scripts of the page, or whoever stands on the way, can read it. Set both flags.
    """

    id = "token-cookie-without-flags"
    name = "Cookie of a token without Secure and HttpOnly"
    severity = Severity.LOW
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Set secure=True and httponly=True, and samesite where it fits."
    examples = bad(
        '«response.set_cookie("access_token", token)»',
        '«resp.set_cookie(key="session_token", value=t, httponly=True)»',
    )
    counterexamples = good(
        'response.set_cookie("access_token", token, secure=True, httponly=True)',
        'response.set_cookie("theme", "dark")',
        'response.set_cookie("csrf_token", token)',
        'response.set_cookie("access_token", token, **FLAGS)',
    )

    @property
    def marks(self) -> Marks:
        """A cookie that is set."""
        return ((rb"set_cookie\s*\(",),)

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Calls of `set_cookie`."""
        for call, _ in module.calls:
            if terminal_name(call.func) != "set_cookie" or any(keyword.arg is None for keyword in call.keywords):
                continue
            given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            name = key_of(call.args[0]) if call.args else key_of(given.get("key"))
            missing = [flag for flag in ("secure", "httponly") if flag not in given]
            if classify(name).strength and missing:
                yield self.practice(module, call, f"the cookie {shown(name)} has no {' and no '.join(missing)}")
