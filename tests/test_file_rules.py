"""Files that belong into no repository are told once, where git has them or would take them in, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from linter import rule_files
from linter.file_rules import FileRules
from tests import git_repositories
from tests.invented import github_token, password
from tests.rule_files import pattern_rule
from tests.scans import run, scan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Report, Twlint
    from tests.git_repositories import Repository

RULES = rule_files.parse(rule_files.read_files(rule_files.builtin_files()))
VALUE = f"Maple-River-{github_token(3)[4:9]}"
UNKNOWN = f"MAIL_CREDENTIAL={VALUE}\n"
"""What only its name and value tell."""
MARK = "twlint" + ":"
KEY_STORE = b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1"
FORMATS = ("text", "json", "jsonl", "sarif", "gitlab", "github", "junit", "csv", "markdown")


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository to scan, with one commit."""
    made = git_repositories.create(project)
    made.commit({"README": "nothing\n"})
    return made


def told(report: Report) -> list[tuple[str, str, str]]:
    """The rule, the path and the severity of each finding."""
    return [(each["rule"], each["location"]["path"], each["severity"]) for each in report["findings"]]


def test_a_tracked_environment_file_is_one_finding_at_its_top(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"app/.env": UNKNOWN + f"MAIL_TOKEN={github_token()[4:]}\n"})
    (finding,) = scan(twlint)["findings"]
    assert (finding["rule"], finding["severity"]) == ("environment-file-in-git", "high")
    assert (finding["location"]["path"], finding["location"]["line"]) == ("app/.env", 1)
    assert finding["evidence"] == ["form: path", "names and values: 2 of credentials"]


@pytest.mark.parametrize("ignore", ["", "# .env\n", ".env\n!.env\n"])
def test_an_environment_file_that_git_does_not_ignore_is_low(
    ignore: str, repository: Repository, twlint: Twlint
) -> None:
    repository.commit({".gitignore": ignore})
    repository.write({".env": UNKNOWN})
    report = scan(twlint)
    assert told(report) == [("environment-file-in-git", ".env", "low")]
    assert "git neither has nor ignores .env" in report["findings"][0]["evidence"]


@pytest.mark.parametrize("where", [".gitignore", ".git/info/exclude", "app/.gitignore"])
def test_an_environment_file_that_git_ignores_is_not_told(where: str, repository: Repository, twlint: Twlint) -> None:
    repository.write({where: ".env\n", "app/.env": UNKNOWN})
    assert scan(twlint)["findings"] == []


def test_an_environment_file_that_is_ignored_and_yet_tracked_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".gitignore": ".env\n", ".env": UNKNOWN})
    assert told(scan(twlint)) == [("environment-file-in-git", ".env", "high")]


def test_outside_of_git_no_file_is_told(project: Path, twlint: Twlint) -> None:
    (project / ".env").write_text(UNKNOWN)
    (project / "a.jks").write_bytes(KEY_STORE)
    assert scan(twlint)["findings"] == []
    assert scan(twlint, ".env")["findings"] == []


@pytest.mark.parametrize("command", [("scan", "--staged"), ("hook",)])
def test_an_environment_file_that_is_about_to_be_committed_is_stopped(
    command: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"app/.env": UNKNOWN})
    repository.write({"app/.env": ""})
    name, *options = command
    result = run(twlint, *options, command=name)
    assert (result.returncode, told(result.report)) == (1, [("environment-file-in-git", "app/.env", "high")])


def test_a_file_that_was_removed_is_told_as_still_in_the_history(repository: Repository, twlint: Twlint) -> None:
    first = repository.commit({"old/release.jks": KEY_STORE})
    repository.commit({"old/release.jks": KEY_STORE + b"\1"})
    repository.commit({"old/release.jks": None, "a": "a\n"})
    (finding,) = scan(twlint)["findings"]
    assert (finding["rule"], finding["state"]) == ("key-store-in-git", "history")
    assert finding["introduced"]["commit"] == first
    assert len(finding["occurrences"]) == 1


def test_what_a_range_brings_in_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"root/.bash_history": "ls\n"})
    repository.commit({"release.P12": bytes.fromhex("308209d1020103308209")})
    assert told(scan(twlint, "--since", "HEAD~1")) == [("key-store-in-git", "release.P12", "high")]


