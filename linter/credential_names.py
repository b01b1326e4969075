"""What a name says of the value it holds: that it is a credential, or only that it has to do with one.

A name is split into words and judged by its last telling word, the head noun: `token_url` is a URL, and
`url_token` is a token.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from linter.word_sets import word_set

__all__ = ["CERTAIN_KEYS", "CERTAIN_TOKENS", "KEY_MODIFIERS", "NOTHING", "Named", "classify", "words"]


class Named(NamedTuple):
    """How surely a name means a credential, from 0 (it does not) to 3; `chosen` if people choose its values.

    `is_token`: the noun is `token`, which parsers use for something else.
    """

    strength: int
    chosen: bool = False
    is_token: bool = False


NOTHING = Named(0)

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST_NAME = 100

_SYNONYMS = {
    "passwd": "password",
    "passphrase": "password",
    "passwort": "password",
    "pwd": "password",
    "pswd": "password",
    "psk": "password",
    "creds": "credential",
    "cred": "credential",
    "credentials": "credential",
}
_COMPOUND = re.compile(r"(?P<first>[a-z]*?)(?P<last>password|passwd|passphrase|secret|token)")

# Words behind a credential that do not change what it is.
_QUALIFIERS = word_set(
    "b prod production live dev development test testing staging stage local default str string value val b64 base64"
    " raw plain plaintext old new current bytes encoded literal const constant main primary secondary global backup"
    " fallback fallbacks here confirmation confirm repeat again base v"
)
# First words that make it a question, an action or a dummy.
_FIRST_NOT = word_set(
    "is has no not use uses show hide reset forgot forgotten invalid wrong bad encrypted hashed fake example dummy"
    " mock mocked sample ignored require required requires need needs enable enabled disable disabled allow allowed"
    " check validate verify missing empty num count max min can should want on expired revoked masked redacted"
    " stale unknown public generate create parse n"
)
CERTAIN_KEYS = word_set(
    "secret private api access encryption encrypt signing sign auth master consumer account storage hmac fernet aes"
    " jwt cookie crypto cipher shared subscription decryption symmetric"
)
_KEY_2 = word_set("client app application service webhook license deploy server bot oauth admin root ssh")
KEY_MODIFIERS = _KEY_2 | CERTAIN_KEYS
"""Words that make a key a credential."""

_TOKEN_NOT = word_set(
    "csrf xsrf next page eos bos pad mask masked max min num unk sep cls sync continuation start end stop first"
    " last prev previous cancel cancellation special image prompt completion input output total lexer cont cursor"
    " starting acquire release permit update lock pagination resume delim delimiter string name number word keyword"
    " operator op request change nextpage peek punctuation comment current line lookahead text type per begin bot"
    " eot identifier symbol class syntax separator idempotency sql ast python expected actual unexpected got newline"
    " indent dedent vocab tok unknown audio video document cached reasoning extra added css html xml json path"
    " language lang speaker assistant system creation"
)
CERTAIN_TOKENS = word_set(
    "access auth authentication authorization api bearer refresh secret session id oauth oauth2 user bot jwt security"
    " service client app admin private personal account github gitlab slack telegram discord twitter x hf huggingface"
    " openai npm pypi vault azure aws sts stripe registration registry login device push webhook verification reset"
    " invite confirm confirmation activation rest root master deploy ci job runner publish upload consumer sentry"
    " bearer sso saml mfa web http https server proxy db database mapbox dropbox facebook instagram linkedin notion"
    " airtable digitalocean heroku cloudflare databricks consul nomad sonar codecov snyk circle travis jira kube"
    " kubernetes cluster gh gl pat payment signing"
)
_PASS_NOT = word_set(
    "by first second one two single multi forward backward render compiler opt optimization 1 2 final did will test"
    " tests all must low high band boarding"
)


def words(name: str) -> tuple[str, ...]:
    """The words of a name in snake, kebab, camel or dotted case, lower case, synonyms put right."""
    found: list[str] = []
    for part in _WORD.findall(name[:_LONGEST_NAME]):
        word = part.lower()
        if (compound := _COMPOUND.fullmatch(word)) and compound["first"]:
            found += words(compound["first"])
            word = compound["last"]
        if word[-3:] == "key" and word[:-3] in KEY_MODIFIERS:
            found += (word[:-3], "key")
        elif word == "word" and found and found[-1] == "pass":
            found[-1] = "password"
        else:
            found.append(_SYNONYMS.get(word, word))
    return tuple(found)


@functools.lru_cache(maxsize=8192)
def classify(name: str) -> Named:
    """How surely a value of this name is a credential."""
    if "::" in name or "/" in name:  # a type of a resource, a path
        return NOTHING
    if name.lower() == "pwd":  # as often the working directory
        return Named(2, chosen=True)
    parts = list(words(name))
    while len(parts) > 1 and (parts[-1] in _QUALIFIERS or parts[-1].isdigit()):
        parts.pop()
    if not parts or (len(parts) > 1 and parts[0] in _FIRST_NOT and parts[:1] != ["reset"]):
        return NOTHING
    if parts[0] == "reset" and parts[-1] != "token":  # an action, or a token for it
        return NOTHING
    return _judge(parts[-1], parts[-2] if len(parts) > 1 else "")


def _judge(head: str, before: str) -> Named:
    if head == "password":
        return Named(3, chosen=True)
    if head == "secret":
        return Named(3)
    if head == "key":
        return Named(3 if before in CERTAIN_KEYS else 2 if before in _KEY_2 else 0)
    if head == "token":
        return NOTHING if before in _TOKEN_NOT else Named(3 if before in CERTAIN_TOKENS else 2, is_token=True)
    if head in ("jwt", "bearer", "credential"):
        return Named(2)
    if head == "authorization":
        return Named(3)
    if head == "pat" and before:
        return Named(2)
    if head in ("pass", "pw"):
        return NOTHING if before in _PASS_NOT else Named(2 if before else 1, chosen=True)
    return Named(1) if head == "auth" and not before else NOTHING
