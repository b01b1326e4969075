"""Files of every kind: read whole, named right, never followed out of the target."""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from linter.examine import Examiner
from linter.parsed import Parser
from linter.sources import files
from linter.sources.files import Files
from tests import awkward, batches, invented
from tests.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.matcher import Engine, PatternEngine
    from linter.rules import PatternRule
    from tests.command import Report, Twlint

TOKEN = invented.github_token(7)


def _path(place: dict[str, str]) -> str:
    """The path of a location of a JSON report, as the system knows it."""
    return os.fsdecode(base64.b64decode(place["path_b64"])) if "path_b64" in place else place["path"]


def _lines(report: Report) -> dict[str, dict[str, int]]:
    """By path, the line at which each rule found something."""
    lines: dict[str, dict[str, int]] = defaultdict(dict)
    for finding in report["findings"]:
        for place in finding["occurrences"]:
            lines[_path(place)][finding["rule"]] = place["line"]
    return dict(lines)


def _expected(lines: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {name: dict(zip(awkward.RULES, numbers, strict=True)) for name, numbers in lines.items()}


def _skipped(report: Report) -> dict[str, str]:
    return {skip["path"]: skip["reason"] for skip in report["coverage"]["skipped"]}


def test_awkward_files_are_read_and_their_lines_are_right(twlint: Twlint, project: Path) -> None:
    expected = _expected(awkward.write(project))
    report = twlint.json()
    assert _lines(report) == expected
    assert report["coverage"]["complete"]
    assert report["coverage"]["files"] == len(expected)


@pytest.mark.parametrize("name", awkward.LINES)
def test_awkward_content_is_read_from_standard_input(name: str, twlint: Twlint, project: Path) -> None:
    awkward.write(project)
    report = twlint.json("-", stdin=(project / name).read_bytes())
    assert _lines(report) == _expected({"(standard input)": awkward.LINES[name]})


@pytest.mark.parametrize("name", awkward.NAMES, ids=repr)
def test_a_file_of_any_name_can_be_named(name: bytes, twlint: Twlint, project: Path) -> None:
    awkward.write_named(project)
    report = twlint.json("--", name)
    assert _lines(report) == _expected({os.fsdecode(name): (1, 2)})


def test_json_paths_come_back_as_the_system_has_them(twlint: Twlint, project: Path) -> None:
    names = {os.fsdecode(name) for name in awkward.write_named(project)}
    report = twlint.json()
    assert set(_lines(report)) == names
    text = twlint("scan", "--format", "json").stdout
    assert text.encode().decode("utf-8") == text, "valid UTF-8"


def test_json_lines_are_one_object_a_line_whatever_the_names(twlint: Twlint, project: Path) -> None:
    names = {os.fsdecode(name) for name in awkward.write_named(project)}
    *findings, last = twlint("scan", "--format", "jsonl").lines
    assert set(_lines({"findings": findings})) == names
    assert set(last) == {"coverage", "summary"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"new\nline.py", "new\\x0aline.py:1:9"),
        (b"invalid-\xff.py", "invalid-\\xff.py:1:9"),
        (b"escape-\x1b[31m.py", "escape-\\x1b[31m.py:1:9"),
        ("n\u00e4me-\u202e.py".encode(), "n\u00e4me-\\u202e.py:1:9"),
    ],
    ids=repr,
)
def test_text_writes_out_what_a_name_holds(name: bytes, shown: str, twlint: Twlint, project: Path) -> None:
    Path(os.fsdecode(os.fsencode(project) + b"/" + name)).write_text(f"token = {TOKEN}\n")
    assert f"  {shown}\n" in twlint("scan").stdout


class _Planted(NamedTuple):
    offset: int
    token: str


def _windows(root: Path, name: bytes) -> list[tuple[int, int]]:
    """The start and end of every window in which a file is handed out."""
    read = batches.read(Files(root, [name]))
    return [(batch.origin.offset, batch.origin.offset + batch.ends[0] - batch.starts[0]) for batch in read]


def _plant(content: bytearray, edges: list[int], delta: int) -> list[_Planted]:
    """Put a token at `delta` bytes from each edge; no two of them overlap."""
    planted: list[_Planted] = []
    for number, edge in enumerate(edges):
        offset = edge + delta + number % 7
        token = invented.github_token(number)
        if 0 < offset < len(content) - 41 and (not planted or planted[-1].offset + 60 < offset):
            content[offset : offset + 40] = token.encode()
            planted.append(_Planted(offset, token))
    return planted


