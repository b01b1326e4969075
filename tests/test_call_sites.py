"""The clients of X: what they are given is found, with the right kind, in every form of the call."""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, NamedTuple

import pytest

from linter import ast_rules, sinks
from linter.ast_rules import analyse
from linter.model import Confidence
from linter.rule_files import read_files

if TYPE_CHECKING:
    from collections.abc import Sequence

SINKS = sinks.parse(read_files(sinks.builtin_files()))
RULES = [rule for rule in ast_rules.builtin(SINKS) if rule.id == "hardcoded-credential-known-client"]
ALL = ast_rules.builtin(SINKS)
_LETTERS = string.ascii_letters + string.digits
_DRAW = random.Random(7)


def _drawn(length: int, alphabet: str = _LETTERS) -> str:
    return "aB3" + "".join(_DRAW.choices(alphabet, k=length - 3))


KEY, SECRET, BEARER, CLIENT_ID, CLIENT_SECRET = "key", "secret", "bearer", "client id", "client secret"
TOKEN, TOKEN_SECRET, PASSPHRASE, COOKIE, ACCESS, REFRESH = "token", "token secret", "password", "cookie", "at", "rt"

KINDS = {
    KEY: ("twitter-api-key", _drawn(25)),
    SECRET: ("twitter-api-secret", _drawn(50)),
    TOKEN: ("twitter-access-token", "98652123-" + _drawn(40)),
    TOKEN_SECRET: ("twitter-access-token-secret", _drawn(45)),
    BEARER: ("twitter-bearer-token", _drawn(80)),
    CLIENT_ID: ("twitter-client-id", _drawn(34)),
    CLIENT_SECRET: ("twitter-client-secret", _drawn(50)),
    PASSPHRASE: ("twitter-password", "Maple-" + _drawn(9)),
    COOKIE: ("twitter-session-cookie", "".join(_DRAW.choices("0123456789abcdef", k=40))),
    ACCESS: ("twitter-oauth2-access-token", _drawn(91)),
    REFRESH: ("twitter-oauth2-refresh-token", _drawn(91)),
}


class Site(NamedTuple):
    """A callable and the names of its arguments by position; an argument that is no credential has no kind."""

    callable: str
    arguments: Sequence[tuple[str, str | None]]
    keyword_only: bool = False


QUAD = [
    ("consumer_key", KEY),
    ("consumer_secret", SECRET),
    ("access_token", TOKEN),
    ("access_token_secret", TOKEN_SECRET),
]
PAIR = QUAD[:2]
LONG = [*PAIR, ("access_token_key", TOKEN), ("access_token_secret", TOKEN_SECRET)]
BEARER_FIRST = [("bearer_token", BEARER)]
TWYTHON = [("app_key", KEY), ("app_secret", SECRET), ("oauth_token", TOKEN), ("oauth_token_secret", TOKEN_SECRET)]
OWNER = [
    ("client_key", KEY),
    ("client_secret", SECRET),
    ("resource_owner_key", TOKEN),
    ("resource_owner_secret", TOKEN_SECRET),
]
AUTHLIB = [("client_id", KEY), ("client_secret", SECRET), ("token", TOKEN), ("token_secret", TOKEN_SECRET)]

