"""Every format stays valid whatever is reported, says what it cannot hold, and holds no secret."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, note, settings

from linter import formats
from linter.formats.markdown import code, escaped
from linter.model import Commit, Coverage, Occurrence, Report, Severity, Skip, SkipKind, State, Status
from tests import invented
from tests.format_checks import CHECKS, STEERS
from tests.hostile_reports import SECRETS, reports
from tests.made_reports import finding, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.command import Twlint

NEVER_SHOWING = [name for name in formats.NAMES if name not in formats.SHOW_SECRETS]
TOKEN = invented.github_token(3)
AUTHOR = Commit("c" * 40, "Ada Example", "ada@example.test", "2031-04-01T08:00:00+00:00")


@pytest.fixture(scope="module", autouse=True)
def moment() -> Iterator[None]:
    """The time of the reports that must hold one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1924992000")
        yield


@given(made=reports())
@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_report_is_valid_whatever_is_in_it(made: Report) -> None:
    """RELIABILITY O1, O2, O4 to O7: 500 reports, each in every format."""
    for name in formats.NAMES:
        note(name)
        text = formats.renderer(name)(made, False)
        assert formats.renderer(name)(made, False) == text
        text.encode("utf-8")
        assert STEERS.search(text.replace("\r\n", "\n") if name == "csv" else text) is None
        for secret in SECRETS:
            assert secret not in text
            assert secret[-8:] not in text
        CHECKS[name](made, text)


def rendered(name: str, made: Report) -> str:
    """The text, which is valid too."""
    text = formats.renderer(name)(made, False)
    CHECKS[name](made, text)
    return text


def sarif(made: Report) -> dict[str, Any]:
    """The one run."""
    run: dict[str, Any] = json.loads(formats.renderer("sarif")(made, False))["runs"][0]
    return run


def placed(state: State, commit: str | None = None, *, path: str = "a b.py") -> Occurrence:
    return Occurrence(path, 3, 5, 3, 9, state, commit)


@pytest.mark.parametrize(
    ("severity", "level", "number"),
    [
        (Severity.CRITICAL, "error", 9.5),
        (Severity.HIGH, "error", 8),
        (Severity.MEDIUM, "warning", 5.5),
        (Severity.LOW, "note", 3),
        (Severity.INFO, "note", 0),
    ],
)
def test_sarif_has_the_level_and_the_band_of_the_severity(severity: Severity, level: str, number: float) -> None:
    run = sarif(report(severity=severity))
    (rule,) = run["tool"]["driver"]["rules"]
    assert (run["results"][0]["level"], float(rule["properties"]["security-severity"])) == (level, number)


def test_sarif_says_what_to_do_and_where_to_read_on() -> None:
    rotate, page = "https://acme.example.test/keys", "https://acme.example.test/docs"
    (rule,) = sarif(report(rotate=rotate, references=(page, rotate, "see page 3")))["tool"]["driver"]["rules"]
    assert rule["helpUri"] == rotate
    assert rule["help"]["text"] == f"Revoke the key.\n{rotate}\n{page}"
    assert rule["help"]["markdown"].endswith(f"- <{rotate}>\n\n- <{page}>")


def test_sarif_names_the_place_and_the_credential_by_our_own_fingerprint() -> None:
    made = report(occurrences=(placed(State.WORKTREE),), frame=replace(finding().frame, first=2, lines=("a", "b …")))
    (result,) = sarif(made)["results"]
    assert result["partialFingerprints"] == {"twlintFingerprint/v1": "00"}
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9},
        "contextRegion": {"startLine": 2, "endLine": 3, "snippet": {"text": "a\nb …"}},
    }


def test_sarif_points_to_no_line_of_a_file_that_may_be_gone() -> None:
    made = report(occurrences=(placed(State.HISTORY, "d" * 40),), state=State.HISTORY, introduced=AUTHOR)
    (result,) = sarif(made)["results"]
    assert set(result["locations"][0]["physicalLocation"]) == {"artifactLocation"}
    assert "in the history, line 3 (commit dddddddddddd)" in result["message"]["text"]
    assert "Brought in 2031-04-01 by Ada Example, commit cccccccccccc." in result["message"]["text"]
    assert "example.test" not in json.dumps(result)


