"""The command line: what it accepts, what it refuses with which words, and what each command prints."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from linter import all_rules
from linter.cli import _COMMANDS
from tests.invented import aws_key_id, github_token
from tests.rule_files import rule_file, written_rule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint


@pytest.fixture
def repository(project: Path) -> Path:
    """A repository with one commit that holds a token."""
    (project / "token.txt").write_text(f"{github_token()}\n")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *arguments], cwd=project, check=True)
    return project


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], ["nowhere", "No such file"]),
        (["--history", "."], ["not a git repository"]),
        (["--staged"], ["not a git repository"]),
        (["--since", "HEAD"], ["not a git repository"]),
        (["--select", "githib"], ["githib", "no rule"]),
        (["--select", "github-personal-access-tokn"], ["did you mean github-personal-access-token"]),
        (["--ignore", "nothing-such"], ["nothing-such"]),
        (["--format", "yaml"], ["yaml", "text, json, jsonl"]),
        (["--config", "absent.yaml"], ["absent.yaml", "configuration"]),
        (["--output", "no/such/folder/report.txt"], ["no/such/folder"]),
        (["--staged", "--since", "HEAD"], ["exclude one another"]),
        (["--no-history", "--reflog"], ["reflog", "widen the whole history"]),
        (["--jobs", "0"], ["--jobs"]),
        (["--exclude", "!"], ["not a glob", "!"]),
        (["--no-such-option"], ["--no-such-option"]),
        (["--ignore", "a.txt,github"], ["a.txt"]),
    ],
)
def test_bad_input_is_told_and_ends_with_2(
    arguments: list[str], words: list[str], twlint: Twlint, project: Path
) -> None:
    (project / "a.txt").write_text("x\n")

    result = twlint("scan", *arguments)

    assert result.returncode == 2
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize("option", [["--since", "nope"], ["--range", "nope..HEAD"], ["--range", "HEAD..-x"]])
def test_an_unknown_revision_ends_with_2(option: list[str], twlint: Twlint, repository: Path) -> None:
    result = twlint("scan", *option)

    assert result.returncode == 2
    assert "no such revision" in result.stderr


@pytest.mark.parametrize("written", ["HEAD", "HEAD..", "..HEAD", "HEAD...HEAD"])
def test_a_range_that_is_not_written_a_b_ends_with_2(written: str, twlint: Twlint, repository: Path) -> None:
    result = twlint("scan", "--range", written)

    assert result.returncode == 2
    assert "A..B" in result.stderr


def test_every_broken_rule_is_told(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("x\n")
    (project / "ours.yaml").write_bytes(
        rule_file(written_rule(severity="severe"), written_rule(id="acme-other", pattern="(?=x)"))
    )
    (project / ".twlint.yaml").write_text("rules: [ours.yaml]\n")

    result = twlint("scan")

    assert result.returncode == 2
    assert "acme-api-key: severity" in result.stderr
    assert "acme-other: uses look-around" in result.stderr


def test_a_rule_of_ones_own_finds_beside_the_built_in_ones(twlint: Twlint, project: Path) -> None:
    (project / "rules").mkdir()
    (project / "rules" / "ours.yaml").write_bytes(rule_file(written_rule()))
    (project / ".twlint.yaml").write_text("rules: [rules/ours.yaml]\n")
    key = "acme_" + "4tz8m1qk7w2p"
    (project / "a.txt").write_text(f"{key}\n{github_token()}\n")

    assert [finding["rule"] for finding in twlint.json()["findings"]] == [
        "acme-api-key",
        "github-personal-access-token",
    ]


@pytest.mark.parametrize("given", ["option", "file"])
def test_rules_are_selected_by_their_first_words(given: str, twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"{aws_key_id()}\n{github_token()}\n")
    if given == "file":
        (project / ".twlint.yaml").write_text("select: [aws]\n")

    report = twlint.json(*(["--select", "aws"] if given == "option" else []))

    assert [finding["rule"] for finding in report["findings"]] == ["aws-access-key-id"]


def test_the_command_line_wins_over_the_file(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"{aws_key_id()}\n{github_token()}\n")
    (project / ".twlint.yaml").write_text("select: [aws]\n")

    report = twlint.json("--select", "github")

    assert [finding["rule"] for finding in report["findings"]] == ["github-personal-access-token"]


def test_excluded_files_are_not_scanned_and_counted(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(github_token())
    (project / "b.lock").write_text(aws_key_id())
    (project / ".twlint.yaml").write_text("exclude: ['*.lock']\n")

    report = twlint.json()

    assert [finding["location"]["path"] for finding in report["findings"]] == ["a.txt"]
    assert {"path": "b.lock", "reason": "excluded by the configuration", "kind": "excluded"} in report["coverage"][
        "skipped"
    ]


def test_isolated_reads_no_configuration_and_honours_no_comment(twlint: Twlint, project: Path) -> None:
    comment = "# twlint" + ": ignore[github-personal-access-token] a test"
    (project / "a.txt").write_text(f"{github_token()}  {comment}\n")
    (project / ".twlint.yaml").write_text("select: [aws]\n")

    assert twlint("scan").returncode == 0
    isolated = twlint("scan", "--isolated")
    assert isolated.returncode == 1
    assert "does not honour" in isolated.stdout


def test_comments_that_do_nothing_are_told(twlint: Twlint, project: Path) -> None:
    comment = "# twlint" + ": ignore"
    (project / "a.txt").write_text(f"{github_token()}  {comment}[githib] a test\n{comment}[jwt-token] gone\n")

    notices = twlint.json()["notices"]

    assert notices == [
        "a.txt:1: this comment is not honoured: no rule is named githib",
        "a.txt:2: this comment ignores nothing; remove it",
    ]
    assert twlint.json("--select", "github")["notices"] == notices[:1]


def test_a_target_elsewhere_is_audited_without_its_own_configuration(
    twlint: Twlint, repository: Path, tmp_path: Path
) -> None:
    (repository / ".twlint.yaml").write_text("exclude: ['*']\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    assert twlint("scan", "--no-history").returncode == 2
    assert twlint("scan", str(repository), cwd=elsewhere).returncode == 1


def test_rules_list_names_every_rule(twlint: Twlint) -> None:
    result = twlint("rules", "list")

    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [rule.id for rule in all_rules.load()]
    assert "twitter-bearer-token" in result.stdout


def test_rules_show_and_explain_tell_of_one_rule(twlint: Twlint) -> None:
    shown = twlint("rules", "show", "twitter-bearer-token")
    explained = twlint("explain", "twitter-bearer-token")

    assert "structure      x-bearer" in shown.stdout
    assert "invalidate" in explained.stdout
    assert all(len(line) <= 80 or "://" in line for line in explained.stdout.splitlines())


@pytest.mark.parametrize("command", [["rules", "show"], ["explain"]])
def test_an_unknown_rule_is_told_with_the_nearest(command: list[str], twlint: Twlint) -> None:
    result = twlint(*command, "twitter-bearer-tokn")

    assert result.returncode == 2
    assert "did you mean twitter-bearer-token?" in result.stderr


def test_rules_test_runs_anyones_rules(twlint: Twlint, project: Path) -> None:
    good, wrong = project / "good.yaml", project / "wrong.yaml"
    good.write_bytes(rule_file(written_rule()))
    wrong.write_bytes(rule_file(written_rule(counterexamples=[{"text": "acme_" + "7h2kq9x4mz1v", "because": "no"}])))

    assert twlint("rules", "test", str(good)).returncode == 0
    failed = twlint("rules", "test", str(wrong))
    assert failed.returncode == 1
    assert "acme-api-key: counterexample 1: expected nothing, found 0-17" in failed.stdout
    assert twlint("rules", "test", str(project)).returncode == 2


@pytest.mark.parametrize(
    ("name", "hint"),
    [("scna", "Did you mean 'scan'?"), ("folder", "To scan it: twlint scan folder"), ("nothing", "'nothing'.\n")],
)
def test_a_word_that_is_no_command_is_told_with_what_may_be_meant(
    name: str, hint: str, twlint: Twlint, project: Path
) -> None:
    (project / "folder").mkdir()

    result = twlint(name)

    assert result.returncode == 2
    assert hint in result.stderr


@pytest.mark.parametrize("name", ["", *_COMMANDS])
def test_the_examples_in_a_help_are_commands_that_there_are(name: str, twlint: Twlint, project: Path) -> None:
    text = twlint(*filter(None, [name]), "--help").stdout
    examples = re.findall(r"^    twlint (.*?)(?:  .*| > .*)?$", text, re.MULTILINE)

    assert examples
    for example in examples:
        assert twlint(*shlex.split(example), "--help").returncode == 0, example


def test_help_names_the_commands_and_the_exit_codes(twlint: Twlint) -> None:
    result = twlint("--help")

    assert result.returncode == 0
    for word in ("scan", "hook", "rules", "explain", "Exit codes"):
        assert word in result.stdout