SITES = [
    Site("tweepy.Client", [*BEARER_FIRST, *QUAD]),
    Site("tweepy.asynchronous.AsyncClient", [*BEARER_FIRST, *QUAD]),
    Site("tweepy.OAuth1UserHandler", QUAD),
    Site("tweepy.OAuthHandler", QUAD),
    Site("tweepy.OAuth2AppHandler", PAIR),
    Site("tweepy.AppAuthHandler", PAIR),
    Site("tweepy.OAuth2BearerHandler", BEARER_FIRST),
    Site("tweepy.auth.OAuth2Bearer", BEARER_FIRST),
    Site("tweepy.OAuth2UserHandler", [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)], keyword_only=True),
    Site("tweepy.StreamingClient", BEARER_FIRST),
    Site("tweepy.asynchronous.AsyncStreamingClient", BEARER_FIRST),
    Site("tweepy.Stream", QUAD),
    Site("tweepy.asynchronous.AsyncStream", QUAD),
    Site("twitter.Api", LONG),
    Site("twitter.OAuth", [("token", TOKEN), ("token_secret", TOKEN_SECRET), *PAIR]),
    Site("twitter.OAuth2", [*PAIR, ("bearer_token", BEARER)]),
    Site("twitter.oauth_dance", [("app_name", None), *PAIR]),
    Site("twitter.oauth2_dance", PAIR),
    Site("twitter.UserPassAuth", [("username", None), ("password", PASSPHRASE)]),
    Site("TwitterAPI.TwitterAPI", LONG),
    Site("twython.Twython", [*TWYTHON, ("access_token", BEARER)]),
    Site("twython.TwythonStreamer", TWYTHON),
    Site("twarc.Twarc", QUAD),
    Site("twarc.Client", QUAD),
    Site("twarc.Twarc2", [*QUAD, ("bearer_token", BEARER)]),
    Site("twarc.client2.Twarc2", [*QUAD, ("bearer_token", BEARER)]),
    Site(
        "pytwitter.Api",
        [
            *BEARER_FIRST,
            *QUAD[:3],
            ("access_secret", TOKEN_SECRET),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ],
    ),
    Site("pytwitter.StreamApi", [*BEARER_FIRST, *PAIR]),
    Site("birdy.twitter.UserClient", QUAD),
    Site("birdy.twitter.StreamClient", QUAD),
    Site("birdy.twitter.AppClient", [*PAIR, ("access_token", BEARER)]),
    Site("peony.PeonyClient", [*QUAD, ("bearer_token", BEARER)]),
    Site("peony.BasePeonyClient", [*QUAD, ("bearer_token", BEARER)]),
    Site("searchtweets.ResultStream", [("endpoint", None), ("request_parameters", None), ("bearer_token", BEARER)]),
    Site("searchtweets.make_session", BEARER_FIRST),
    Site(
        "xdk.Client",
        [
            ("base_url", None),
            ("bearer_token", BEARER),
            ("access_token", ACCESS),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ],
    ),
    Site(
        "xdk.oauth1_auth.OAuth1",
        [
            ("api_key", KEY),
            ("api_secret", SECRET),
            ("callback", None),
            ("access_token", TOKEN),
            ("access_token_secret", TOKEN_SECRET),
        ],
    ),
    Site(
        "xdk.oauth2_auth.OAuth2PKCEAuth",
        [
            ("base_url", None),
            ("authorization_base_url", None),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ],
    ),
    Site("requests_oauthlib.OAuth1Session", OWNER),
    Site("requests_oauthlib.OAuth1", OWNER),
    Site("oauthlib.oauth1.Client", OWNER),
    Site("authlib.integrations.httpx_client.OAuth1Client", AUTHLIB),
    Site("authlib.integrations.httpx_client.AsyncOAuth1Client", AUTHLIB),
    Site("authlib.integrations.requests_client.OAuth1Session", AUTHLIB),
    Site("authlib.integrations.requests_client.OAuth1Auth", AUTHLIB),
    Site("oauth2.Consumer", [("key", KEY), ("secret", SECRET)]),
    Site("oauth2.Token", [("key", TOKEN), ("secret", TOKEN_SECRET)]),
    Site("rauth.OAuth1Service", PAIR, keyword_only=True),
    Site(
        "langchain_community.document_loaders.TwitterTweetLoader.from_bearer_token",
        [("oauth2_bearer_token", BEARER)],
        keyword_only=True,
    ),
    Site(
        "langchain_community.document_loaders.TwitterTweetLoader.from_secrets",
        [("access_token", TOKEN), ("access_token_secret", TOKEN_SECRET), *PAIR],
        keyword_only=True,
    ),
]


def _expected(site: Site) -> list[tuple[str, str]]:
    return sorted(KINDS[kind] for _, kind in site.arguments if kind)


def _found(source: str) -> list[tuple[str, str]]:
    """The kinds and the values of what is found, each value at its own place."""
    analysis = analyse(source.encode(), RULES)
    assert analysis.fault is None
    found = []
    for candidate in analysis.candidates:
        assert candidate.secret is not None
        assert b"".join(source.encode()[start:end] for start, end in candidate.spans) == candidate.secret
        found.append((candidate.kind or "", candidate.secret.decode()))
    return sorted(found)


def _value(kind: str | None) -> str:
    return "None" if kind is None else f'"{KINDS[kind][1]}"'


