"""How likely a value is a secret, from its characters."""

from __future__ import annotations

import base64
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import plausibility
from tests import invented

PLACEHOLDERS = [
    b"your_api_key_goes_in_this_place",
    b"YOUR-TOKEN",
    b"<token>",
    b"${TOKEN}",
    b"$TOKEN",
    b"{{ token }}",
    b"%(token)s",
    b"%TOKEN%",
    b"[token]",
    b"changeme-please",
    b"abc_EXAMPLE_def",
    b"AKIAIOSFODNN7" + b"EXAMPLE",
    b"insert_token_here",
    b"sk-...",
    b"sk-\xe2\x80\xa6",
    b"ghp_" + b"xxxx" * 9,
    b"****************",
    b"0000000000000000",
    b"aB3" + b"z" * 8 + b"Q9",
    b"0123456789abcdef",
    b"zyxwvutsrqponmlk",
    b"k12345678q",
    b"aB" * 20,
    b"fake_key_1",
    b"myServiceAccountKey",
]


@pytest.mark.parametrize("value", PLACEHOLDERS, ids=repr)
def test_a_placeholder_is_known(value: bytes) -> None:
    assert plausibility.is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [invented.github_token(seed).encode() for seed in range(20)]
    + [invented.aws_secret(seed).encode() for seed in range(20)]
    + [b"", b"a", b"abcdefg", b"7654321", b"Maple-River-81", b"aabbccddeeff"],
    ids=lambda value: f"{len(value)} bytes",
)
def test_a_random_value_is_no_placeholder(value: bytes) -> None:
    assert not plausibility.is_placeholder(value)


@pytest.mark.parametrize("row", [b"cdefghij", b"76543210", b"zzzzzzzz"], ids=repr)
@pytest.mark.parametrize("before", range(7))
def test_a_row_of_eight_is_known_wherever_it_stands(row: bytes, before: int) -> None:
    assert plausibility.is_placeholder(b"Q4tW9mB"[:before] + row + b"X2")
    assert not plausibility.is_placeholder(b"Q4tW9mB"[:before] + row[:7] + b"X2")


NO_SECRETS = [
    b"utf8_to_utf16_dup(v);",
    b"keys.read(path, mode)",
    b"pw_gecos",
    b"magnet:?xt=urn:btih:" + b"be08f00302bc2d1d3cfa" + b"3af02024fa647a271431",
    b"urn:ietf:params:oauth:token-type:jwt",
    b"1111-aaaaa",
    b"Salasana",
    b"aaa.bbb.ccc",
    base64.b64encode(b"user:passwd"),
    base64.b64encode(b"username:"),
    base64.b64encode(b"ada:ada"),
    base64.b64encode("имя:пароль".encode()),
]
SECRETS = [
    b"tq_Lk(29)x!",
    b"pw_Rv7mtq",
    b"urn-Rv7mtq",
    b"1111-aaaab",
    b"111aaa222bbb",
    base64.b64encode(b"ada:Maple-River-81"),
    base64.b64encode(b"ada-passwd"),
    base64.b64encode(bytes(range(200, 224)) + b":"),
]


@pytest.mark.parametrize("value", NO_SECRETS, ids=repr)
def test_what_is_no_secret_is_a_placeholder_too(value: bytes) -> None:
    assert plausibility.is_no_secret(value)
    assert plausibility.is_placeholder(value)


@pytest.mark.parametrize("value", SECRETS, ids=range(len(SECRETS)))
def test_what_looks_like_no_secret_may_be_one(value: bytes) -> None:
    assert not plausibility.is_no_secret(value)


@pytest.mark.parametrize("value", [b"", b"password", b"PassWord", b"'secret'", b"aaaaaa", b"****", b"user", b"-token-"])
def test_a_word_that_stands_for_a_password_is_trivial(value: bytes) -> None:
    assert plausibility.is_trivial_password(value)


@pytest.mark.parametrize("value", [b"Maple-River-81", b"hunter2", b"password1", b"root"])
def test_a_chosen_password_is_not_trivial(value: bytes) -> None:
    assert not plausibility.is_trivial_password(value)


@pytest.mark.parametrize(
    "value",
    [b"root", b"password1", b"test123", b"MyPassword", b"admin:admin", b"p@ssw0rd", b"db_pass", b"acme-api-token"],
)
def test_a_password_of_examples_is_common(value: bytes) -> None:
    assert plausibility.is_common_password(value)


@pytest.mark.parametrize("value", [b"Maple-River-81", b"hunter2", b"test-Kmw21x", b"password-193847", b"tq-Lk29"])
def test_a_password_of_other_words_is_not_common(value: bytes) -> None:
    assert not plausibility.is_common_password(value)


@pytest.mark.parametrize(("value", "bits"), [(b"", 0.0), (b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0)])
def test_entropy_is_shannons(value: bytes, bits: float) -> None:
    assert math.isclose(plausibility.entropy(value), bits, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("value", "number"), [(b"", 0), (b"abc", 1), (b"aB", 2), (b"aB3", 3), (b"aB3-", 4), (b"-_-", 1)]
)
def test_classes_are_counted(value: bytes, number: int) -> None:
    assert plausibility.classes(value) == number


@given(st.binary(max_size=200))
def test_any_value_can_be_judged(value: bytes) -> None:
    assert 0 <= plausibility.entropy(value) <= 8
    assert 0 <= plausibility.classes(value) <= 4
    assert plausibility.is_placeholder(value) in (True, False)
    assert plausibility.is_trivial_password(value) in (True, False)
    assert plausibility.is_common_password(value) in (True, False)


def test_a_random_value_that_begins_as_a_word_does_is_no_placeholder() -> None:
    assert not plausibility.is_placeholder(b"MyUT0wPfrBeRLgua" + b"MfhkToC3zvlZHVJccff")
    assert plausibility.is_placeholder(b"my-api-token-1")
    assert plausibility.is_placeholder(b"myApiToken")
