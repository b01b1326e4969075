"""What is read around a name that means a secret, and which of what is found remains."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest

from linter import bindings, extract, likelihood
from linter.bindings import Binding
from linter.bound import completed, may_hold
from linter.extract import Candidate, Extractor
from linter.model import Confidence, Secret, Severity
from tests.batches import batch_of

if TYPE_CHECKING:
    from linter.matcher import PatternEngine
    from linter.rules import PatternRule

PASSWORD = re.compile(bindings.reader(["passw", "identified\\s{1,4}by"], "chosen").encode())
VALUE = "Rv7mtq" + "-Lk29x"


def _read(text: str) -> list[tuple[str, str, str]]:
    found = bindings.read(PASSWORD, text.encode(), 0, len(text.encode()))
    return [(each.name, each.value, each.form) for each in found]


def test_the_reading_of_bindings_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    monkeypatch.setattr(extract, "TIME_LIMIT", -1.0)
    batch = batch_of(f'db_password = "{VALUE}"\n'.encode())
    windows = pattern_engine.session().places(batch).windows
    faults = Extractor(builtin_rules).extract(batch, windows).faults[0]
    assert any("generic-password took more than" in fault.reason for fault in faults)


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ('db_password = "{}"', "db_password", "quoted"),
        ("dbPassword: '{}',", "dbPassword", "quoted"),
        ('{{"password": "{}"}}', "password", "quoted"),
        ('"{{\\"password\\": \\"{}\\"}}"', "password", "quoted"),
        ('client.setPassword("{}");', "client.setPassword", "quoted"),
        ("ALTER USER app IDENTIFIED BY '{}'", "IDENTIFIED BY", "quoted"),
        ("DB_PASSWORD={}\n", "DB_PASSWORD", "plain"),
        ("Server=db;Password={};Encrypt=true", "Password", "plain"),
        ("https://app.test/?password={}&next=1", "password", "plain"),
        ("run --db-password {} now", "--db-password", "flag"),
        ("<password>{}</password>", "password", "element"),
        ("login ops password {}\n", "password", "line"),
        ('- name: DB_PASSWORD\n  value: "{}"', "DB_PASSWORD", "quoted"),
    ],
)
def test_a_binding_is_read_in_its_syntax(text: str, name: str, form: str) -> None:
    assert _read(text.format(VALUE)) == [(name, VALUE, form)]


@pytest.mark.parametrize(
    "text",
    [
        "password = get_password()",
        "password = settings.password\n",
        'password = "${DB_PASSWORD}"',
        '"password", "Rv7mtq": 1',
        "the password must be changed today, say all",
        'password = "opened and never closed',
    ],
)
def test_code_and_text_bind_nothing(text: str) -> None:
    assert [value for _, value, form in _read(text) if form != "plain"] == []


@pytest.mark.parametrize("name", ["next_token", "token_type", "password_field", "has_password", "public_key_id"])
def test_names_that_talk_about_a_secret_hold_none(name: str) -> None:
    assert not may_hold(name)


@pytest.mark.parametrize("name", ["db_password", "apiKey", "clientSecret", "password_confirmation", "session.sid"])
def test_names_of_secrets_may_hold_one(name: str) -> None:
    assert may_hold(name)


def _likelihood(name: str, value: str) -> float:
    return likelihood.load().of(Binding(name, value, (0, len(value)), "quoted", "", " = ", ""))


def test_random_values_are_likely_and_words_are_not() -> None:
    assert _likelihood("api_key", "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6") > 0.8
    assert _likelihood("db_password", "njv" + "kqhrtw") > 0.6
    assert _likelihood("password", "Enter your password") < 0.1
    assert _likelihood("api_key", "customer_identifier") < 0.1


@pytest.mark.parametrize(
    "value",
    [
        "q8Zt3Lw9" + "*" * 8 + "Md1Kp6",
        "ENC(q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6)",
        "{cipher}q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6",
        "MIGfMA0GCSqGSIb3DQEBAQUAA4" + "GNADCBiQKBgQDq8Zt3Lw9Xr2Vb7Nc4Md1Kp6",
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "q8Zt3Lw9Xr2Vb7Nc4Md1Kp6",
        "0x80090033",
        "1.3.6.1.5.5.7.3.2",
        "this.$store->get('smtp')",
        "98765432",
    ],
)
def test_forms_that_are_no_secrets_are_none_under_any_name(value: str) -> None:
    assert _likelihood("client_secret", value) == 0


@pytest.mark.parametrize("name", ["stripe_publishable_key", "NEXT_PUBLIC_API_KEY", "recaptchaSiteKey"])
def test_keys_that_are_called_public_are_no_secrets(name: str) -> None:
    assert _likelihood(name, "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6") == 0


def test_what_a_machine_made_in_an_object_a_cookie_or_basic_is_judged_by_itself() -> None:
    random = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
    assert _likelihood("api_token", '{\\"name\\":\\"ops\\",\\"sig\\":\\"' + random + '\\"}') > 0.6
    assert _likelihood("Cookie", f"session={random}; Path=/") > 0.6 > _likelihood("Cookie", "session=on; Path=/")
    assert _likelihood("Cookie", f"theme={random}; Path=/") == 0
    assert _likelihood("Authorization", "dGVzdDp" + "0ZXN0") < 0.1


def test_members_identifiers_and_small_numbers_are_no_secrets() -> None:
    judged = likelihood.load()
    assert judged.of(Binding("pass-", "pw_gid", (0, 6), "plain", "", ">", ";")) == 0
    assert judged.of(Binding("basic_credentials", "github_crc32", (0, 12), "quoted", "", '",\n"', '",')) == 0
    assert judged.of(Binding("max_tokens", "4096000", (0, 7), "plain", "", " = ", "")) == 0


@pytest.mark.parametrize(
    "binding",
    [
        Binding("api_key", "q8Zt3Lw9" + "Xr2Vb7", (0, 14), "quoted", "const ", " = ", '";'),
        Binding("db_password", "test" + "-Kmw21(x", (0, 12), "plain", "user: ada, ", ":", ", x"),
        Binding("TOKEN_NAME", "0123" + "4567" * 9, (0, 40), "flag", "f(", "=>", "\\"),
    ],
)
def test_a_likelihood_is_the_weighted_sum_of_all_features(binding: Binding) -> None:
    letters = likelihood.load()._letters
    seen = likelihood.features(binding, letters)
    weights = {name: 0.01 * number for number, name in enumerate(sorted(seen), 1)}
    judged = likelihood.Likelihood({**weights, "form: not seen": 1.0}, -0.5, letters)
    total = -0.5 + sum(weights[name] * value for name, value in seen.items())
    for _ in range(2):  # the second time the name is known
        assert math.isclose(judged.of(binding), 1 / (1 + math.exp(-total)))


def test_letters_of_words_are_told_from_letters_by_chance() -> None:
    letters = likelihood.load()._letters
    assert letters.likeness("authorization")[0] > 0 > letters.likeness("xkqzjvwp")[0]


def _candidate(rule: int, start: int, end: int, path_words: tuple[str, ...] = ()) -> Candidate:
    return Candidate(
        0, start, end, rule, Secret(b"x"), Severity.HIGH, Confidence.HIGH, (), False, path_words=path_words
    )


def test_a_rule_that_knows_the_form_wins_over_one_that_knows_the_name() -> None:
    known, bound = _candidate(0, 10, 20), _candidate(1, 8, 20)
    assert completed([known], [bound], frozenset()) == [known]


def test_a_bound_one_that_is_surer_of_the_same_bytes_stands_instead_of_an_ast_rule() -> None:
    doubtful, bound = _candidate(0, 10, 20)._replace(confidence=Confidence.LOW), _candidate(1, 10, 20)
    assert completed([doubtful], [bound], frozenset(), frozenset({0})) == [bound]
    assert completed([doubtful], [bound], frozenset()) == [doubtful]
    sure, wider = doubtful._replace(confidence=bound.confidence), doubtful._replace(end=21)
    for each in (sure, wider):
        assert completed([each], [bound], frozenset(), frozenset({0})) == [each]


def test_beside_a_practice_and_where_nothing_is_known_the_bound_one_remains() -> None:
    practice, bound = _candidate(0, 0, 40), _candidate(1, 8, 20)
    assert completed([practice], [bound], frozenset({0})) == [practice, bound]
    assert completed([], [bound], frozenset()) == [bound]


def test_where_another_rule_knows_it_in_some_paths_only_the_bound_one_stands_for_the_others() -> None:
    unsure, bound = _candidate(0, 10, 20, ("twitter",)), _candidate(1, 10, 20)
    assert completed([unsure], [bound], frozenset())[1].other_words == ("twitter",)