@pytest.mark.parametrize(("ignored", "kind"), [("a fixture", "inSource"), (None, "external")])
def test_sarif_keeps_what_is_suppressed_with_its_reason(ignored: str | None, kind: str) -> None:
    place = replace(placed(State.WORKTREE), ignored=ignored)
    (result,) = sarif(report(status=Status.SUPPRESSED, status_reason="a fixture", occurrences=(place,)))["results"]
    assert result["suppressions"] == [{"kind": kind, "justification": "a fixture"}]
    assert "suppressions" not in sarif(report())["results"][0]


def test_sarif_takes_no_part_of_a_message_for_a_link_or_a_placeholder() -> None:
    (result,) = sarif(report(evidence=("[x](1) {0} \\",)))["results"]
    assert "\\[x\\](1) {{0}} \\\\" in result["message"]["text"]


def test_sarif_cuts_what_github_refuses_from_the_least_severe_end_and_says_so() -> None:
    findings = (*[finding(severity=Severity.LOW)] * 25_000, *[finding()] * 7)
    run = sarif(Report(findings, Coverage(), ()))
    assert len(run["results"]) == 25_000
    assert [result["level"] for result in run["results"][:8]] == ["error"] * 7 + ["note"]
    texts = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert texts == [
        "7 findings are not in this report, the least severe: GitHub takes 25000 a run.",
        "GitHub shows only the 5000 most severe of 25000 results.",
    ]


def test_sarif_cuts_the_places_of_one_result_and_says_so() -> None:
    made = report(occurrences=tuple(placed(State.HISTORY, "d" * 40, path=str(number)) for number in range(1_003)))
    (result,) = sarif(made)["results"]
    assert len(result["relatedLocations"]) + len(result["locations"]) == 1_000
    assert "3 more places are not listed here." in result["message"]["text"]
    assert result["properties"]["places"] == 1_003


def test_sarif_says_what_was_not_scanned() -> None:
    skips = (Skip("x y", "broken", SkipKind.FAILED), Skip("z", "too deep", SkipKind.LIMITED))
    (invocation,) = sarif(Report((), Coverage(skipped=(*skips, Skip("v", "vendored", SkipKind.EXCLUDED))), ("odd",)))[
        "invocations"
    ]
    told = [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]]
    assert not invocation["executionSuccessful"]
    assert told == [
        ("error", "Not scanned: broken"),
        ("warning", "Not scanned: too deep"),
        ("note", "Left out: vendored (paths: 1)"),
        ("note", "odd"),
    ]
    many = Report((), Coverage(skipped=skips * 600), ())
    texts = [each["message"]["text"] for each in sarif(many)["invocations"][0]["toolExecutionNotifications"]]
    assert len(texts) == 1_001
    assert texts[-1] == "200 more were not scanned; the JSON report lists all."


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b#c?d%e:f.py", "a%20b%23c%3Fd%25e%3Af.py"),
        ("ä\udcff.py", "%C3%A4%FF.py"),
        ("http://x/y", "http%3A//x/y"),
        ("{here}/sub/a.py", "sub/a.py"),
        ("{home}/b.py", "b.py"),
        ("/somewhere/c.py", "somewhere/c.py"),
        ("../d.py", "d.py"),
    ],
)
def test_a_uri_is_relative_and_names_no_home(
    path: str, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "work"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path))
    made = report(occurrences=(placed(State.WORKTREE, path=path.format(here=here, home=tmp_path)),))
    location = sarif(made)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == uri


