"""AST rules in a scan: files of the tree and notebooks, one finding with what pattern rules know, and what degrades."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import git_repositories, x_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

CHANCE = random.Random(31)
KEY, SECRET = x_credentials.api_key(CHANCE), x_credentials.api_secret(CHANCE)
SPLIT = f'"{SECRET[:20]}"\n     "{SECRET[20:]}"'
CALL = f'from tweepy import OAuthHandler as H\nkey = "{KEY}"\nauth = H(key, {SPLIT})\n'
PASSWORD = "Kq7-vTz9" + "-mWx3"
PRACTICE = 'import requests\nrequests.get(u, headers={"Authorization": t}, verify=False)\n'


def _rules(twlint: Twlint, *arguments: str) -> list[str]:
    return [finding["rule"] for finding in twlint.json("--no-history", *arguments)["findings"]]


def test_what_a_call_takes_is_joined_to_a_set_and_a_split_secret_is_whole(twlint: Twlint, project: Path) -> None:
    (project / "bot.py").write_text(CALL)
    (finding,) = twlint.json("--no-history", "--show-secrets")["findings"]
    assert finding["rule"] == "twitter-api-credentials"
    assert {part["secret"]["value"] for part in finding["parts"]} == {KEY, SECRET}
    assert any("tweepy.OAuthHandler" in line for line in finding["evidence"])
    assert SECRET[20:] not in twlint("scan", "--no-history").stdout


def test_a_literal_that_a_pattern_rule_knows_is_one_finding(twlint: Twlint, project: Path) -> None:
    bearer = x_credentials.bearer(CHANCE)
    (project / "bot.py").write_text(f'import tweepy\nbearer_token = "{bearer}"\nc = tweepy.Client(bearer_token)\n')
    assert _rules(twlint) == ["twitter-bearer-token"]


def test_a_practice_is_found_beside_it_and_only_in_the_current_tree(twlint: Twlint, project: Path) -> None:
    repository = git_repositories.create(project)
    repository.commit({"a.py": PRACTICE})
    (finding,) = twlint.json()["findings"]
    assert (finding["rule"], finding["secret"]) == ("tls-verification-off-with-credentials", None)
    repository.commit({"a.py": "pass\n"})
    assert twlint.json()["findings"] == []


def test_a_rule_that_is_opt_in_runs_where_it_is_chosen(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text("def check(password, stored_password):\n    return password == stored_password\n")
    shown = ("--min-severity", "info", "--min-confidence", "low")
    assert _rules(twlint, *shown) == []
    assert _rules(twlint, *shown, "--select", "non-constant-time-comparison") == ["non-constant-time-comparison"]


def test_a_made_up_password_in_a_test_is_of_low_confidence(twlint: Twlint, project: Path) -> None:
    (project / "tests").mkdir()
    for name in ("tests/a.py", "b.py"):
        (project / name).write_text('db_password = "Kq7-vTz9-mWx3"\n')
    found = twlint.json("--no-history", "--min-confidence", "low")["findings"]
    assert [place["path"] for finding in found for place in finding["occurrences"]] == ["b.py", "tests/a.py"]
    (project / "b.py").unlink()
    assert _rules(twlint) == []


def test_a_cell_of_a_notebook_is_analysed(twlint: Twlint, project: Path) -> None:
    cells = [{"cell_type": "code", "source": CALL.splitlines(keepends=True), "outputs": []}]
    (project / "a.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    (finding,) = twlint.json("--no-history")["findings"]
    assert finding["rule"] == "twitter-api-credentials"
    assert finding["location"]["cell"] == "cell 1, line 3"


@pytest.mark.parametrize("code", ["print 'x'\n", "def f(:\n", "(" * 9_000])
def test_what_cannot_be_parsed_degrades_and_hides_nothing(code: str, twlint: Twlint, project: Path) -> None:
    bearer = x_credentials.bearer(CHANCE)
    (project / "a.py").write_text(f'{code}password = "x"\n# {bearer}\n')
    result = twlint("scan", "--no-history", "--format", "json")
    (skip,) = result.report["coverage"]["skipped"]
    assert (skip["path"], skip["kind"]) == ("a.py", "degraded")
    assert skip["reason"].startswith("AST rules: ")
    assert result.report["coverage"]["complete"]
    assert [finding["rule"] for finding in result.report["findings"]] == ["twitter-bearer-token"]


def test_what_degrades_is_told_by_path_whatever_the_order_of_the_threads(twlint: Twlint, project: Path) -> None:
    names = sorted(f"a{number}.py" for number in range(200))
    for name in names:
        (project / name).write_text('print 1\npassword = "x"\n')
    report = twlint.json("--no-history", "--jobs", "3")
    assert [skip["path"] for skip in report["coverage"]["skipped"]] == names


def test_a_source_that_is_read_in_windows_degrades(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text("x = 1  # nothing\n" * 1_500_000)
    (skip,) = twlint.json("--no-history")["coverage"]["skipped"]
    assert (skip["kind"], skip["reason"]) == ("degraded", "AST rules: too large to be read whole")


def test_the_rules_are_listed_and_explained(twlint: Twlint) -> None:
    assert "hardcoded-auth-header" in twlint("rules", "list").stdout
    assert "What to do" in twlint("explain", "hardcoded-auth-header").stdout


def test_a_comment_covers_an_ast_rule(twlint: Twlint, project: Path) -> None:
    mark = "twlint" + ": ignore[hardcoded-credential-assignment] a reason"
    (project / "a.py").write_text(f'db_password = "Kq7-vTz9-mWx3"  # {mark}\n')
    (finding,) = twlint.json("--no-history")["findings"]
    assert finding["status"] == "suppressed"


FAULTY = """
import linter.ast_rules.hardcoded_credential_assignment as broken
from linter.cli import main
def find(self, module):
    raise KeyError(module.source)
broken.HardcodedCredentialAssignment.find = find
main()
"""


def test_a_rule_that_fails_on_a_source_degrades_it_and_ends_nothing(twlint: Twlint, project: Path) -> None:
    bearer = x_credentials.bearer(CHANCE)
    (project / "a.py").write_text(f'db_password = "{PASSWORD}"\ndef f(password="{PASSWORD}"): ...\n# {bearer}\n')
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, "scan", "--no-history", "--format", "json"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    (skip,) = report["coverage"]["skipped"]
    assert (done.returncode, skip["path"], skip["kind"]) == (1, "a.py", "degraded")
    assert skip["reason"] == "AST rules: hardcoded-credential-assignment failed: KeyError"
    found = {finding["rule"]: len(finding["occurrences"]) for finding in report["findings"]}
    # What the failed rule would have told, its name tells too: two places of one credential.
    assert found == {"twitter-bearer-token": 1, "hardcoded-credential-default-argument": 2}
    assert PASSWORD not in done.stdout + done.stderr
