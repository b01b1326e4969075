"""Credentials of X: proved bare, found in every container at the exact place, joined to sets."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from linter.rule_examples import spans
from tests import git_repositories, x_credentials
from tests.batches import batch_of, found

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from linter.matcher import PatternEngine
    from linter.rules import PatternRule
    from tests.command import Twlint

VALUES = 5_000

BARE: dict[str, Callable[[random.Random], str]] = {
    "twitter-bearer-token": x_credentials.bearer,
    "twitter-access-token": x_credentials.access_token,
    "twitter-client-id": x_credentials.client_id,
    "twitter-oauth2-access-token": partial(x_credentials.oauth2_token, kind="at"),
    "twitter-oauth2-refresh-token": partial(x_credentials.oauth2_token, kind="rt"),
    "twitter-oauth2-code": partial(x_credentials.oauth2_token, kind="ac"),
    "twitter-request-token": x_credentials.request_token,
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("rule", BARE)
def test_a_structured_kind_is_found_without_any_word(
    rule: str, seed: int, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    chance = random.Random(seed)
    values = [BARE[rule](chance) for _ in range(VALUES // 2)]
    claimed = found(batch_of(*(f"a {value} b".encode() for value in values)), builtin_rules, pattern_engine)
    right = {
        each.content for each in claimed if each.rule == rule and each.end - each.start == len(values[each.content])
    }
    assert len(right) >= 0.999 * len(values)


CONTAINERS = {
    ".env": "BEARER_TOKEN={0}\nCONSUMER_SECRET={1}\n# twitter\n",
    "config.json": '{{"twitter": {{"bearerToken": "{0}", "apiSecret": "{1}"}}}}',
    "config.yaml": "twitter:\n  bearer_token: {0}\n  api_secret: {1}\n",
    "config.toml": '[twitter]\nbearer = "{0}"\napi_secret = "{1}"\n',
    "twitter4j.properties": "bearer={0}\noauth.consumerSecret={1}\n",
    "settings.ini": "[twitter]\nbearer = {0}\nconsumer_secret = {1}\n",
    "bot.py": 'import tweepy\nc = tweepy.Client("{0}")\nconsumer_secret = b"{1}"\n',
    "bot.js": "const T = new TwitterApi('{0}')\nconst x = {{ appSecret: '{1}' }}\n",
    "bot.ts": "import {{ TwitterApi }} from 'twitter-api-v2'\nconst appSecret: string = '{1}'\nconst b = `{0}`\n",
    "bot.rb": "client = X::Client.new(bearer_token: '{0}', api_key_secret: %q({1}))\n",
    "bot.php": "<?php // twitter\n$s = ['consumer_secret' => '{1}', 'bearer' => '{0}'];\n",
    "Bot.java": 'import twitter4j.*;\ncb.setOAuthConsumerSecret("{1}");\nString b = "{0}";\n',
    "bot.go": 'import "github.com/dghubble/go-twitter/twitter"\nconst consumerSecret = "{1}"\nvar b = `{0}`\n',
    "Bot.cs": 'using Tweetinvi;\nvar ConsumerSecret = @"{1}";\nvar b = "{0}";\n',
    "bot.R": 'library(rtweet) # twitter\ncreate_token(consumer_secret = "{1}")\nbearer <- "{0}"\n',
    "deploy.sh": "export TWITTER_API_SECRET='{1}'\nexport 'BEARER_TOKEN'='{0}'\n",
    "curl.sh": 'curl -H "Authorization: Bearer {0}" https://api.x.com/2/tweets\nCONSUMER_SECRET={1}\n',
    "x.http": "GET https://api.x.com/2/users/me\nAuthorization: Bearer {0}\nX-Consumer-Secret: {1}\n",
    "url.txt": "https://api.x.com/oauth2/invalidate_token?access_token={0}&consumer_secret={1}&x=1\n",
    "README.md": "| Twitter API secret | `{1}` |\n\nThe bearer token is `{0}`.\n",
    "a.ipynb": '{{"cells": [{{"source": ["import tweepy\\n", "consumer_secret = \\"{1}\\"\\n", "b = \\"{0}\\""]}}]}}',
    "strings.xml": '<string name="twitter_consumer_secret" translatable="false">{1}</string>\n<b>{0}</b>\n',
    "Dockerfile": "FROM a\nENV TWITTER_API_SECRET={1}\nENV TWITTER_BEARER_TOKEN {0}\n",
    "compose.yml": "environment:\n  - TWITTER_API_SECRET={1}\n  - TWITTER_BEARER_TOKEN={0}\n",
    "pod.yaml": "env:\n  - name: TWITTER_API_SECRET\n    value: {1}\n  - name: B\n    value: {0}\n",
    "main.tf": 'variable "twitter_api_secret" {{\n  default = "{1}"\n}}\nlocals {{ b = "{0}" }}\n',
    "rows.csv": "twitter,consumer_secret,{1},bearer,{0}\n",
    "dump.sql": "INSERT INTO s VALUES ('twitter_consumer_secret', '{1}', '{0}');\n",
    "app.log": "10:00 DEBUG twitter consumer_secret={1} header Bearer {0}\n",
    "app.min.js": 'var a=1,t=new Twit({{consumer_secret:"{1}",b:"{0}"}});module.exports=t\n',
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_does_not_hide_a_credential(
    name: str, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    chance = random.Random(len(name))
    bearer, secret = x_credentials.bearer(chance), x_credentials.api_secret(chance)
    text = CONTAINERS[name].format(bearer, secret)
    expected = {
        ("twitter-bearer-token", text.index(bearer), text.index(bearer) + len(bearer)),
        ("twitter-api-secret", text.index(secret), text.index(secret) + len(secret)),
    }
    assert set(spans(text, builtin_rules, pattern_engine)) == expected


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as issued": str,
    "lower case": lambda value: value.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
    "decoded": lambda value: value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="),
    "escaped": lambda value: value.replace("%2B", "\\u002b").replace("%2F", "\\u002f").replace("%3D", "\\u003d"),
    "twice": lambda value: value.replace("%", "%25"),
}


def test_the_spellings_of_one_token_are_one_finding(twlint: Twlint, project: Path) -> None:
    value = x_credentials.bearer(random.Random(5))
    for number, spelled in enumerate(SPELLINGS.values()):
        (project / f"{number}.txt").write_text(f"x {spelled(value)} y\n")
    (finding,) = twlint.json("--no-history")["findings"]
    assert len(finding["occurrences"]) == len(SPELLINGS)


def _quad(seed: int) -> tuple[str, str, str, str]:
    chance = random.Random(seed)
    return (
        x_credentials.api_key(chance),
        x_credentials.api_secret(chance),
        x_credentials.access_token(chance),
        x_credentials.token_secret(chance),
    )


def test_four_credentials_that_belong_together_are_one_finding(twlint: Twlint, project: Path) -> None:
    key, secret, token, token_secret = _quad(1)
    (project / "bot.rb").write_text(f'T = Client.new("{key}", "{secret}",\n  "{token}", "{token_secret}")\n')
    (project / "again.txt").write_text(f"twitter api_secret = {secret}\n")
    (project / "token.txt").write_text(f"{token}\n")
    (finding,) = twlint.json("--no-history")["findings"]
    assert (finding["rule"], finding["severity"]) == ("twitter-oauth1-credentials", "critical")
    assert [(part["rule"], part["location"]["line"]) for part in finding["parts"]] == [
        ("twitter-api-key", 1),
        ("twitter-api-secret", 1),
        ("twitter-access-token", 2),
        ("twitter-access-token-secret", 2),
    ]
    assert {place["path"] for place in finding["occurrences"]} == {"bot.rb", "again.txt", "token.txt"}


def test_two_sets_in_one_file_are_two_findings(twlint: Twlint, project: Path) -> None:
    lines = [f"CONSUMER_KEY={key}\nCONSUMER_SECRET={secret}\n" for key, secret, _, _ in (_quad(2), _quad(3))]
    (project / ".env").write_text("".join(lines))
    findings = twlint.json("--no-history")["findings"]
    assert [(finding["rule"], finding["location"]["line"]) for finding in findings] == [
        ("twitter-api-credentials", 2),
        ("twitter-api-credentials", 4),
    ]
    assert [[part["location"]["line"] for part in finding["parts"]] for finding in findings] == [[1, 2], [3, 4]]
    assert {finding["location"]["site"] for finding in findings} == {"environment-file"}


def test_a_part_far_away_or_of_another_service_is_no_partner(twlint: Twlint, project: Path) -> None:
    key, secret, _, _ = _quad(4)
    (project / "a.txt").write_text(f"twitter api_key = {key}\n" + "\n" * 20 + f"twitter api_secret = {secret}\n")
    (project / "b.txt").write_text(f"twitter\ntumblr_consumer_secret = {_quad(6)[1]}\n")
    rules = [finding["rule"] for finding in twlint.json("--no-history")["findings"]]
    assert rules == ["twitter-api-key", "twitter-api-secret", "generic-secret"]


def test_the_same_secret_elsewhere_needs_no_word(twlint: Twlint, project: Path) -> None:
    key, secret, _, _ = _quad(13)
    (project / "a.rb").write_text(f'OAuth.new("{key}", "{secret}")\n')
    (project / "b.service").write_text(f"Environment=CONSUMER_SECRET={secret}\n")
    (finding,) = twlint.json("--no-history")["findings"]
    assert [place["path"] for place in finding["occurrences"]] == ["a.rb", "b.service"]


def test_the_path_may_say_whose_credential_it_is(twlint: Twlint, project: Path) -> None:
    secret = _quad(7)[1]
    (project / "a.txt").write_text(f"api_secret = {secret}\n")
    assert twlint.json("--no-history")["findings"] == []
    (project / "a.txt").rename(project / "twitter.txt")
    (finding,) = twlint.json("--no-history")["findings"]
    assert finding["rule"] == "twitter-api-secret"


@pytest.mark.parametrize(
    ("comments", "status"),
    [
        (("", "# {}: ignore[twitter-api-credentials] a reason"), "suppressed"),
        (("# {}: ignore[twitter-api-credentials] a reason", ""), "suppressed"),
        (("", "# {}: ignore[twitter-api-secret] a reason"), "suppressed"),
        (("# {}: ignore[twitter-api-key] public anyway", ""), "new"),
    ],
)
def test_a_comment_covers_a_set_but_not_by_a_lesser_part(
    comments: tuple[str, str], status: str, twlint: Twlint, project: Path
) -> None:
    key, secret, _, _ = _quad(8)
    on_key, on_secret = (comment.format("twlint") for comment in comments)
    (project / "a.py").write_text(f"consumer_key = '{key}'  {on_key}\nconsumer_secret = '{secret}'  {on_secret}\n")
    (finding,) = twlint.json("--no-history")["findings"]
    assert finding["status"] == status


def test_an_expired_token_is_low_and_a_sample_is_shown_on_request(twlint: Twlint, project: Path) -> None:
    parts = ["Q0Mzb0VhZ0V5dmNXSTEyNER2MFNfVW50RzdXdTN6STFxQlVkTGhTc1lC", "dlBiOjE2MjIxNDc3NDM5MTQ6MToxOmF0OjE"]
    (project / "a.txt").write_text(x_credentials.oauth2_token(random.Random(9), "at") + "\n")
    (project / "sample.txt").write_text("".join(parts) + "\n")
    fresh, sample = twlint.json("--no-history")["findings"]
    assert (fresh["severity"], fresh["evidence"][-1]) == ("low", "expired")
    assert (sample["status"], fresh["status"]) == ("suppressed", "new")
    assert [finding["status"] for finding in twlint.json("--no-history", "--show-samples")["findings"]] == ["new"] * 2


def test_a_practice_is_found_in_the_tree_only_and_has_no_secret(twlint: Twlint, project: Path) -> None:
    repository = git_repositories.create(project)
    name = "NEXT_PUBLIC_" + "TWITTER_BEARER_TOKEN"
    code = f"fetch(u, process.env.{name})\n"
    repository.commit({"app.js": code})
    (finding,) = twlint.json()["findings"]
    assert (finding["rule"], finding["secret"]) == ("twitter-browser-variable", None)
    assert name in twlint("scan").stdout
    repository.commit({"app.js": "fetch(u)\n"})
    assert twlint.json()["findings"] == []


def test_the_values_of_a_kubernetes_secret_are_decoded(twlint: Twlint, project: Path) -> None:
    import base64

    key, secret, _, _ = _quad(10)
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in (("key", key), ("secret", secret))}
    manifest = (
        "kind: Secret\nmetadata:\n  name: twitter\ndata:\n"
        f"  consumer-key: {encoded['key']}\n  consumer-secret: {encoded['secret']}\n"
    )
    (project / "k8s.yaml").write_text(manifest)
    (finding,) = twlint.json("--no-history")["findings"]
    assert finding["rule"] == "twitter-api-credentials"
    assert "base64 in a Kubernetes Secret" in finding["evidence"]
    assert finding["location"]["line"] == 6
    assert finding["location"]["end_column"] - finding["location"]["column"] == len(encoded["secret"])
    (project / "k8s.yaml").write_text(manifest.replace("kind: Secret", "kind: Other"))
    (finding,) = twlint.json("--no-history")["findings"]
    assert "base64" in finding["evidence"]


@pytest.mark.parametrize("indent", [1, None])
def test_a_notebook_tells_the_cell(indent: int | None, twlint: Twlint, project: Path) -> None:
    first, second = (x_credentials.bearer(random.Random(seed)) for seed in (11, 12))
    cells = [
        {"cell_type": "markdown", "source": "one [x]\ntwo"},
        {"cell_type": "code", "outputs": [{"text": [f"{second}\n"]}], "source": ["é = []\n", f"t = '{first}'\n"]},
    ]
    (project / "a.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=indent))
    told = {finding["location"]["cell"] for finding in twlint.json("--no-history")["findings"]}
    assert told == {"cell 2, line 2", "output of cell 2"}