def gitlab(made: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(rendered("gitlab", made))
    return document


def test_gitlab_gets_the_redaction_and_the_commit() -> None:
    assert gitlab(report())["vulnerabilities"][0]["location"]["commit"] == {"sha": "0000000"}
    made = report(occurrences=(placed(State.HISTORY, AUTHOR.sha),), introduced=AUTHOR)
    (found,) = gitlab(made)["vulnerabilities"]
    assert found["location"] == {
        "file": "a b.py",
        "start_line": 3,
        "end_line": 3,
        "commit": {"sha": AUTHOR.sha, "author": "Ada Example", "date": AUTHOR.date},
    }
    assert (found["severity"], found["raw_source_code_extract"]) == ("High", "acme…(17)")
    assert found["identifiers"][0] == {"type": "twlint_rule_id", "name": "twlint rule acme-key", "value": "acme-key"}


def test_gitlab_tells_two_passwords_with_one_short_fingerprint_apart_and_knows_each_again() -> None:
    ids = [
        gitlab(report(occurrences=(placed(State.WORKTREE, path=path),)))["vulnerabilities"][0]["id"] for path in "aba"
    ]
    assert ids[0] == ids[2] != ids[1]


def test_gitlab_is_told_that_a_scan_is_incomplete_and_how_many_places_are_left_out() -> None:
    scan = gitlab(Report((), Coverage(skipped=(Skip("x", "broken", SkipKind.FAILED),)), ()))["scan"]
    assert (scan["status"], scan["start_time"]) == ("failure", "2031-01-01T00:00:00")
    assert scan["messages"] == [{"level": "warn", "value": "Not scanned: x: broken"}]
    places = tuple(placed(State.WORKTREE, path=str(number)) for number in range(104))
    details = gitlab(report(occurrences=places))["vulnerabilities"][0]["details"]["places"]
    assert (len(details["items"]), details["name"]) == (100, "Also at (3 more places are not listed)")


def test_gitlab_gets_no_longer_texts_than_it_takes() -> None:
    (found,) = gitlab(report(name="n" * 300, advice="a" * 8_000))["vulnerabilities"]
    assert (len(found["name"]), len(found["solution"])) == (255, 7_000)


def test_github_gets_no_more_annotations_than_it_shows_and_hears_of_the_others() -> None:
    severities = [Severity.LOW] * 12 + [Severity.MEDIUM] * 13 + [Severity.HIGH] * 14 + [Severity.CRITICAL] * 9
    findings = tuple(finding(severity=severity, name=severity.label) for severity in severities)
    lines = formats.renderer("github")(Report(findings, Coverage(), ()), False).splitlines()
    titles = [re.match("::([a-z]+) title=([a-z]+)", line) for line in lines]
    told = [found.groups() for found in titles if found]
    errors = [("error", "critical")] * 9 + [("error", "high")]
    warnings, notices = [("warning", "medium")] * 10, [("notice", "low")] * 9 + [("notice", "twlint")]
    assert told == errors + warnings + notices
    assert "19 findings more" in lines[-1]


def test_github_hears_that_a_scan_is_incomplete_or_clean() -> None:
    skips = tuple(Skip(name, "broken", SkipKind.FAILED) for name in "xy")
    made = Report(tuple([finding()] * 12), Coverage(skipped=skips), ())
    lines = formats.renderer("github")(made, False).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert "::error title=twlint%3A the scan is incomplete::Not scanned: x: broken; and 1 more." in lines
    assert "::notice title=twlint::3 findings more" in lines[-1]
    assert formats.renderer("github")(Report((), Coverage(), ()), False) == "::notice title=twlint::No findings.\n"


def test_github_escapes_what_would_end_a_property_or_a_command() -> None:
    made = report(occurrences=(placed(State.WORKTREE, path="a,line=9::x%0A\n::error::y.py"),))
    (line,) = rendered("github", made).splitlines()
    assert ",file=a%2Cline=9%3A%3Ax%250A\\x0a%3A%3Aerror%3A%3Ay.py,line=3," in line


def test_github_annotates_no_line_of_a_file_that_may_be_gone() -> None:
    line = rendered("github", report(occurrences=(placed(State.HISTORY, "d" * 40),), state=State.HISTORY))
    assert ",file=" not in line
    assert "in the history, a b.py:3:5." in line


def test_junit_fails_for_new_findings_skips_others_and_errs_where_the_scan_did() -> None:
    findings = (finding(), finding(status=Status.SUPPRESSED, status_reason="a fixture"))
    made = Report(findings, Coverage(skipped=(Skip("x", "broken", SkipKind.FAILED),)), ())
    suite = ElementTree.fromstring(rendered("junit", made))[0]
    outcomes = [[(child.tag, child.get("message")) for child in case] for case in suite]
    assert outcomes == [
        [("error", "not scanned: 1")],
        [("failure", "high: Acme key acme…(17)")],
        [("skipped", "a fixture")],
    ]
    assert suite[0][0].text == "x: broken"
    clean = ElementTree.fromstring(rendered("junit", Report((), Coverage(), ())))
    assert [list(case) for case in clean[0]] == [[]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", " '=1"),
        ("\t=1", "\\x09=1"),
        ("\r=1", "\\x0d=1"),
        ("\x00=1", "\\x00=1"),
        ("x;=1", "x;'=1"),
        ("x, -1", "x, '-1"),
        ("x|=1", "x|'=1"),
        ('"=1"', '"\'=1"'),
        ("'=1", "''=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\u00a0=1", " '=1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("a=1", "a=1"),
        ("a-b@c", "a-b@c"),
        ('a"b\n', 'a"b\\x0a'),
    ],
)
def test_a_cell_starts_no_formula(cell: str, shown: str) -> None:
    text = rendered("csv", report(advice=cell))
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["advice"] == shown


def test_csv_has_a_line_for_what_was_not_scanned() -> None:
    text = rendered("csv", Report((finding(),), Coverage(skipped=(Skip("x", "broken", SkipKind.FAILED),)), ()))
    rows = [(row["status"], row["path"], row["reason"]) for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert rows == [("new", "a.py", ""), ("failed", "x", "broken")]


def test_markdown_says_what_was_found_and_what_was_not_scanned() -> None:
    made = Report((finding(rotate="https://a.test"),), Coverage(skipped=(Skip("x", "broken", SkipKind.FAILED),)), ())
    assert rendered("markdown", made) == (
        "## twlint\n\n1 finding.\n\n**The scan is incomplete.**\n\n- not scanned: `x`: `broken`\n\n"
        "### high: Acme key\n\nRevoke the key. <https://a.test>\n\n"
        "- `a.py:1:1` in the work tree, `acme…(17)`; known by `form: fixed prefix (high confidence)`\n"
    )


def test_markdown_is_no_larger_than_a_summary_may_be_and_says_how_much_is_left_out() -> None:
    made = Report(tuple(finding(evidence=("ä" * 2_000,)) for _ in range(1_000)), Coverage(), ())
    text = formats.renderer("markdown")(made, False)
    assert 800_000 < len(text.encode()) <= 1 << 20
    shown = text.count("\n- ")
    assert f"{1_000 - shown} lines more: another format has all." in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a", "`a`"), ("`a", "`` `a ``"), ("a``b", "```a``b```"), (" a", "`  a `"), ("", "(blank)"), ("\n", "`\\x0a`")],
)
def test_a_code_span_holds_any_text(text: str, shown: str) -> None:
    assert code(text) == shown


def test_escaped_text_is_readable_where_nothing_has_a_meaning() -> None:
    text = "Delete the token (classic), v1.2-3; then check: it's over!"
    assert escaped(text) == text


@pytest.mark.parametrize("name", NEVER_SHOWING)
def test_a_practice_without_a_secret_is_reported_too(name: str) -> None:
    made = Report((replace(finding(), secret=None),), Coverage(), ())
    assert "Acme key" in rendered(name, made)


@pytest.mark.parametrize("name", NEVER_SHOWING)
def test_secrets_are_refused_where_a_format_never_shows_them(name: str, twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"token = {TOKEN}\n")
    for arguments in (("--format", name), ("--output", f"{name}=report")):
        result = twlint("scan", "--show-secrets", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert f"{name} never holds secrets; --show-secrets works for text, json, jsonl" in result.stderr
    assert not (project / "report").exists()


def test_several_formats_are_written_at_once_and_none_holds_the_secret(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"token = {TOKEN}\n")
    asked = [part for name in formats.NAMES for part in ("--output", f"{name}={name}.out")]
    result = twlint("scan", "a.txt", *asked)
    assert (result.returncode, result.stdout) == (1, "")
    for name in formats.NAMES:
        text = (project / f"{name}.out").read_text(encoding="utf-8")
        assert "GitHub personal access token" in text
        assert not any(TOKEN[start : start + 8] in text for start in range(4, 32))
    assert twlint("scan", "a.txt", "--format", "sarif").stdout == (project / "sarif.out").read_text(encoding="utf-8")
    rule = json.loads((project / "sarif.out").read_text())["runs"][0]["tool"]["driver"]["rules"][0]
    assert rule["id"] == "github-personal-access-token"
    assert rule["help"]["text"].count("https://") > 1
