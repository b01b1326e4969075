"""AST rules on contents that are no files: what is staged, and Python sources of the history."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from linter import ast_rules, matcher, sinks
from linter.ast_rules import Sort
from linter.extract import Candidate
from linter.first_look import FirstLook
from linter.matcher.values import LIMIT
from linter.model import Confidence, Secret, Severity
from tests import git_repositories, x_credentials
from tests.batches import batch_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Report, Twlint
    from tests.git_repositories import Repository

CHANCE = random.Random(7)
KEY, SECRET = x_credentials.api_key(CHANCE), x_credentials.api_secret(CHANCE)
CALL = f'from tweepy import OAuthHandler as H\nkey = "{KEY}"\nauth = H(key, "{SECRET[:20]}"\n     "{SECRET[20:]}")\n'
NAMED = 'db_password = "' + "Kq7-vTz9" + '-mWx3"\n'
PRACTICE = 'import requests\nrequests.get(u, headers={"Authorization": t}, verify=False)\n'
PYTHON_2 = f"print 'x'\n{NAMED}"


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository to scan, with one commit."""
    made = git_repositories.create(project)
    made.commit({"README": "nothing\n"})
    return made


def rules_of(report: Report) -> list[str]:
    return [finding["rule"] for finding in report["findings"]]


@pytest.mark.parametrize("command", [("scan", "--staged"), ("hook",)])
def test_what_is_staged_is_analysed_by_its_path(
    command: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"a.py": NAMED, "b.txt": NAMED + "# no source\n", "c.pyw": PRACTICE})
    repository.write({"a.py": "pass\n"})
    found = twlint(*command, "--ignore", "generic", "--format", "json").report["findings"]
    assert [(each["rule"], each["location"]["path"]) for each in found] == [
        ("hardcoded-credential-assignment", "a.py"),
        ("tls-verification-off-with-credentials", "c.pyw"),
    ]


def test_a_staged_content_with_two_paths_is_analysed_if_one_is_a_source(repository: Repository, twlint: Twlint) -> None:
    repository.stage({"a.txt": NAMED, "b.py": NAMED})
    (finding,) = twlint.json("--staged")["findings"]
    assert [place["path"] for place in finding["occurrences"]] == ["a.txt", "b.py"]


def test_a_staged_source_that_cannot_be_parsed_is_degraded(repository: Repository, twlint: Twlint) -> None:
    repository.stage({"a.py": PYTHON_2})
    (skip,) = twlint.json("--staged")["coverage"]["skipped"]
    assert (skip["path"], skip["kind"], skip["reason"]) == ("a.py", "degraded", "AST rules: Python 2")


def test_a_source_of_the_history_is_analysed_and_attributed(repository: Repository, twlint: Twlint) -> None:
    leaking = repository.commit({"lib/a.py": NAMED, "b.txt": NAMED + "\n"})
    repository.commit({"lib/a.py": "pass\n", "b.txt": ""})
    (finding,) = twlint.json("--ignore", "generic")["findings"]
    (place,) = finding["occurrences"]
    assert finding["rule"] == "hardcoded-credential-assignment"
    assert (place["path"], place["line"], place["commit"]) == ("lib/a.py", 1, leaking)
    assert (finding["state"], finding["introduced"]["commit"]) == ("history", leaking)


def test_a_notebook_of_the_history_is_analysed(repository: Repository, twlint: Twlint) -> None:
    cells = [{"cell_type": "code", "source": [NAMED], "outputs": []}]
    repository.commit({"a.ipynb": json.dumps({"cells": cells, "nbformat": 4})})
    repository.commit({"a.ipynb": "{}"})
    assert rules_of(twlint.json()) == ["hardcoded-credential-assignment"]


def test_in_the_history_too_one_literal_is_one_finding_and_a_call_makes_a_set(
    repository: Repository, twlint: Twlint
) -> None:
    bearer = x_credentials.bearer(CHANCE)
    repository.commit(
        {"a.py": CALL, "b.py": f'import tweepy\nbearer_token = "{bearer}"\ntweepy.Client(bearer_token)\n'}
    )
    repository.commit({"a.py": "", "b.py": ""})
    report = twlint.json("--show-secrets")
    assert sorted(rules_of(report)) == ["twitter-api-credentials", "twitter-bearer-token"]
    parts = next(finding["parts"] for finding in report["findings"] if finding["parts"])
    assert {part["secret"]["value"] for part in parts} == {KEY, SECRET}


