"""What leaves the program: reports, exit codes, files, and nothing that steers a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import resource
import signal
import stat
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter import __version__, formats
from linter.cli import output
from linter.formats import json as json_format
from linter.formats import jsonl
from linter.formats.text import render
from linter.model import (
    Commit,
    Coverage,
    Frame,
    Guidance,
    Occurrence,
    Part,
    Report,
    Secret,
    Skip,
    SkipKind,
    State,
    Status,
)
from tests import invented, made_reports
from tests.command import COMMAND
from tests.rule_files import rule_file, written_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.command import Result, Twlint

TOKEN = invented.github_token(3)
LINE = f"token = {TOKEN}\n"
IGNORE = "# twlint" + ": ignore"
UNREADABLE = "/proc/self/mem"
"""A regular file that gives an error when it is read, even to root."""

SGR = re.compile("\x1b\\[[0-9;]*m")

PAYLOADS = [
    *map(chr, range(0x20)),
    *"\x7f\x80\x84\x85\x8d\x90\x98\x9b\x9c\x9d\x9e\x9f\xad",
    "\x1b[31m",
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.test\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1bP$q\x1b\\",
    "\x9b31m",
    "\r\x1b[K clean",
    "[/bold][link=https://evil.test]x[/link]",
    "\u200b\u200e\u200f\u061c",
    "\u202a\u202b\u202c\u202d\u202e",
    "\u2066\u2067\u2068\u2069",
    "\u2028\u2029",
    "\ufeff\ufff9\ufffe",
    "\U000e0041\U000e007f",
    "\udc9b31m",
    "\udc80\udcff",
    "::error::x\n::add-mask::y",
    "%1B[31m",
]


FIELDS: dict[str, Callable[[str], Report]] = {
    "path": lambda text: made_reports.report(occurrences=(Occurrence(text, 1, 1, 1, 9, State.WORKTREE),)),
    "other path": lambda text: made_reports.report(
        occurrences=tuple(Occurrence(path, 1, 1, 1, 9, State.HISTORY, "c") for path in ("a", text))
    ),
    "lines": lambda text: made_reports.report(frame=Frame(1, (text, f"{text} … {text}"))),
    "secret": lambda text: made_reports.report(secret=Secret(text.encode("utf-8", "surrogateescape") + b"12345678")),
    "author": lambda text: made_reports.report(introduced=Commit("c" * 40, text, text, "2031-04-01T08:00:00+00:00")),
    "date": lambda text: made_reports.report(introduced=Commit("c" * 40, "a", "b", text)),
    "evidence": lambda text: made_reports.report(evidence=(text,)),
    "rule name": lambda text: made_reports.report(name=text),
    "rule advice": lambda text: made_reports.report(guidance=Guidance(text, text, text, text, (text,), text, (text,))),
    "part": lambda text: made_reports.report(
        parts=(Part("a-part", text, Secret(b"x", prefix=text), (text,), Occurrence(text, 1, 1, 1, 2, State.HEAD)),)
    ),
    "suppression": lambda text: made_reports.report(status=Status.SUPPRESSED, status_reason=text),
    "notice (a reference)": lambda text: Report((), Coverage(), (text,)),
    "skip": lambda text: Report((), Coverage(skipped=(Skip(text, text, SkipKind.FAILED),)), ()),
    "left out": lambda text: Report((), Coverage(skipped=(Skip(text, text, SkipKind.EXCLUDED),)), ()),
}


def _steers(text: str) -> list[str]:
    """The characters of `text` that a terminal may obey: by Unicode's categories, without our own colours."""
    return [
        character
        for character in SGR.sub("", text)
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_that_is_reported_steers_a_terminal(field: str) -> None:
    """RELIABILITY O1: every payload in every field and format, with secrets shown."""
    assert len(PAYLOADS) >= 64
    for payload in PAYLOADS:
        report = FIELDS[field](f"a{payload}b")
        plain = render(report, True)
        assert "\x1b" not in plain
        rendered = [formats.renderer(name)(report, name in formats.SHOW_SECRETS) for name in formats.NAMES]
        for text in (render(report, True, is_coloured=True, is_verbose=True), *rendered):
            assert _steers(text.replace("\r\n", "\n")) == [], repr(payload)
            text.encode("utf-8")


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_that_is_reported_starts_a_line_of_its_own(field: str) -> None:
    for end in ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"):
        report = FIELDS[field](f"a{end}CRITICAL forged{end}b")
        assert not any(line.startswith("CRITICAL forged") for line in render(report, True).splitlines())


@pytest.mark.parametrize("field", FIELDS)
def test_json_holds_what_was_there(field: str) -> None:
    for payload in PAYLOADS:
        report = FIELDS[field](f"a{payload}b")
        whole = json.loads(json_format.render(report, True))
        *findings, last = [json.loads(line) for line in jsonl.render(report, True).split("\n") if line]
        assert findings == whole["findings"]
        assert last == {"coverage": whole["coverage"], "summary": whole["summary"]}


def _on_terminal(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What the command writes to a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=cwd, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **(env or {})}
    ):
        os.close(slave)
        written = b""
        while True:
            try:
                piece = os.read(master, 65_536)
            except OSError:
                break
            if not piece:
                break
            written += piece
    os.close(master)
    return written.decode("utf-8").replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_nothing_else_that_steers_it(project: Path) -> None:
    evil = "\x1b[2J\x9b31m\u202e"
    (project / f"{evil}.py").write_text(f"{evil} {LINE}{evil}\n")
    rule = written_rule(name=f"Key {evil}", advice=f"Revoke {evil}.", pattern="(?P<secret>acme_.{8})")
    (project / "rules.yaml").write_bytes(rule_file(rule))
    (project / "secret.txt").write_text(f"key=acme_{evil}4mz1v9\n")
    (project / ".twlint.yaml").write_text("rules: [rules.yaml]\n")
    text = _on_terminal("scan", "--show-secrets", cwd=project)
    assert "GitHub personal access token" in text
    assert "Key " in text
    assert SGR.search(text)
    assert _steers(text.replace("\r\x1b[K", "")) == []


