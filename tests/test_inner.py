"""Text inside text is found in any nesting, at the place of what says it, and at a bounded cost."""

from __future__ import annotations

import base64
import html
import json
import random
import re
import string
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest

from linter import inner
from linter.extract import Extractor
from linter.inner import InnerTexts
from linter.structures.encoding import unescaped
from tests import invented, x_credentials
from tests.batches import batch_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.extract import Candidate, Extraction
    from linter.matcher import Engine
    from linter.rules import PatternRule

CHARACTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def _text(chance: random.Random, length: int, alphabet: str = CHARACTERS) -> str:
    return "".join(chance.choices(alphabet, k=length))


def _x_quad(chance: random.Random) -> tuple[str, str]:
    secret = x_credentials.api_secret(chance)
    return f"twitter_api_key: {x_credentials.api_key(chance)}\ntwitter_api_secret: {secret}\n", secret


def _aws(chance: random.Random) -> tuple[str, str]:
    secret = "aB3" + _text(chance, 37, CHARACTERS + "/+")
    return f'aws_secret_access_key = "{secret}"\n', secret


def _database(chance: random.Random) -> tuple[str, str]:
    password = f"Rv7m-{_text(chance, 10)}"
    return f"DATABASE_URL=postgres://ledger:{password}@db.corp.test:5432/ledger\n", password


def _web(chance: random.Random) -> tuple[str, str]:
    password = f"tq_{_text(chance, 12)}"
    return f"git clone https://deploy:{password}@git.corp.test/site.git", password


def _key(chance: random.Random) -> tuple[str, str]:
    kind = "PRIV" + "ATE KEY"
    body = base64.encodebytes(b"\x30\x82\x02\x5c\x02\x01\x00\x02\x81\x81" + chance.randbytes(598)).decode()
    return (key := f"-----BEGIN RSA {kind}-----\n{body}-----END RSA {kind}-----") + "\n", key


def _bare(value: str, name: str = "TOKEN") -> tuple[str, str]:
    return f"{name}={value}\n", value


MAKERS: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "github": lambda chance: _bare(invented.github_token(chance.randrange(1 << 30))),
    "slack": lambda chance: _bare(invented.slack_token(chance.randrange(1 << 30))),
    "aws id": lambda chance: _bare("AK" + "IA" + _text(chance, 16, string.ascii_uppercase + "234567")),
    "aws secret": _aws,
    "stripe": lambda chance: _bare("sk_" + "live_" + _text(chance, 24)),
    "gitlab": lambda chance: (f"token is glp{'at-'}{(body := _text(chance, 20))} here", f"glp{'at-'}{body}"),
    "digitalocean": lambda chance: _bare("dop" + "_v1_" + _text(chance, 64, HEX)),
    "hugging face": lambda chance: _bare("hf" + "_" + _text(chance, 34)),
    "x bearer": lambda chance: _bare(x_credentials.bearer(chance)),
    "x access": lambda chance: _bare(x_credentials.access_token(chance)),
    "x quad": _x_quad,
    "database": _database,
    "web": _web,
    "private key": _key,
}


def _each(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(number) for number in text.encode())


def _literal(text: str) -> str:
    """A literal of JSON as writers for the web make it, without quotes."""
    written = json.dumps(text)[1:-1].replace("/", "\\/")
    for sign in "=<>&'":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


class Way(NamedTuple):
    """A way of writing, and what the evidence calls it."""

    write: Callable[[str], str]
    told: str


WAYS = (
    Way(lambda text: base64.b64encode(text.encode()).decode(), "base64"),
    Way(lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), "base64"),
    Way(lambda text: base64.encodebytes(text.encode()).decode(), "base64"),
    Way(lambda text: base64.b64encode(text.encode("utf-16-le")).decode(), "base64, UTF-16"),
    Way(lambda text: text.encode().hex(), "hexadecimal"),
    Way(lambda text: quote(text, safe=""), "percent-encoded"),
    Way(_each("%{:02X}"), "percent-encoded"),
    Way(_each("\\x{:02x}"), "escaped"),
    Way(_each("\\u{:04x}"), "escaped"),
    Way(_literal, "escaped"),
    Way(_each("&#{};"), "HTML entities"),
    Way(_each("&#x{:X};"), "HTML entities"),
    Way(lambda text: html.escape(text, quote=True), "HTML entities"),
)
CARRIERS = ("{}", 'data = "{}"', "payload: {}\n", "<a title='{}'>", "curl -d '{}'", "https://a.test/?q={}&r=1")


def _nested(chance: random.Random, text: str) -> tuple[str, list[str]]:
    """The text, written in up to three ways, each in some surroundings; and what they are called, from the outside."""
    told: list[str] = []
    for _ in range(chance.randint(1, inner.DEPTH)):
        way = chance.choice(WAYS)
        text = chance.choice(CARRIERS).format(way.write(text))
        told.insert(0, way.told)
    return text, told


def _extraction(engine: Engine, rules: tuple[PatternRule, ...], *contents: bytes) -> Extraction:
    batch = batch_of(*contents)
    session = engine.session()
    return InnerTexts(session, Extractor(rules)).extract(batch, session.places(batch))


def _plain(secret: bytes | str) -> str:
    """A secret without the line ends and escapes that it may be spelled with."""
    text = unescaped(secret.encode() if isinstance(secret, str) else secret).decode("utf-8", "replace")
    return re.sub(r"\\+n|\n|\\", "", text)


def _values(candidates: list[Candidate]) -> set[str]:
    return {_plain(each.secret.reveal()) for each in candidates}


@pytest.mark.parametrize("engine", ["pattern_engine", "plain_engine"])
def test_two_hundred_secrets_in_random_nestings_are_found(
    engine: str, request: pytest.FixtureRequest, builtin_rules: tuple[PatternRule, ...]
) -> None:
    chance = random.Random(20)
    makers = list(MAKERS)
    made = [(name := makers[number % len(makers)], *MAKERS[name](chance)) for number in range(200)]
    nested = [_nested(chance, text) for _, text, _ in made]
    engine_used = request.getfixturevalue(engine)
    missed = []
    for (name, _, secret), (text, told) in zip(made, nested, strict=True):
        extraction = _extraction(engine_used, builtin_rules, text.encode())
        assert not extraction.faults
        if _plain(secret) not in _values(extraction.candidates):
            missed.append((name, told, text[:60]))
    assert missed == []
