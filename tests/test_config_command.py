"""What the configuration does to a scan, and how `twlint config` tells of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from linter import config
from tests import git_repositories
from tests.invented import aws_key_id, github_token, password, slack_token
from tests.scans import call, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.command import Result, Twlint

COMMENTS = {
    "gitleaks": "# gitleaks:" + "allow",
    "detect-secrets": "# pragma: " + "allowlist secret",
    "trufflehog": "# trufflehog:" + "ignore",
    "kingfisher": "# kingfisher:" + "ignore",
    "bandit": "# no" + "sec",
}


@pytest.fixture
def folder(project: Path) -> Path:
    """A folder with two tokens in different places."""
    (project / "tests").mkdir()
    (project / "a.py").write_text(f"t = '{github_token()}'\n")
    (project / "tests" / "b.py").write_text(f"t = '{slack_token()}'\n")
    return project


def _shown(result: Result) -> dict[str, tuple[str, str]]:
    """What `config show` says of each key: value and place."""
    rows = (line.split(None, 1) for line in result.stdout.splitlines() if not line.startswith("note: "))
    return {key: tuple(each.strip() for each in rest.rsplit("  ", 1)) for key, rest in rows}  # type: ignore[misc]


def _statuses(result: Result) -> dict[str, tuple[str, str]]:
    return {each["location"]["path"]: (each["status"], each["severity"]) for each in result.report["findings"]}


def test_each_value_is_shown_with_its_place(twlint: Twlint, folder: Path) -> None:
    (folder / "org.yaml").write_text("ignore: [jwt]\nmin-confidence: high\n")
    (folder / ".twlint.yaml").write_text("extends: [org.yaml]\nignore: [npm]\nmin-severity: high\n")

    shown = _shown(
        call(
            twlint,
            *["config", "show", "--exclude", "*.lock", "-f", "json"],
            env={"TWLINT_MIN_SEVERITY": "medium", "TWLINT_COLOR": "never"},
            cwd=folder,
        )
    )

    of_options = {"isolated", "jobs", "show-samples", "format", "color", "quiet", "verbose"}
    assert set(shown) == {name.replace("_", "-") for name in config.Config.__struct_fields__} | of_options
    assert shown["ignore"] == ('["jwt", "npm"]', "org.yaml:1, .twlint.yaml:2")
    assert shown["min-confidence"] == ('"high"', "org.yaml:2")
    assert shown["min-severity"] == ('"medium"', "TWLINT_MIN_SEVERITY")
    assert shown["exclude"] == ('["*.lock"]', "--exclude")
    assert shown["allow-shallow"] == ("false", "default")
    assert shown["format"] == ('"json"', "--format")
    assert shown["color"] == ('"never"', "TWLINT_COLOR")
    assert shown["jobs"] == ("null", "default")


def test_what_is_allowed_is_suppressed_until_a_date_and_told_when_it_covers_nothing(
    twlint: Twlint, folder: Path
) -> None:
    (folder / "org.yaml").write_text("allow:\n  - {values: never-there, reason: shared by all}\n")
    (folder / ".twlint.yaml").write_text(
        "extends: [org.yaml]\n"
        "allow:\n"
        "  - paths: [tests/]\n"
        "    rules: [slack]\n"
        "    until: 2999-12-31\n"
        "    reason: revoked\n"
        "  - paths: ['*.lock']\n"
        "    reason: no credentials\n"
        "  - paths: [tests/]\n"
        "    until: 2020-01-01\n"
        "    reason: too long ago\n"
    )

    report = twlint.json()

    reasons = {each["location"]["path"]: each["status_reason"] for each in report["findings"]}
    assert reasons == {"a.py": "", "tests/b.py": "revoked"}
    assert report["notices"] == [
        ".twlint.yaml:9: allow: ended on 2020-01-01; what it covers counts again",
        ".twlint.yaml:7: allow: covers nothing; remove it",
    ]
    assert twlint.json("--select", "slack")["notices"] == report["notices"][:1]


def test_what_is_allowed_names_rules_that_are_there(twlint: Twlint, folder: Path) -> None:
    (folder / ".twlint.yaml").write_text("allow:\n  - {rules: [npn], reason: x}\n")

    result = run(twlint)

    assert result.returncode == 2
    assert ".twlint.yaml:2: allow" in result.stderr
    assert "npn" in result.stderr


@pytest.mark.parametrize("target", ["--isolated", "ELSEWHERE"])
def test_what_does_not_count_is_not_shown(target: str, twlint: Twlint, folder: Path, tmp_path: Path) -> None:
    foreign = git_repositories.create(tmp_path / "foreign")
    foreign.write({".twlint.yaml": "ignore: [npm]\n"})
    (folder / ".twlint.yaml").write_text("ignore: [npm]\n")
    option = str(foreign.path) if target == "ELSEWHERE" else target

    assert _shown(call(twlint, "config", "show", option))["ignore"] == ("[]", "default")


def test_the_schema_is_printed(twlint: Twlint) -> None:
    result = call(twlint, "config", "schema")

    assert result.returncode == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(config.schema()))


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"TWLINT_CONFIG": "other.yaml"}, 0),
        ({"TWLINT_CONFIG": "other.yaml", "TWLINT_ISOLATED": "1"}, 0),
        ({"TWLINT_CONFIG": "absent.yaml"}, 2),
        ({"TWLINT_BASELINE": "absent"}, 2),
        ({"TWLINT_JOBS": "0"}, 2),
        ({"TWLINT_MIN_SEVERITY": "severe"}, 2),
        ({"TWLINT_EXIT_ZERO": "1", "TWLINT_IGNORE": "github,slack"}, 1),
    ],
)
def test_variables_set_options_but_none_that_hides_findings_in_silence(
    variables: Mapping[str, str], code: int, twlint: Twlint, folder: Path
) -> None:
    (folder / "other.yaml").write_text("select: [aws]\n")

    assert call(twlint, "scan", env=variables).returncode == code


def test_a_variable_chooses_the_format_and_an_option_wins(twlint: Twlint, folder: Path) -> None:
    variables = {"TWLINT_FORMAT": "json", "TWLINT_SHOW_SECRETS": "1"}

    by_variable = call(twlint, "scan", env=variables)
    assert by_variable.report["schema"] == "twlint.report/1"
    assert github_token() not in by_variable.stdout
    assert "finding" in call(twlint, "scan", "--format", "text", env=variables).stdout.splitlines()[-2]


def test_severities_are_those_of_the_configuration(twlint: Twlint, folder: Path) -> None:
    (folder / ".twlint.yaml").write_text("severity: {slack: info, slack-bot-token: low, github: info}\n")

    result = run(twlint, "--min-severity", "info")

    assert _statuses(result) == {"a.py": ("new", "info"), "tests/b.py": ("new", "low")}
    assert result.returncode == 1
    assert run(twlint, "--min-severity", "info", "--exclude", "tests").returncode == 0
    assert "1 findings are below" in "".join(run(twlint).report["notices"])


def test_rules_do_not_count_at_paths_and_are_told(twlint: Twlint, folder: Path) -> None:
    (folder / ".twlint.yaml").write_text("per-path: {'tests/**': {ignore: [slack]}, '*.py': {ignore: [aws]}}\n")

    result = run(twlint)

    assert {path: status for path, (status, _) in _statuses(result).items()} == {
        "a.py": "new",
        "tests/b.py": "suppressed",
    }
    assert "1 suppressed" in call(twlint, "scan").stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("severity: {githib: low}\n", ["severity: no rule is named githib"]),
        (
            "per-path: {'tests/**': {ignore: [slack-bot-tokn]}}\n",
            ["per-path: tests/**", "did you mean slack-bot-token"],
        ),
    ],
)
def test_a_rule_that_is_not_there_is_told_with_its_key(
    text: str, words: list[str], twlint: Twlint, folder: Path
) -> None:
    (folder / ".twlint.yaml").write_text(text)

    result = call(twlint, "scan")

    assert result.returncode == 2
    for word in words:
        assert word in result.stderr


def test_a_file_that_leaves_rules_out_is_told(twlint: Twlint, folder: Path) -> None:
    (folder / "org.yaml").write_text("severity: {aws: low}\n")
    (folder / ".twlint.yaml").write_text("extends: [org.yaml]\nselect: [aws]\n")

    result = run(twlint)

    assert result.returncode == 0
    assert any("rules do not run, as .twlint.yaml:2 says" in notice for notice in result.report["notices"])
    assert not run(twlint, "--isolated").report["notices"]
    assert not run(twlint, "--config", "org.yaml", "--select", "aws").report["notices"]


def test_a_file_that_leaves_no_rule_ends_the_scan(twlint: Twlint, folder: Path) -> None:
    (folder / ".twlint.yaml").write_text("select: [aws]\nignore: [aws]\n")

    result = call(twlint, "scan")

    assert result.returncode == 2
    assert "no rules are left" in result.stderr


@pytest.mark.parametrize("tool", COMMENTS)
def test_a_comment_of_another_tool_counts_only_where_it_is_honoured(tool: str, twlint: Twlint, project: Path) -> None:
    lines = [f"t = '{github_token()}'  {COMMENTS[tool]}", f"t = '{slack_token()}'", f"x = 1  {COMMENTS[tool]}"]
    (project / "a.py").write_text("\n".join(lines))
    assert len(run(twlint).report["findings"]) == 2
    assert {each["status"] for each in run(twlint).report["findings"]} == {"new"}

    (project / ".twlint.yaml").write_text(f"honour: [{tool}]\n")
    result = run(twlint)

    found = {each["rule"]: (each["status"], each["status_reason"]) for each in result.report["findings"]}
    assert found["github-personal-access-token"] == ("suppressed", f"a comment of {tool}")
    assert found["slack-bot-token"][0] == "new"
    assert not result.report["notices"], "what another tool needs is not stale"
    assert {each["status"] for each in run(twlint, "--isolated").report["findings"]} == {"new"}


def test_comments_of_other_tools_cover_the_next_line_far_away_and_in_the_history(twlint: Twlint, project: Path) -> None:
    repository = git_repositories.create(project)
    nextline = "# pragma: " + "allowlist nextline secret"
    far = f"db = 'postgres://app:{password()}@db.acme.io/main?{'x' * 5_000}'  {COMMENTS['gitleaks']}"
    repository.commit({"a.py": f"{nextline}\nk = '{aws_key_id()}'\n{far}\n"})
    repository.commit({"a.py": None})
    repository.write({".twlint.yaml": "honour: [gitleaks, detect-secrets]\n"})

    result = run(twlint)

    assert [each["status"] for each in result.report["findings"]] == ["suppressed", "suppressed"]