def _keywords(site: Site) -> str:
    return ", ".join(f"{name}={_value(kind)}" for name, kind in site.arguments)


SITES_BY_NAME = pytest.mark.parametrize("site", SITES, ids=lambda site: site.callable)


@pytest.mark.parametrize("site", [site for site in SITES if not site.keyword_only], ids=lambda site: site.callable)
def test_by_position(site: Site) -> None:
    call = ", ".join(_value(kind) for _, kind in site.arguments)
    source = f"import {site.callable.rpartition('.')[0]}\nclient = {site.callable}({call})\n"
    assert _found(source) == _expected(site)


@SITES_BY_NAME
def test_by_name_under_an_alias(site: Site) -> None:
    module, _, name = site.callable.rpartition(".")
    assert _found(f"from {module} import {name} as Renamed\nRenamed({_keywords(site)})\n") == _expected(site)


@SITES_BY_NAME
def test_under_an_alias_of_the_module(site: Site) -> None:
    module, _, name = site.callable.rpartition(".")
    assert _found(f"import {module} as m\nmake = m.{name}\nmake({_keywords(site)})\n") == _expected(site)


@SITES_BY_NAME
def test_one_hop_away(site: Site) -> None:
    module, _, name = site.callable.rpartition(".")
    lines = [f"v{number} = {_value(kind)}" for number, (_, kind) in enumerate(site.arguments)]
    call = ", ".join(f"{each}=v{number}" for number, (each, _) in enumerate(site.arguments))
    source = f"from {module} import {name}\n" + "\n".join(lines) + f"\ndef main():\n    return {name}({call})\n"
    assert _found(source) == _expected(site)


@SITES_BY_NAME
def test_in_a_class(site: Site) -> None:
    module, _, name = site.callable.rpartition(".")
    lines = [f"        self.v{number} = {_value(kind)}" for number, (_, kind) in enumerate(site.arguments)]
    call = ", ".join(f"{each}=self.v{number}" for number, (each, _) in enumerate(site.arguments))
    source = (
        f"from {module} import {name}\nclass Bot:\n    def __init__(self):\n"
        + "\n".join(lines)
        + f"\n    def connect(self):\n        return {name}({call})\n"
    )
    assert _found(source) == _expected(site)


@SITES_BY_NAME
def test_through_a_dict(site: Site) -> None:
    module, _, name = site.callable.rpartition(".")
    entries = ", ".join(f'"{each}": {_value(kind)}' for each, kind in site.arguments)
    assert _found(f"from {module} import {name}\nkeys = {{{entries}}}\n{name}(**keys)\n") == _expected(site)
    lookups = ", ".join(f'{each}=keys["{each}"]' for each, _ in site.arguments)
    assert _found(f"from {module} import {name}\nkeys = {{{entries}}}\n{name}({lookups})\n") == _expected(site)


def _of(*kinds: str) -> list[tuple[str, str]]:
    return sorted(KINDS[kind] for kind in kinds)