def test_a_source_that_also_stands_in_the_tree_is_one_finding(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a.py": NAMED})
    (finding,) = twlint.json()["findings"]
    assert finding["state"] == "worktree"
    assert {place["path"] for place in finding["occurrences"]} == {"a.py"}


def test_what_a_name_tells_of_a_text_and_a_parser_of_a_source_is_one_finding(
    repository: Repository, twlint: Twlint
) -> None:
    repository.commit({"lib/a.py": NAMED, "b.txt": NAMED})
    (finding,) = twlint.json("--no-history")["findings"]
    assert [place["path"] for place in finding["occurrences"]] == ["b.txt", "lib/a.py"]


def test_practices_and_guesses_are_not_looked_for_in_the_history(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a.py": PRACTICE + 'password = "hunter"\n'})
    repository.commit({"a.py": ""})
    assert twlint.json("--min-severity", "info", "--min-confidence", "low")["findings"] == []


def test_sources_of_the_history_that_cannot_be_parsed_are_counted(repository: Repository, twlint: Twlint) -> None:
    for number in range(3):
        repository.commit({"a.py": PYTHON_2 + f"# {number}\n"})
    repository.commit({"a.py": "def f(:\n" + NAMED})
    repository.commit({"a.py": ""})
    result = twlint("scan", "--ignore", "generic", "--format", "json")
    assert (result.returncode, result.report["coverage"]["skipped"]) == (0, [])
    assert any(
        notice.startswith("4 Python sources of the history") and "Python 2 (3)" in notice
        for notice in result.report["notices"]
    )


def test_a_range_is_analysed_and_what_lies_before_it_is_not(repository: Repository, twlint: Twlint) -> None:
    before = repository.commit({"a.py": NAMED})
    repository.commit({"b.py": CALL})
    assert rules_of(twlint.json("--range", f"{before}..HEAD")) == ["twitter-api-credentials"]


def test_a_comment_of_the_history_covers_an_ast_rule(repository: Repository, twlint: Twlint) -> None:
    mark = "  # twlint" + ": ignore[hardcoded-credential-assignment] a reason\n"
    repository.commit({"a.py": NAMED.strip() + mark})
    repository.commit({"a.py": ""})
    (finding,) = twlint.json()["findings"]
    assert finding["status"] == "suppressed"


def test_a_source_of_the_history_that_is_read_in_windows_is_counted(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a.py": NAMED + "x = 1  # nothing\n" * 100_000})
    repository.commit({"a.py": ""})
    assert any("too large to be read whole (1)" in notice for notice in twlint.json()["notices"])


def test_the_first_look_lets_through_every_example_of_a_rule_for_the_history() -> None:
    rules = ast_rules.builtin(sinks.load(sinks.builtin_files()))
    wanted = [rule for rule in rules if rule.sort is Sort.SECRET and rule.confidence > Confidence.LOW]
    texts = [example.text.encode() for rule in wanted for example in rule.examples]
    batch = batch_of(*texts, b"", b'password = get("token")\n')
    lines = values().lines
    left_out = [text for number, text in enumerate(texts) if not lines(batch, number)]
    assert left_out == []
    assert [lines(batch, len(texts) + each) for each in (0, 1)] == [[], []]


def values() -> matcher.ValuesSession:
    compiled = matcher.compiled_values()
    assert compiled is not None
    return compiled.session()


def test_lines_with_a_literal_are_told_from_their_start_to_their_end() -> None:
    text = b'x = 1\ntoken = (\n    "a1b2c3d4e5"\n)\nkey = "f6g7h8i9"'
    batch = batch_of(text)
    start = batch.starts[0]
    spans = {bytes(batch.data[first:stop]) for first, stop in values().lines(batch, 0)}
    assert spans == {b'token = (\n    "a1b2c3d4e5"', b'    "a1b2c3d4e5"', b'key = "f6g7h8i9"'}
    everywhere = batch_of(b"token='" + b"1a" * LIMIT + b"'")
    assert values().lines(everywhere, 0) == [(start, everywhere.ends[0])]


def test_a_source_whose_lines_said_nothing_is_not_wanted_again() -> None:
    look = FirstLook(values(), set())
    quiet, telling = b'key = "f6g7h8i9"\n', NAMED.encode()
    assert wants(look, quiet)
    look.learn([])
    assert not wants(look, b"# more\n" + quiet)
    assert wants(look, quiet, path=b"b.py")
    assert wants(look, quiet + telling)
    look.learn([candidate_at(len(quiet) + 1, len(quiet) + 5)])
    assert wants(look, quiet + telling)
    assert not wants(look, quiet)


def test_a_source_with_a_credential_beside_all_known_lines_teaches_nothing() -> None:
    look = FirstLook(values(), set())
    text = b'key = "f6g7h8i9"\n\npass\n'
    assert wants(look, text)
    look.learn([candidate_at(20, 22)])
    assert wants(look, text)


def wants(look: FirstLook, text: bytes, path: bytes = b"a.py") -> bool:
    batch = batch_of(text)
    batch.paths = [path]
    return look.wants(batch, 0)


def candidate_at(start: int, end: int) -> Candidate:
    return Candidate(0, start + 1, end + 1, 0, Secret(b"x"), Severity.HIGH, Confidence.HIGH, ())


def test_every_version_with_a_credential_is_a_place_of_it(repository: Repository, twlint: Twlint) -> None:
    versions = [repository.commit({"a.py": f"# {number}\n{NAMED}"}) for number in range(5)]
    repository.commit({"a.py": 'key = "f6g7h8i9"\n'})
    (finding,) = twlint.json()["findings"]
    assert {place["commit"] for place in finding["occurrences"]} == set(versions)