def test_a_file_whose_credentials_are_told_is_not_told_once_more(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": f"GITHUB_TOKEN={github_token()}\n{UNKNOWN}"})
    (finding,) = scan(twlint)["findings"]
    assert finding["rule"] == "github-personal-access-token"


def test_a_credential_in_an_environment_file_that_is_not_ignored_says_so(
    repository: Repository, twlint: Twlint
) -> None:
    token = f"GITHUB_TOKEN={github_token()}\n"
    repository.write({".env": token, "deploy.sh": token})
    (finding,) = scan(twlint)["findings"]
    assert finding["evidence"][-1] == "git neither has nor ignores .env"
    repository.commit({".env": token})
    (finding,) = scan(twlint)["findings"]
    assert not any("ignores" in each for each in finding["evidence"])


@pytest.mark.parametrize("folder", ["tests/data", "src/test/resources", "examples", "docs", "vendor/acme"])
def test_a_file_of_tests_and_examples_is_told_only_when_asked(
    folder: str, repository: Repository, twlint: Twlint
) -> None:
    repository.commit({f"{folder}/release.jks": KEY_STORE})
    assert run(twlint).returncode == 0
    assert told(scan(twlint, "--min-confidence", "low")) == [("key-store-in-git", f"{folder}/release.jks", "high")]


def test_a_file_with_two_paths_is_told_only_at_the_one_that_is_wrong(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": UNKNOWN, ".env.example": UNKNOWN})
    (finding,) = scan(twlint)["findings"]
    assert {each["path"] for each in finding["occurrences"]} == {".env"}


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_shows_what_such_a_file_holds(name: str, repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": UNKNOWN, ".bash_history": f"login {password(5)}\n"})
    shown = twlint("scan", "--format", name).stdout
    assert "bash_history" in shown
    assert VALUE not in shown
    assert password(5) not in shown


def test_a_comment_in_the_first_line_covers_the_file(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": f"# {MARK} ignore[environment-file-in-git] of the demo\n{UNKNOWN}"})
    result = run(twlint)
    assert result.returncode == 0
    assert [each["status"] for each in result.report["findings"]] == ["suppressed"]


def test_a_baseline_accepts_a_file(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"release.jks": KEY_STORE})
    assert twlint("baseline", "create").returncode == 0
    assert run(twlint, "--baseline", ".twlint-baseline").returncode == 0
    repository.commit({"other.jks": KEY_STORE + b"\1"})
    assert run(twlint, "--baseline", ".twlint-baseline").returncode == 1


def test_a_large_file_of_the_history_is_told_beside_what_stands_far_behind_in_it(
    repository: Repository, twlint: Twlint
) -> None:
    dump = b"JAVA PROFILE 1.0.2\0" + bytes(3 << 20) + f" {github_token()} ".encode()
    repository.commit({"heap.hprof": dump})
    repository.commit({"heap.hprof": None, "a": "a\n"})
    assert [each["rule"] for each in scan(twlint)["findings"]] == ["github-personal-access-token"]
    assert told(scan(twlint, "--select", "memory-dump-in-git")) == [("memory-dump-in-git", "heap.hprof", "high")]


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("*.acme", "a/b.ACME", True),
        ("*.acme", "a.acme/b", False),
        (".acme", "x/.acme", True),
        (".acme", ".acme/lib/a.py", False),
        (".acme.*", "a/.acme.local", True),
        ("**/conf/key", "a/conf/key", True),
        ("**/conf/key", "a/key", False),
        ("a[0-9].key", "x/a7.key", True),
        ("*_rsa", "x/id_rsa", True),
        ("*", "x/y", True),
    ],
)
def test_a_path_fits_a_glob_by_the_name_of_the_file(glob: str, path: str, fits: bool) -> None:
    on_paths = {"pattern": None, "keywords": None, "practice": "true", "paths": [glob]}
    example = [{"path": "x", "text": "x"}]
    files = FileRules([pattern_rule(**on_paths, examples=example, counterexamples=example)])
    assert bool(files.of(path.encode())) is fits


def test_a_path_that_is_no_text_is_asked_about() -> None:
    assert FileRules(RULES).of(b"\xff/\xfe.jks")
    assert not FileRules(RULES).of(b"\xff")


WORD = "pass" + "123"
STORED = {".netrc": f"machine mail.acme.example login ada password {WORD}\n", ".env": f"DB_PASSWORD={WORD}\n"}


@pytest.mark.parametrize("path", STORED)
def test_a_word_is_a_credential_where_a_program_keeps_its_own(path: str, project: Path, twlint: Twlint) -> None:
    (project / path).write_text("\n" + STORED[path])
    (project / "notes.md").write_text(STORED[path])
    (finding,) = scan(twlint)["findings"]
    assert (finding["location"]["path"], finding["location"]["line"]) == (path, 2)
    assert (finding["confidence"], finding["severity"]) == ("medium", "high")
    assert WORD not in twlint("scan").stdout


def test_a_word_in_a_file_of_the_history_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"home/.NETRC": STORED[".netrc"]})
    repository.commit({"home/.NETRC": None, "a": "a\n"})
    (finding,) = scan(twlint)["findings"]
    assert (finding["rule"], finding["state"]) == ("stored-credential", "history")


def test_what_the_content_tells_as_surely_stays(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".npmrc": f"token={github_token()}\npassword = {WORD}\n"})
    assert {rule for rule, _, _ in told(scan(twlint))} == {"github-personal-access-token", "stored-credential"}


def test_a_word_in_a_file_of_tests_is_told_only_when_asked(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"tests/data/.netrc": STORED[".netrc"]})
    assert scan(twlint)["findings"] == []
    assert told(scan(twlint, "--min-confidence", "low"))
