"""Rules that hold at some paths only: files of programs, recorded traffic, CI and container files."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from linter import rule_files
from linter.structures import STRUCTURES
from tests.invented import github_token
from tests.scans import run, scan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

RULES = {rule.id: rule for rule in rule_files.parse(rule_files.read_files(rule_files.builtin_files()))}
PLACES = {
    "pgpass-password": ("home/.pgpass", "a.txt"),
    "password-hash": ("web/.htpasswd", "docs/a.md"),
    "password-hash-in-dump": ("db/dump.sql", "src/a.js"),
    "recorded-authorization": ("spec/cassettes/a.yml", "src/client.js"),
    "recorded-session-cookie": ("debug/session.har", "src/client.js"),
    "postman-secret": ("api/acme.postman_collection.json", "config.json"),
    "ci-secret-printed": ("app/.github/workflows/a.yml", "docs/workflows/a.yml"),
    "ci-all-secrets": (".github/workflows/a.yml", "a.yml"),
    "ci-secret-on-command-line": (".gitlab-ci.yml", "docs/ci.md"),
    "ci-debug-trace": ("app/.gitlab-ci.yml", None),
    "ci-commands-traced": (".circleci/config.yml", "build.sh"),
    "dockerfile-secret-argument": ("deploy/Dockerfile.web", "Makefile"),
    "dockerfile-secret-variable": ("Containerfile", "a.sh"),
    "dockerfile-copied-secret": ("app.dockerfile", "notes.txt"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_rule_holds_at_its_paths_and_not_elsewhere(name: str, project: Path, twlint: Twlint) -> None:
    here, elsewhere = PLACES[name]
    expected = set()
    for number, example in enumerate(RULES[name].examples):
        for place in (here, elsewhere):
            if place is not None:
                file = project / str(number) / place
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(example.text)
        expected.add(f"{number}/{here}")
    found = scan(twlint, "--select", name)["findings"]
    assert {place["path"] for each in found for place in each["occurrences"]} == expected


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("basic-credentials", b"YWRhOjEyMw=="),  # three characters
        ("basic-credentials", b"YWRhOmFkYQ=="),  # the name again
        ("basic-credentials", b"YWRhLXdpdGhvdXQtY29sb24="),
        ("basic-credentials", b"no base64"),
        ("x-session-cookies", b"YXV0aF90b2tlbj07IGN0MD0x"),  # an empty cookie
        ("x-chat-pin", b"12a4"),
    ],
)
def test_what_is_not_of_a_kind_is_refused(name: str, secret: bytes) -> None:
    assert STRUCTURES[name](secret) is None


def test_the_cookies_of_a_session_in_base64_are_one_finding_with_the_cookie(project: Path, twlint: Twlint) -> None:
    encoded = RULES["twitter-session-cookies"].examples[0]
    (project / "a.js").write_text(encoded.text)
    (finding,) = scan(twlint)["findings"]
    assert finding["evidence"] == ["structure: session cookies", "user id 1289101334475964223"]
    start, end = encoded.span
    cookie = base64.b64decode(encoded.text[start:end]).decode().partition("auth_token=")[2].partition(";")[0]
    (project / "cookies.json").write_text(f'{{"domain": ".x.com", "auth_token": "{cookie}"}}')
    (finding,) = scan(twlint)["findings"]
    assert {place["path"] for place in finding["occurrences"]} == {"a.js", "cookies.json"}


def test_a_pin_is_told_however_common_it_is(project: Path, twlint: Twlint) -> None:
    (project / "a.sh").write_text("xurl chat keys restore --pin 12" + "34\n")
    result = run(twlint)
    assert result.returncode == 1
    assert result.report["findings"][0]["secret"]["redacted"] == "…"


@pytest.mark.parametrize("path", [".netrc", "a/.docker/config.json", "b/.xurl/auth.yml", "c/.env", "cookies.txt"])
def test_the_place_of_a_credential_says_what_to_do_there(path: str, project: Path, twlint: Twlint) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(f"token {github_token()}\n")
    assert "\n  here        " in twlint("scan").stdout
