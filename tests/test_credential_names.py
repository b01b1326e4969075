"""What names say of the values they hold."""

from __future__ import annotations

import pytest

from linter.credential_names import classify, words
from linter.value_score import is_wordlike, score


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("consumerSecret", ("consumer", "secret")),
        ("APIKey", ("api", "key")),
        ("X-API-Key", ("x", "api", "key")),
        ("db_pass_word", ("db", "password")),
        ("authtoken", ("auth", "token")),
        ("spring.datasource.password", ("spring", "datasource", "password")),
        ("OAuthToken", ("o", "auth", "token")),
        ("userpwd2", ("userpwd", "2")),
        ("", ()),
    ],
)
def test_a_name_is_split_into_words(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


CERTAIN = (
    "password db_passwd SECRET_KEY_PROD aws_secret_access_key apiKey accessToken bearer_token client_secret privatekey"
)
LIKELY = "token jwt bearer credentials app_key db_pass comma_token"
NOTHING = (
    "token_type TOKEN_URL password_hash key_id is_secret next_token eos_token max_tokens public_key sort_key keyword"
    " tokenizer password_field secret_name passwords AWS::AppSync::ApiKey has_password show_token reset_password"
    " private_key_path auth_method bypass compass keys creationToken"
)


@pytest.mark.parametrize("name", CERTAIN.split())
def test_it_is_certain(name: str) -> None:
    assert classify(name).strength == 3


@pytest.mark.parametrize("name", LIKELY.split())
def test_it_may_be(name: str) -> None:
    assert classify(name).strength == 2


@pytest.mark.parametrize("name", NOTHING.split())
def test_it_is_about_one(name: str) -> None:
    assert classify(name).strength == 0


def test_people_choose_passwords_and_not_tokens() -> None:
    assert classify("db_password").chosen
    assert not classify("api_token").chosen


RANDOM = [
    "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6",
    "9b1deb4d3b7d4bad" + "9bdd2b0d7b3dcb6d",
    "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY99zzKQ",
]
PLAUSIBLE = ["9b1deb4d-3b7d-4bad-9bdd-" + "2b0d7b3dcb6d", "dGVzdDp0" + "ZXN0QQ1", "xQhVbTzLmWcR" + "kPnDsJfG"]
NO_VALUE = [
    "",
    "short",
    "YOUR_ACCESS_TOKEN",
    "<your-api-key>",
    "${API_TOKEN}",
    "{{ token }}",
    "%(token)s",
    "xxxxxxxxxxxxxxxx",
    "my-secret-key-for-tests",
    "projects/1/secrets/db/versions/latest",
    "https://example.test/token",
    "/etc/ssl/private/server.key",
    "client_secret_basic",
    "accessTokenSecretKey",
    "2023-10-01",
    "0123456789abcdef0123456789abcdef",
    "arn:aws:secretsmanager:eu-west-1:1:secret:db",
    "pbkdf2_sha256$260000$x$y",
    "mot de passe clé 1234",
    "a text of words 123",
    "test-token-123",
]


@pytest.mark.parametrize("text", RANDOM)
def test_random_values(text: str) -> None:
    assert score(text, "key") == 3


@pytest.mark.parametrize("text", PLAUSIBLE)
def test_plausible_values(text: str) -> None:
    assert score(text, "key") == 2


@pytest.mark.parametrize("text", NO_VALUE)
def test_what_is_no_value(text: str) -> None:
    assert score(text, "api_token") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password", 0),
        ("changeme", 0),
        ("test", 0),
        ("hunter", 1),
        ("toor1", 1),
        ("123456", 1),
        ("postgres", 1),
        ("demo1234", 0),
        ("P@55w0rd!", 1),
        ("Summer" + "2024!", 2),
        ("Zx9!k" + "Lm2#Qp", 3),
        ("Tq7vX2" + "mK9pLz", 3),
    ],
)
def test_passwords(text: str, expected: int) -> None:
    assert score(text, "db_password", chosen=True) == expected


def test_a_value_that_repeats_its_name_is_none() -> None:
    assert score("mailgunLoginPhrase7", "MAILGUN_LOGIN_PHRASE_7") == 0


@pytest.mark.parametrize(("text", "expected"), [("my-project-2", True), ("NextToken", True), ("Xk9" + "qPz2", False)])
def test_words(text: str, expected: bool) -> None:
    assert is_wordlike(text) == expected