def _columns(root: Path, name: bytes, rules: tuple[PatternRule, ...], engine: Engine) -> set[tuple[int, int]]:
    """Line and column of every match in a file."""
    examiner = Examiner(rules, frozenset(rule.id for rule in rules), engine, Parser(rules, threading.Lock()))
    examined = [each for batch in batches.read(Files(root, [name])) for each in examiner.examine(batch)]
    assert not any(each.faults for each in examined)
    return {(match.extent.line, match.extent.column) for each in examined for match in each.matches}


@pytest.mark.parametrize("separator", [b" ", b"-", b"\n"], ids=repr)
def test_a_secret_at_any_offset_from_a_windows_edge_is_found(
    separator: bytes,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
) -> None:
    """Some two thousand offsets around the edges of small windows of one line (RELIABILITY B3)."""
    monkeypatch.setattr(files, "BUFFER_SIZE", 96 << 10)
    size = 1_500_000
    (project / "big").write_bytes(separator * size)
    edges = sorted({edge for window in _windows(project, b"big") for edge in window})
    tried = 0
    for delta in range(-60, 30, 4):
        content = bytearray(separator * size)
        planted = _plant(content, edges, delta)
        (project / "big").write_bytes(content)
        expected = {
            (content.count(b"\n", 0, each.offset) + 1, each.offset - content.rfind(b"\n", 0, each.offset))
            for each in planted
        }
        assert _columns(project, b"big", builtin_rules, pattern_engine) == expected
        tried += len(planted)
    assert tried > 700


def test_a_secret_at_an_edge_of_a_real_window_is_found(twlint: Twlint, project: Path) -> None:
    size = 9 << 20
    (project / "big.js").write_bytes(b";" * size)
    edges = sorted({edge for window in _windows(project, b"big.js") for edge in window})
    assert len(edges) > 4
    for delta in (-40, -39, -20, -1, 0, 1):
        content = bytearray(b";" * size)
        planted = _plant(content, edges, delta)
        (project / "big.js").write_bytes(content)
        report = twlint.json("big.js")
        places = {place["column"] for finding in report["findings"] for place in finding["occurrences"]}
        assert places == {each.offset + 1 for each in planted}
        assert report["coverage"]["complete"]


def test_lines_of_large_content_without_line_feeds_are_counted_on(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
) -> None:
    monkeypatch.setattr(files, "BUFFER_SIZE", 96 << 10)
    (project / "big").write_bytes(b"a line of text\r" * 20_000 + TOKEN.encode() + b"\r")
    assert _columns(project, b"big", builtin_rules, pattern_engine) == {(20_001, 1)}


def test_a_long_line_with_carriage_returns_stays_one_line(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
) -> None:
    monkeypatch.setattr(files, "BUFFER_SIZE", 96 << 10)
    (project / "big").write_bytes(b"first\n" + b"x \r" * 100_000 + TOKEN.encode())
    assert _columns(project, b"big", builtin_rules, pattern_engine) == {(2, 300_001)}


def test_large_text_of_two_bytes_a_character_is_read(twlint: Twlint, project: Path) -> None:
    text = "\u4e2d and more\n" * 500_000 + f"token = {TOKEN}\n"
    (project / "big.txt").write_bytes(text.encode("utf-16"))
    report = twlint.json("big.txt")
    (finding,) = report["findings"]
    assert (finding["location"]["line"], finding["location"]["column"]) == (500_001, 9)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_the_mark_of_large_text_holds_for_all_of_it(codec: str, twlint: Twlint, project: Path) -> None:
    """Text with few zero bytes is known by its mark, which only the first window has."""
    text = "\ufeff" + "\u4e2d\u6587" * 700_000
    (project / "big.txt").write_bytes(f"{text} {TOKEN} {text}".encode(codec))
    (project / "plain.txt").write_text("x" * 2_000_000 + f"\0 {invented.github_token(4)}")
    report = twlint.json("--jobs", "1")
    assert {finding["location"]["path"] for finding in report["findings"]} == {"big.txt", "plain.txt"}


class _Peak(NamedTuple):
    returncode: int
    megabytes: float
    seconds: float
    report: Report


def _measured(target: Path) -> _Peak:
    """Scan a file; how much memory the process had at most, and how long it took."""
    started = time.monotonic()
    out = target.parent / "report.json"
    process = subprocess.Popen([*COMMAND, "scan", "--jobs", "2", "--output", f"json={out}", target])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return _Peak(process.returncode, usage.ru_maxrss / 1024, time.monotonic() - started, json.loads(out.read_text()))