@pytest.mark.parametrize(
    ("arguments", "env", "is_coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        ([], {"TERM": "dumb"}, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--format", "json"], {}, False),
    ],
)
def test_colours_at_a_terminal(arguments: list[str], env: dict[str, str], is_coloured: bool, project: Path) -> None:
    (project / "a.txt").write_text(LINE)
    text = _on_terminal("scan", "--quiet", *arguments, cwd=project, env=env)
    assert bool(SGR.search(text)) is is_coloured


@pytest.mark.parametrize(
    ("arguments", "env", "is_coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"CLICOLOR_FORCE": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {}, True),
    ],
)
def test_colours_in_a_pipe(
    arguments: list[str], env: dict[str, str], is_coloured: bool, twlint: Twlint, project: Path
) -> None:
    (project / "a.txt").write_text(LINE)
    assert bool(SGR.search(twlint("scan", *arguments, env=env).stdout)) is is_coloured


def test_quiet_says_nothing_to_a_person_where_there_is_nothing_to_say(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("clean\n")

    assert twlint("scan", "--quiet") == (0, "", "")
    assert twlint("scan", "--statistics", env={"TWLINT_QUIET": "1"}) == (0, "", "")
    assert twlint("scan", "--quiet", "--format", "json").report["findings"] == []

    (project / "broken").symlink_to("a.txt")
    (project / "b.txt").write_text(LINE)
    assert "1 finding" in twlint("scan", "--quiet").stdout


def test_quiet_tells_what_was_not_scanned(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("clean\n")
    result = twlint("scan", "--quiet", "a.txt", UNREADABLE)

    assert result.returncode == 3
    assert UNREADABLE in result.stdout


def test_verbose_names_what_is_accepted_and_left_out_and_says_what_was_read(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"{TOKEN}  {IGNORE}[github-personal-access-token] revoked\n")
    for number in range(6):
        (project / f"b{number}.txt").write_text(f"{invented.aws_key_id()}\n")
    (project / "c.lock").write_text(LINE)
    (project / ".twlint.yaml").write_text("exclude: ['*.lock']\n")

    short, long = twlint("scan"), twlint("scan", "-v", env={"TWLINT_QUIET": "1"})

    accepted = "suppressed  a.txt:1:1 github-personal-access-token: revoked"
    left_out = "left out    c.lock: excluded by the configuration"
    assert [words in short.stdout for words in (accepted, left_out, "b5.txt")] == [False] * 3
    assert [words in long.stdout for words in (accepted, left_out, "b5.txt")] == [True] * 3
    assert "and 1 more places (--verbose shows them)" in short.stdout
    assert short.stderr == ""
    assert re.fullmatch(
        r"twlint: configuration: \.twlint\.yaml\ntwlint: baseline: none\ntwlint: scanned in [0-9.]+ s\n", long.stderr
    )


def test_standard_output_holds_the_report_alone_and_nothing_shows_progress_in_a_pipe(
    twlint: Twlint, project: Path
) -> None:
    (project / "a.txt").write_text(LINE)
    result = twlint("scan", "--format", "json")
    assert result.stderr == ""
    assert result.report["findings"]


def test_the_json_report_has_every_field(twlint: Twlint, project: Path) -> None:
    (project / "dir").mkdir()
    (project / "dir" / "a.py").write_text(f"# ä\nx = 1; t = '{TOKEN}'\n", encoding="utf-8")
    report = twlint.json()
    (finding,) = report["findings"]
    place = {"path": "dir/a.py", "line": 2, "column": 13, "end_line": 2, "end_column": 53, "commit": None, "blob": None,
             "site": None, "cell": None}  # fmt: skip
    assert re.fullmatch("[0-9a-f]{32}", finding.pop("fingerprint"))
    assert finding.pop("advice").startswith("Delete the token")
    assert finding == {
        "rule": "github-personal-access-token",
        "name": "GitHub personal access token (classic)",
        "severity": "critical",
        "confidence": "high",
        "message": "GitHub personal access token (classic) in the work tree",
        "evidence": ["checksum right (CRC32)"],
        "secret": {"redacted": "ghp_…(40)", "length": 40},
        "location": place,
        "occurrences": [place],
        "status": "new",
        "status_reason": "",
        "state": "worktree",
        "introduced": None,
        "removed": None,
        "verification": "not-checked",
        "rotate": "https://github.com/settings/tokens",
        "reach": "",
        "breaks": "",
        "policy": [],
        "site_advice": "",
        "fix": None,
        "parts": [],
    }
    size = (project / "dir" / "a.py").stat().st_size
    assert {key: value for key, value in report.items() if key != "findings"} == {
        "schema": "twlint.report/1",
        "tool": {"name": "twlint", "version": __version__},
        "coverage": {
            "complete": True, "blobs": 0, "files": 1, "bytes": size, "commits": 0, "tags": 0, "members": 0,
            "skipped": [],
        },
        "summary": {"critical": 1, "high": 0, "medium": 0, "low": 0, "info": 0},
        "notices": [],
    }  # fmt: skip


def test_what_was_not_scanned_is_in_every_format(twlint: Twlint) -> None:
    skip = {"path": UNREADABLE, "reason": "cannot be read: Input/output error", "kind": "failed"}
    for told in (twlint.json(UNREADABLE), twlint("scan", "--format", "jsonl", UNREADABLE).lines[-1]):
        assert told["coverage"]["skipped"] == [skip]
        assert not told["coverage"]["complete"]
    text = twlint("scan", UNREADABLE).stdout
    assert "/proc/self/mem: cannot be read: Input/output error" in " ".join(text.split())
    assert "INCOMPLETE" in text


def test_a_finding_of_a_password_says_neither_its_length_nor_its_start(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(f"url=https://svc:{invented.password()}@git.acme.test/x\n")
    (finding,) = twlint.json()["findings"]
    assert finding["secret"] == {"redacted": "…", "length": None}
    assert len(finding["fingerprint"]) == 2


def test_every_secret_of_the_lines_shown_is_masked(twlint: Twlint, project: Path) -> None:
    tokens = [invented.github_token(seed) for seed in range(6)]
    (project / "a.txt").write_text(f"{tokens[0]} {tokens[1]}\n{tokens[2]},{tokens[3]}\n{tokens[4]}\n{tokens[5]}\n")
    text = twlint("scan").stdout
    assert not any(token[8:] in text for token in tokens)


def _scan(project: Path, twlint: Twlint, *arguments: str, content: str = LINE) -> Result:
    (project / "a.txt").write_text(content)
    return twlint("scan", *arguments)


def test_several_reports_are_written_in_one_scan(twlint: Twlint, project: Path) -> None:
    result = _scan(project, twlint, "-o", "json=r.json", "-o", "text=r.txt", "-o", "jsonl=r.jsonl", "-o", "plain")
    assert (result.returncode, result.stdout) == (1, "")
    assert json.loads((project / "r.json").read_text())["schema"] == "twlint.report/1"
    assert len((project / "r.jsonl").read_text().splitlines()) == 2
    assert (project / "r.txt").read_text() == (project / "plain").read_text()
    assert "GitHub personal access token" in (project / "plain").read_text()


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_secrets_are_shown_only_when_asked_and_then_in_a_private_file(form: str, twlint: Twlint, project: Path) -> None:
    _scan(project, twlint, "-o", f"{form}=open")
    _scan(project, twlint, "--show-secrets", "-o", f"{form}=shown")
    assert TOKEN not in (project / "open").read_text()
    assert TOKEN in (project / "shown").read_text()
    assert _mode(project / "open") == 0o666 & ~_umask()
    assert _mode(project / "shown") == 0o600
    _scan(project, twlint, "--show-secrets", "-o", f"{form}=open")
    assert _mode(project / "open") == 0o600


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def test_the_value_is_a_field_of_its_own(twlint: Twlint, project: Path) -> None:
    (finding,) = _scan(project, twlint, "--show-secrets", "-f", "json").report["findings"]
    assert finding["secret"]["value"] == TOKEN


SLOW_RULE = written_rule(pattern="(?P<secret>(?:a|aa|aaa){1,400}b)", keywords=["aaa"])


def _slow_config(project: Path) -> None:
    (project / ".twlint.yaml").write_text("rules: [rules/acme.yaml]\n")
    (project / "rules").mkdir(exist_ok=True)
    (project / "rules" / "acme.yaml").write_bytes(rule_file(SLOW_RULE))


def test_a_pattern_that_takes_too_long_makes_the_scan_incomplete(twlint: Twlint, project: Path) -> None:
    """RELIABILITY P7."""
    _slow_config(project)
    result = _scan(project, twlint, "-f", "json", "--select", "acme", "a.txt", content="a" * 20_000)
    (skip,) = result.report["coverage"]["skipped"]
    assert result.returncode == 3
    assert skip == {"path": "a.txt", "reason": "rule acme-api-key took more than 2 s", "kind": "failed"}


LOW = f"key={'acme' + '_7h2kq9x4mz1v'}\n"

EXIT_CODES: list[tuple[str, str, list[str], int]] = [
    ("clean", "nothing\n", [], 0),
    ("found", LINE, [], 1),
    ("found, and one file that cannot be read", LINE, ["a.txt", UNREADABLE], 1),
    ("clean, and one file that cannot be read", "nothing\n", ["a.txt", UNREADABLE], 3),
    ("suppressed", f"{LINE.strip()}  {IGNORE}[github-personal-access-token] test\n", [], 0),
    ("suppressed, in an audit", f"{LINE.strip()}  {IGNORE}[github-personal-access-token] test\n", ["--isolated"], 1),
    ("suppressed under another name", f"{LINE.strip()}  {IGNORE}[aws-access-key-id] test\n", [], 1),
    ("below the severity", LINE.replace(TOKEN, invented.aws_key_id()), ["--min-severity", "high"], 0),
    ("at the severity", LINE, ["--min-severity", "critical"], 1),
    ("not selected", LINE, ["--select", "aws"], 0),
    ("ignored", LINE, ["--ignore", "github,generic"], 0),
    ("found, exit zero", LINE, ["--exit-zero"], 0),
    ("clean, exit zero", "nothing\n", ["--exit-zero"], 0),
    ("found and incomplete, exit zero", LINE, ["--exit-zero", "a.txt", UNREADABLE], 3),
    ("incomplete, exit zero", "nothing\n", ["--exit-zero", "a.txt", UNREADABLE], 3),
    ("bad input, exit zero", LINE, ["--exit-zero", "no-such-path"], 2),
    ("no such path", LINE, ["no-such-path"], 2),
    ("one of two paths is not there", LINE, ["a.txt", "no-such-path"], 2),
    ("unknown option", LINE, ["--no-such-option"], 2),
    ("unknown format", LINE, ["--format", "pdf"], 2),
    ("unknown rule", LINE, ["--select", "no-such-rule"], 2),
    ("no rule left", LINE, ["--select", "github", "--ignore", "github"], 2),
    ("bad number", LINE, ["--jobs", "0"], 2),
    ("no such configuration", LINE, ["--config", "none.yaml"], 2),
    ("no folder for the report", LINE, ["--output", "none/report.json"], 2),
    ("a report that cannot be written", LINE, ["--output", "/dev/full"], 2),
    ("a folder in place of the report", LINE, ["--output", "."], 2),
    ("everything excluded", LINE, ["--exclude", "*"], 2),
    ("the history of what is no repository", LINE, ["--history"], 2),
    ("the index of what is no repository", LINE, ["--staged"], 2),
    ("a revision of what is no repository", LINE, ["--since", "HEAD"], 2),
    ("options that exclude one another", LINE, ["--staged", "--since", "HEAD"], 2),
    ("empty standard input", LINE, ["-"], 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "arguments", "code"), [row[1:] for row in EXIT_CODES], ids=[row[0] for row in EXIT_CODES]
)
def test_the_exit_code_says_how_it_went(
    content: str, arguments: list[str], code: int, twlint: Twlint, project: Path
) -> None:
    result = _scan(project, twlint, *arguments, content=content)
    assert result.returncode == code, result.stderr
    assert bool(result.stderr) is (code == 2)
    assert "Traceback" not in result.stderr


def test_an_empty_folder_is_nothing_to_scan(twlint: Twlint) -> None:
    result = twlint("scan")
    assert (result.returncode, result.stdout) == (2, "")
    assert "nothing to scan" in result.stderr


def test_standard_input_is_scanned(twlint: Twlint) -> None:
    assert twlint("scan", "-", stdin=LINE.encode()).returncode == 1
    assert twlint("scan", "-", stdin=b"nothing\n").returncode == 0


@pytest.mark.parametrize(("confidence", "severity"), [("low", "high"), ("high", "info")])
def test_what_never_counts_is_hidden_and_shown_on_request(
    confidence: str, severity: str, twlint: Twlint, project: Path
) -> None:
    (project / "rules.yaml").write_bytes(rule_file(written_rule(confidence=confidence, severity=severity)))
    (project / ".twlint.yaml").write_text("rules: [rules.yaml]\n")
    shown = ["--min-severity", "info", "--min-confidence", "low"]
    hidden = _scan(project, twlint, "-f", "json", content=LOW)
    assert (hidden.returncode, hidden.report["findings"]) == (0, [])
    assert "1 findings are below" in hidden.report["notices"][0]
    result = _scan(project, twlint, "-f", "json", *shown, content=LOW)
    assert (result.returncode, len(result.report["findings"])) == (0, 1)


@pytest.mark.parametrize(
    ("configuration", "problem"),
    [
        ("colour: red", "unknown key `colour`"),
        ("selct: [aws]", "did you mean `select`?"),
        ("select: [no-such-rule]", "no rule is named no-such-rule"),
        ("min-severity: urgent", "min-severity: "),
        ("rules: [none.yaml]", "none.yaml: the rule file cannot be read"),
        ("a: [b", "not YAML"),
        ("- a", "mapping of keys"),
        ("exclude: &x ['*']", "anchors and aliases"),
    ],
)
def test_a_fault_of_the_configuration_ends_the_scan(
    configuration: str, problem: str, twlint: Twlint, project: Path
) -> None:
    (project / ".twlint.yaml").write_text(configuration)
    result = _scan(project, twlint)
    assert (result.returncode, result.stdout) == (2, "")
    assert problem in result.stderr


@pytest.mark.parametrize(
    ("arguments", "configuration"),
    [
        (["scan", "\x1b[2J\x9b31m"], ""),
        (["scan", "--\x1b[2J\x9b31m"], ""),
        (["scan", "--format", "\x1b[2J\x9b31m"], ""),
        (["scan", "--min-severity", "\x1b[2J\x9b31m"], ""),
        (["scan", "--select", "\x1b[2J\x9b31m"], ""),
        (["\x1b[2J\x9b31m"], ""),
        (["scan"], '"\\e[2J\\x9b31m": 1'),
        (["scan"], 'rules: ["\\e[2J\\x9b31m"]'),
        (["explain", "\x1b[2J\x9b31m"], ""),
        (["explain", "aws", "\x1b[2J\x9b31m"], ""),
        (["rules", "list", "--config", ".twlint.yaml"], "rules: [rules.yaml]"),
        (["rules", "show", "acme-api-key", "--config", ".twlint.yaml"], "rules: [rules.yaml]"),
        (["explain", "acme-api-key", "--config", ".twlint.yaml"], "rules: [rules.yaml]"),
    ],
)
def test_no_message_steers_a_terminal(arguments: list[str], configuration: str, twlint: Twlint, project: Path) -> None:
    """Messages quote names, keys and values; a repository chooses them."""
    evil = "\x1b[2J\x9b31m"
    rule = written_rule(name=f"a {evil}", advice=evil, references=[evil], rotate=evil, context=[evil])
    (project / "rules.yaml").write_bytes(rule_file(rule))
    (project / ".twlint.yaml").write_text(configuration)
    result = twlint(*arguments)
    assert result.returncode == (2 if "rules.yaml" not in configuration else 0)
    assert "\\x9b31m" in result.stderr + result.stdout
    assert _steers(result.stderr + result.stdout) == []


CRASH = """
import linter.pipeline
def scan(*_, **__):
    raise ValueError({message!r})
linter.pipeline.scan = scan
from linter.cli import main
main()
"""


def test_an_internal_error_tells_its_place_and_not_its_message(project: Path) -> None:
    (project / "a.txt").write_text(LINE)
    command = [sys.executable, "-c", CRASH.format(message=TOKEN), "scan"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert re.fullmatch(r"twlint: internal error: ValueError at <string>:\d+; please report it\n", run.stderr)


@pytest.mark.parametrize(("content", "code"), [(LINE, 1), ("nothing\n", 0)], ids=["found", "clean"])
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_closed_pipe_leaves_the_exit_code_as_it_is(content: str, code: int, form: str, project: Path) -> None:
    """RELIABILITY P5."""
    (project / "a.txt").write_text(content)
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [*COMMAND, "scan", "-f", form], cwd=project, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (code, b"")


def test_a_reader_that_stops_early_leaves_the_exit_code_as_it_is(project: Path) -> None:
    for number in range(800):
        (project / f"{number}.txt").write_text(f"token = {invented.github_token(number)}\n")
    with subprocess.Popen([*COMMAND, "scan", "-f", "json"], cwd=project, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(30) == 1


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_standard_output_that_is_full_is_an_error(form: str, project: Path) -> None:
    (project / "a.txt").write_text(LINE)
    command = [*COMMAND, "scan", "-f", form]
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 2
    assert b"No space left" in run.stderr


def test_a_report_that_cannot_be_written_still_tells_the_number(twlint: Twlint, project: Path) -> None:
    result = _scan(project, twlint, "--output", "json=/dev/full")
    assert "1 findings" in result.stderr
    assert "No space left" in result.stderr


def _limited_scan(folder: Path, size: int) -> int:
    """Scan where no file may grow beyond `size` bytes, into `folder/report.json`."""
    command = [*COMMAND, "scan", "--output", f"json={folder / 'report.json'}", str(folder.parent / "scanned")]
    run = subprocess.run(
        command,
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return run.returncode


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder for reports, beside a folder whose report has some forty kilobytes."""
    (tmp_path / "scanned").mkdir()
    for number in range(40):
        (tmp_path / "scanned" / f"{number}.txt").write_text(f"token = {invented.github_token(number)}\n")
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


def _assert_whole_or_not_there(folder: Path, code: int) -> None:
    """No half of a report, no temporary file; exit code 2 if it is not there."""
    written = [file.name for file in folder.iterdir()]
    if code == 1:
        assert len(json.loads((folder / "report.json").read_text())["findings"]) == 40
    else:
        assert (code, written) == (2, [])


@pytest.mark.parametrize("size", [0, 1, 100, 4_095, 4_096, 30_000, 1_000_000])
def test_a_report_is_written_whole_or_not_at_all(size: int, reports: Path) -> None:
    """RELIABILITY P6."""
    _assert_whole_or_not_there(reports, _limited_scan(reports, size))


@pytest.mark.slow
@pytest.mark.parametrize("size", range(500, 60_000, 1_200))
def test_a_report_is_written_whole_or_not_at_all_at_many_sizes(size: int, reports: Path) -> None:
    """RELIABILITY P6."""
    _assert_whole_or_not_there(reports, _limited_scan(reports, size))


def test_an_old_report_stays_if_the_new_one_cannot_be_written(reports: Path) -> None:
    (reports / "report.json").write_text("the old one")
    assert _limited_scan(reports, 4_096) == 2
    assert [file.name for file in reports.iterdir()] == ["report.json"]
    assert (reports / "report.json").read_text() == "the old one"


@contextlib.contextmanager
def _mounted(folder: Path, options: str) -> Iterator[None]:
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("mounting needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("pages", [1, 2, 5, 9])
def test_a_full_disk_leaves_no_half_of_a_report(pages: int, reports: Path) -> None:
    with _mounted(reports, f"size={pages * 4096}"):
        _assert_whole_or_not_there(reports, _limited_scan(reports, 1 << 20))


def test_a_folder_that_is_read_only_is_an_error(reports: Path) -> None:
    with _mounted(reports, "size=1m,ro"):
        _assert_whole_or_not_there(reports, _limited_scan(reports, 1 << 20))


def test_a_report_reaches_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    ways = dict.fromkeys(("show_secrets", "statistics", "quiet", "verbose"), False)
    outputs = output.Outputs("json", (str(tmp_path / "report.json"),), "never", **ways)
    with pytest.raises(Exception, match=r"cannot be written: Input/output error \(1 findings\)"):
        outputs.write(made_reports.report())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_scan_with_what_was_found(number: signal.Signals, code: int, project: Path) -> None:
    with (project / "big").open("wb") as file:
        file.write(LINE.encode())
        file.truncate(8 << 30)
    command = [*COMMAND, "scan", "-f", "json", "big"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _wait_until(lambda: _has_read(process.pid, "big"))
        started = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - started < 2
    assert (process.returncode, err) == (code, b"")
    report = json.loads(out)
    assert not report["coverage"]["complete"]
    assert [finding["rule"] for finding in report["findings"]] == ["github-personal-access-token"]


@pytest.mark.parametrize("sent", [b"", LINE.encode()], ids=["nothing", "a line"])
def test_a_signal_ends_the_wait_for_input(sent: bytes, project: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, "scan", "-"], cwd=project, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        process.stdin.write(sent)
        process.stdin.flush()
        _wait_until(lambda: _handles(process.pid, signal.SIGTERM))
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143


def _handles(process: int, number: signal.Signals) -> bool:
    """True if `process` has a handler for the signal."""
    status = Path(f"/proc/{process}/status").read_text()
    (handled,) = re.findall(r"^SigCgt:\t(\w+)$", status, re.MULTILINE)
    return bool(int(handled, 16) >> (number - 1) & 1)


def _has_read(process: int, name: str) -> bool:
    """True if `process` has read some megabytes of the file `name`."""
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            position = Path(f"/proc/{process}/fdinfo/{entry.name}").read_text().split()[1]
            if entry.readlink().name == name and int(position) > 8 << 20:
                return True
    return False


def _wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_statistics_count_by_rule_the_most_first(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("".join(f"{invented.github_token(seed)}\n" for seed in range(10)))
    (project / "b.txt").write_text(f"{invented.aws_key_id()}\n")

    result = twlint("scan", "--statistics")

    assert result.returncode == 1
    counts, _, summary = result.stdout.partition("\n\n")
    assert counts.splitlines() == [
        "10  github-personal-access-token  GitHub personal access token (classic)",
        " 1  aws-access-key-id             AWS access key ID",
    ]
    assert "11 findings: " in summary
    assert "Scanned 2 files" in summary
    assert "ghp_" not in result.stdout


def test_statistics_of_nothing_are_the_summary(twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("nothing\n")

    result = twlint("scan", "--statistics")

    assert (result.returncode, result.stdout.splitlines()[0]) == (0, "No findings.")


@pytest.mark.parametrize("options", [["--format", "json"], ["--output", "sarif=report.sarif"]])
def test_statistics_are_refused_for_other_formats(options: list[str], twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text(LINE)

    result = twlint("scan", "--statistics", *options)

    assert (result.returncode, result.stdout) == (2, "")
    assert "--statistics works for text" in result.stderr
    assert not (project / "report.sarif").exists()