METHODS = {
    "set_access_token": (
        "import tweepy\nauth = tweepy.OAuthHandler(a, b)\n"
        f"auth.set_access_token({_value(TOKEN)}, {_value(TOKEN_SECRET)})",
        (TOKEN, TOKEN_SECRET),
    ),
    "set_access_token in a class": (
        "import tweepy\nclass B:\n    def __init__(self):\n        self.auth = tweepy.OAuth1UserHandler(a, b)\n"
        f"    def go(self):\n        self.auth.set_access_token({_value(TOKEN)}, {_value(TOKEN_SECRET)})",
        (TOKEN, TOKEN_SECRET),
    ),
    "SetCredentials": (
        f"import twitter\napi = twitter.Api()\napi.SetCredentials({_value(KEY)}, {_value(SECRET)}, t, s)",
        (KEY, SECRET),
    ),
    "GetAppOnlyAuthToken": (
        f"import twitter\napi = twitter.Api()\napi.GetAppOnlyAuthToken({_value(KEY)}, {_value(SECRET)})",
        (KEY, SECRET),
    ),
    "generate_bearer_token": (
        f"from pytwitter import StreamApi\nStreamApi().generate_bearer_token({_value(KEY)}, {_value(SECRET)})",
        (KEY, SECRET),
    ),
    "invalidate_bearer_token": (
        "from pytwitter import Api\nApi().invalidate_bearer_token"
        f"(consumer_key={_value(KEY)}, consumer_secret={_value(SECRET)}, access_token={_value(BEARER)})",
        (KEY, SECRET, BEARER),
    ),
    "attribute": (
        f"import tweepy\nauth = tweepy.OAuthHandler(a, b)\nauth.access_token = {_value(TOKEN)}",
        (TOKEN,),
    ),
    "login": (
        f"from twikit import Client\nc = Client()\nasync def f():\n    await c.login(password={_value(PASSPHRASE)})",
        (PASSPHRASE,),
    ),
    "set_cookies": (
        f'from twikit import Client\nc = Client()\nc.set_cookies({{"auth_token": {_value(COOKIE)}}})',
        (COOKIE,),
    ),
    "add_account": (
        "from twscrape import AccountsPool\npool = AccountsPool()\n"
        f'async def f():\n    await pool.add_account("user", {_value(PASSPHRASE)}, "a@b.example")',
        (PASSPHRASE,),
    ),
    "token of the SDK": (
        f'import xdk\nxdk.Client(token={{"access_token": {_value(ACCESS)}, "refresh_token": {_value(REFRESH)}}})',
        (ACCESS, REFRESH),
    ),
    "partial": (
        f"import functools, tweepy\nmake = functools.partial(tweepy.OAuthHandler, {_value(KEY)}, {_value(SECRET)})",
        (KEY, SECRET),
    ),
    "star import": (f"from tweepy import *\nOAuthHandler({_value(KEY)}, {_value(SECRET)})", (KEY, SECRET)),
    "splat of a list": (
        f"import tweepy\nkeys = [{_value(KEY)}, {_value(SECRET)}]\ntweepy.OAuthHandler(*keys)",
        (KEY, SECRET),
    ),
    "default of a parameter": (
        f"import tweepy\ndef make(b={_value(BEARER)}):\n    return tweepy.Client(b)",
        (BEARER,),
    ),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_attributes_and_other_ways(name: str) -> None:
    source, kinds = METHODS[name]
    assert _found(source) == _of(*kinds)


def test_before_tweepy_4_5_the_third_argument_was_the_callback() -> None:
    source = f'import tweepy\ntweepy.OAuthHandler({_value(KEY)}, {_value(SECRET)}, "https://example.test/callback")'
    assert _found(source) == _of(KEY, SECRET)


def test_one_module_name_and_two_packages() -> None:
    first = f"import twitter\ntwitter.Api({_value(KEY)}, {_value(SECRET)}, {_value(TOKEN)}, {_value(TOKEN_SECRET)})"
    second = f"import twitter\ntwitter.OAuth({_value(TOKEN)}, {_value(TOKEN_SECRET)}, {_value(KEY)}, {_value(SECRET)})"
    assert _found(first) == _found(second) == _of(KEY, SECRET, TOKEN, TOKEN_SECRET)


def test_a_form_that_proves_another_kind_is_believed() -> None:
    source = f"import tweepy\ntweepy.OAuthHandler({_value(TOKEN)}, {_value(SECRET)})"
    assert _found(source) == _of(TOKEN, SECRET)


def test_the_right_form_makes_it_certain() -> None:
    def confidence(value: str) -> list[Confidence]:
        source = f'import tweepy\ntweepy.OAuth2AppHandler(key, "{value}")'
        return [candidate.confidence for candidate in analyse(source.encode(), RULES).candidates]

    assert confidence(KINDS[SECRET][1]) == [Confidence.HIGH]
    assert confidence(KINDS[SECRET][1] + "x-" + _drawn(9)) == [Confidence.MEDIUM]
    assert confidence("YOUR_CONSUMER_SECRET") == []
    assert confidence("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") == []


@pytest.mark.parametrize(
    "value", ["os.environ['T']", "get()", '""', "None", '"test"', '"YOUR_API_KEY"', '"..."', '"<key>"']
)
def test_look_ups_and_placeholders_are_no_findings(value: str) -> None:
    for site in SITES:
        module, _, name = site.callable.rpartition(".")
        keywords = ", ".join(f"{each}={value}" for each, _ in site.arguments)
        assert analyse(f"import os\nfrom {module} import {name}\n{name}({keywords})\n".encode(), ALL).candidates == ()