def _assert_found_at_the_end(peak: _Peak, offset: int) -> None:
    assert peak.returncode == 1, peak.seconds
    assert [finding["location"]["column"] for finding in peak.report["findings"]] == [offset + 1]
    assert peak.report["coverage"]["complete"]
    assert peak.megabytes <= 300


@pytest.mark.slow
def test_a_line_of_a_gigabyte_needs_little_memory(tmp_path: Path) -> None:
    """RELIABILITY B4."""
    target = tmp_path / "line.txt"
    block = base64.b64encode(bytes(range(256)) * 3_072)[: 1 << 20]
    with target.open("wb") as file:
        for _ in range(1_024):
            file.write(block)
        file.write(b" " + TOKEN.encode())
    _assert_found_at_the_end(_measured(target), (1 << 30) + 1)
    target.unlink()


@pytest.mark.slow
def test_a_sparse_file_of_five_gigabytes_is_read(tmp_path: Path) -> None:
    """RELIABILITY B5."""
    target = tmp_path / "sparse.img"
    with target.open("wb") as file:
        file.truncate(5 << 30)
        file.seek(0, os.SEEK_END)
        file.write(TOKEN.encode())
    _assert_found_at_the_end(_measured(target), 5 << 30)
    target.unlink()


@pytest.mark.parametrize("letter", ["A", "e", "_", " "])
def test_a_megabyte_of_one_letter_is_no_burden(letter: str, twlint: Twlint, project: Path) -> None:
    """RELIABILITY B6."""
    (project / "letters.txt").write_text(letter * (1 << 20) + f"\ntoken = {TOKEN}\n")
    started = time.monotonic()
    report = twlint.json("letters.txt")
    assert time.monotonic() - started < 10
    assert [finding["location"]["line"] for finding in report["findings"]] == [2]
    assert report["coverage"]["complete"]


def _outside(folder: Path) -> Path:
    """A folder beside the target with a secret in it."""
    folder.mkdir()
    (folder / "secret.txt").write_text(f"token = {invented.github_token(99)}\n")
    return folder


def _links(project: Path, outside: Path) -> Iterator[str]:
    """Links of every kind, none of which may be followed."""
    targets = {
        "passwd": "/etc/passwd",
        "zero": "/dev/zero",
        "environ": "/proc/self/environ",
        "root": "/",
        "self": "self",
        "ping": "pong",
        "pong": "ping",
        "here": ".",
        "up": "..",
        "outside": str(outside),
        "file": str(outside / "secret.txt"),
        "relative": "../outside/secret.txt",
        "inside": "real.txt",
        "to-pipe": "pipe",
        "nowhere": f"https://{TOKEN}@acme.test/",
    }
    for name, target in targets.items():
        (project / name).symlink_to(target)
        yield name


def _specials(project: Path) -> Iterator[str]:
    """A pipe, a socket and devices, as far as they can be made here."""
    os.mkfifo(project / "pipe")
    yield "pipe"
    here = os.open(".", os.O_RDONLY)
    os.chdir(project)  # The path of a socket may have 107 bytes.
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    os.fchdir(here)
    os.close(here)
    yield "socket"
    devices = {"null": (stat.S_IFCHR, 1, 3), "zero-bytes": (stat.S_IFCHR, 1, 5), "disk": (stat.S_IFBLK, 7, 0)}
    for name, (kind, major, minor) in devices.items():
        with contextlib.suppress(OSError):
            os.mknod(project / name, 0o600 | kind, os.makedev(major, minor))
            yield name


def _odd_objects(project: Path) -> tuple[list[str], list[str]]:
    """The names of the links and of the special files in a project that also has one real file."""
    outside = _outside(project.parent / "outside")
    (project / "real.txt").write_text(f"token = {invented.github_token(8)}\n")
    return list(_links(project, outside)), list(_specials(project))


def test_links_pipes_sockets_and_devices_are_not_followed(twlint: Twlint, project: Path) -> None:
    """RELIABILITY B8."""
    links, specials = _odd_objects(project)
    started = time.monotonic()
    report = twlint.json(timeout=20)
    assert time.monotonic() - started < 3
    paths = {finding["location"]["path"] for finding in report["findings"]}
    assert paths == {"real.txt", "nowhere"}, "the text of a link is content, as git stores it"
    assert _skipped(report) == dict.fromkeys(specials, "not a regular file")
    assert report["coverage"]["complete"]
    assert report["coverage"]["files"] == len(links) + 1


def test_a_path_behind_a_link_is_not_read(project: Path) -> None:
    """A folder that became a link after it was listed (RELIABILITY B9)."""
    (project / "folder").symlink_to(_outside(project.parent / "outside"))
    source = Files(project, [b"folder/secret.txt"])
    assert list(batches.read(source)) == []
    (skip,) = source.skips(set())
    assert skip.path == "folder/secret.txt"


def _is_traceable() -> bool:
    strace = shutil.which("strace")
    return bool(strace) and subprocess.run([str(strace), "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _is_traceable(), reason="needs strace")
def test_nothing_outside_the_target_is_opened(project: Path) -> None:
    """RELIABILITY B8, with the system's own account of it."""
    _odd_objects(project)
    trace = project.parent / "trace"
    options = ["-f", "-qq", "-e", "trace=open,openat,openat2,readlink", "-o", str(trace)]
    command = ["strace", *options, *COMMAND, "scan"]
    subprocess.run(command, cwd=project, capture_output=True, check=False, timeout=60)
    calls = trace.read_text(errors="replace")
    assert '"real.txt"' in calls, "the trace sees what is read"
    assert "secret.txt" not in re.sub(r"readlink.*", "", calls)
    opened = re.findall(r'open\w*\([^"]*"([^"]*)"[^)]*\) = \d', calls)
    assert not {"/etc/passwd", "/dev/zero", "/proc/self/environ", "passwd", "zero", "environ"} & set(opened)


def test_a_file_that_cannot_be_read_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "bad").write_text("x")
    (project / "good").write_text("y")

    def readv(descriptor: int, buffers: list[memoryview], _read: object = os.readv) -> int:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith("bad"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return _read(descriptor, buffers)  # type: ignore[operator,no-any-return]

    monkeypatch.setattr(os, "readv", readv)
    source = Files(project, [b"bad", b"gone", b"good"])
    delivered = {key for batch in batches.read(source) for key in batch.keys}
    assert delivered == {b"good"}
    assert [(skip.path, skip.reason, skip.kind.value) for skip in source.skips(delivered)] == [
        ("bad", "cannot be read: Input/output error", "failed"),
        ("gone", "cannot be read: No such file or directory", "failed"),
    ]


def test_a_file_that_fails_after_its_first_windows_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BUFFER_SIZE", 96 << 10)
    (project / "big").write_bytes(b"x" * 300_000)
    (project / "good").write_text("y")
    calls = 0

    def readv(descriptor: int, buffers: list[memoryview], _read: object = os.readv) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return _read(descriptor, buffers)  # type: ignore[operator,no-any-return]

    monkeypatch.setattr(os, "readv", readv)
    source = Files(project, [b"big", b"good"])
    delivered = {key for batch in batches.read(source) if batch.last for key in batch.keys}
    assert delivered == {b"good"}
    assert [skip.path for skip in source.skips(delivered)] == ["big"]


def test_a_folder_that_cannot_be_read_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "inner").mkdir()

    def scandir(path: bytes, _scandir: object = os.scandir) -> object:
        if path.endswith(b"inner"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return _scandir(path)  # type: ignore[operator]

    monkeypatch.setattr(os, "scandir", scandir)
    (skip,) = files.below(project).skips
    assert (skip.path, skip.kind.value) == ("inner", "failed")


def test_every_file_below_a_folder_is_read(twlint: Twlint, project: Path) -> None:
    deep = project.joinpath(*(["folder"] * 60))
    deep.mkdir(parents=True)
    for number, folder in enumerate([project, project / "folder", deep]):
        (folder / ".env").write_text(f"TOKEN={invented.github_token(number)}\n")
    (project / "empty").touch()
    report = twlint.json()
    assert len(report["findings"]) == 3
    assert report["coverage"]["files"] == 4


def test_one_credential_in_many_files_is_one_finding(twlint: Twlint, project: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (project / name).write_text(f"x\ntoken = {TOKEN}\n")
    (finding,) = twlint.json()["findings"]
    assert [place["path"] for place in finding["occurrences"]] == ["a.txt", "b.txt", "c.txt"]


def test_excluded_paths_are_counted(twlint: Twlint, project: Path) -> None:
    for name in ("a.txt", "b.md"):
        (project / name).write_text(f"token = {TOKEN}\n")
    report = twlint.json("--exclude", "*.md")
    assert list(_lines(report)) == ["a.txt"]
    assert _skipped(report) == {"b.md": "excluded by the configuration"}
    assert report["coverage"]["complete"]
