"""What is in archives, databases and documents is found where it stands, whatever the source."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import py_compile
import random
import sqlite3
import sys
import tarfile
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from tests.archive_files import tar_of, zip_of
from tests.git_repositories import create
from tests.invented import github_token, password
from tests.scans import call, kinds, run, scan, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.command import Report, Twlint

TOKEN = github_token(3)
LEAK = f"first line\nGITHUB_TOKEN={TOKEN}\n".encode()


def places(report: Report) -> list[str]:
    """Where credentials stand, as `path:line`."""
    return sorted(f"{each['path']}:{each['line']}" for finding in report["findings"] for each in finding["occurrences"])


def image_of(layers: list[bytes], config: dict[str, Any]) -> bytes:
    """What `docker save` writes."""
    names = [f"blobs/sha256/{number:064x}" for number in range(len(layers) + 1)]
    manifest = [{"Config": names[-1], "RepoTags": ["app:latest"], "Layers": names[:-1]}]
    members = dict(zip(names, [*layers, json.dumps(config).encode()], strict=True))
    return tar_of({**members, "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.zip", lambda: zip_of({"b/c.env": LEAK}), "a.zip!b/c.env:2"),
        ("a.jar", lambda: zip_of({"b/c.env": LEAK}, zipfile.ZIP_STORED), "a.jar!b/c.env:2"),
        ("bzip2.zip", lambda: zip_of({"c.env": LEAK}, zipfile.ZIP_BZIP2), "bzip2.zip!c.env:2"),
        ("lzma.zip", lambda: zip_of({"c.env": LEAK}, zipfile.ZIP_LZMA), "lzma.zip!c.env:2"),
        ("noname", lambda: zip_of({"c.env": LEAK}), "noname!c.env:2"),
        ("a.tar", lambda: tar_of({"b/c.env": LEAK}), "a.tar!b/c.env:2"),
        ("gnu.tar", lambda: tar_of({"d/" * 200 + "c": LEAK}, "", tarfile.GNU_FORMAT), "gnu.tar!" + "d/" * 200 + "c:2"),
        ("pax.tar", lambda: tar_of({"d/" * 200 + "c": LEAK}, "", tarfile.PAX_FORMAT), "pax.tar!" + "d/" * 200 + "c:2"),
        ("two.tar", lambda: tar_of({"a": b"a"}) + tar_of({"c.env": LEAK}), "two.tar!c.env:2"),
        ("a.tgz", lambda: tar_of({"b/c.env": LEAK}, "gz"), "a.tgz!b/c.env:2"),
        ("a.tar.bz2", lambda: tar_of({"b/c.env": LEAK}, "bz2"), "a.tar.bz2!b/c.env:2"),
        ("a.tar.xz", lambda: tar_of({"b/c.env": LEAK}, "xz"), "a.tar.xz!b/c.env:2"),
        ("a.gz", lambda: gzip.compress(LEAK), "a.gz!content:2"),
        ("two.gz", lambda: gzip.compress(b"a\n") + gzip.compress(LEAK), "two.gz!content:3"),
        ("a.bz2", lambda: bz2.compress(LEAK), "a.bz2!content:2"),
        ("a.xz", lambda: lzma.compress(LEAK), "a.xz!content:2"),
        ("in.tar", lambda: tar_of({"x/a.zip": zip_of({"c.env": LEAK})}), "in.tar!x/a.zip!c.env:2"),
        ("in.zip", lambda: zip_of({"a.tgz": tar_of({"c.env": LEAK}, "gz")}), "in.zip!a.tgz!c.env:2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_member_is_found_at_its_line(
    name: str, data: Callable[[], bytes], place: str, project: Path, twlint: Twlint
) -> None:
    (project / name).write_bytes(data())
    report = scan(twlint)
    assert places(report) == [place]
    assert values(report) == {TOKEN}
    assert report["coverage"]["complete"]
    assert report["coverage"]["members"] >= 1


@pytest.mark.parametrize("make", [zip_of, tar_of, partial(tar_of, compression="gz")], ids=["zip", "tar", "tgz"])
def test_an_archive_of_megabytes_is_read_where_it_stands(
    make: Callable[[dict[str, bytes]], bytes], project: Path, twlint: Twlint
) -> None:
    noise = random.Random(1).randbytes(3_000_000)
    data = make({"noise": noise, "c.env": LEAK, "more": noise})
    repository = create(project)
    repository.commit({"old/a.bin": data})
    repository.commit({"old/a.bin": None})
    (project / "a.bin").write_bytes(data)
    report = scan(twlint)
    assert places(report) == ["a.bin!c.env:2", "old/a.bin!c.env:2"]
    assert report["coverage"]["members"] == 6
    assert report["coverage"]["complete"]


def test_what_comes_through_a_pipe_is_opened_if_it_is_small_and_else_told(twlint: Twlint) -> None:
    small = twlint("scan", "--format", "json", "-", stdin=zip_of({"c.env": LEAK}))
    assert places(small.report) == ["(standard input)!c.env:2"]
    data = zip_of({"c.env": LEAK, "x": random.Random(1).randbytes(2_000_000)})
    large = twlint("scan", "--format", "json", "-", stdin=data)
    assert large.returncode == 3
    (skip,) = large.report["coverage"]["skipped"]
    assert "pipe" in skip["reason"]


def test_an_archive_in_the_history_has_the_commit_that_brought_it_in(project: Path, twlint: Twlint) -> None:
    repository = create(project)
    repository.commit({"readme": "hello\n"})
    sha = repository.commit({"lib/a.whl": zip_of({"pkg/c.env": LEAK})})
    repository.commit({"lib/a.whl": None})
    (finding,) = scan(twlint)["findings"]
    assert finding["location"]["path"] == "lib/a.whl!pkg/c.env"
    assert finding["introduced"]["commit"] == sha
    assert finding["state"] == "history"


def test_an_archive_is_opened_as_the_index_has_it(project: Path, twlint: Twlint) -> None:
    repository = create(project)
    repository.commit({"readme": "hello\n"})
    (project / "a.zip").write_bytes(zip_of({"c.env": LEAK}))
    repository.git("add", "a.zip")
    (project / "a.zip").write_bytes(zip_of({"c.env": b"nothing"}))
    result = run(twlint, command="hook")
    assert result.returncode == 1
    assert places(result.report) == ["a.zip!c.env:2"]


def test_a_credential_in_a_member_is_not_told_of_the_bytes_of_its_archives_too(project: Path, twlint: Twlint) -> None:
    inner = zip_of({"c.env": LEAK}, zipfile.ZIP_STORED)
    (project / "a.tar").write_bytes(tar_of({"in.zip": inner}))
    assert TOKEN.encode() in (project / "a.tar").read_bytes()
    assert places(scan(twlint)) == ["a.tar!in.zip!c.env:2"]


def test_what_stands_in_no_member_is_found_in_the_bytes(project: Path, twlint: Twlint) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "a")
        archive.comment = LEAK
    (project / "a.zip").write_bytes(file.getvalue())
    assert [each.partition(":")[0] for each in places(scan(twlint))] == ["a.zip"]


def test_python_in_an_archive_is_parsed(project: Path, twlint: Twlint) -> None:
    source = f'import requests\nrequests.get("https://acme.test", auth=("ada", "{password(4)}"))\n'.encode()
    (project / "a.zip").write_bytes(zip_of({"pkg/client.py": source}))
    (finding,) = scan(twlint)["findings"]
    assert finding["location"]["path"] == "a.zip!pkg/client.py"
    assert finding["rule"].startswith("hardcoded-credential")


@pytest.mark.parametrize("glob", ["b/", "*.env", "a.zip", "a.zip!b/*.env", "a.zip/b/"])
def test_a_path_in_an_archive_can_be_excluded(glob: str, project: Path, twlint: Twlint) -> None:
    (project / "a.zip").write_bytes(zip_of({"b/c.env": LEAK}))
    (project / "other.txt").write_text("hello\n")
    assert places(scan(twlint, "--exclude", glob)) == []
    assert places(scan(twlint, "--exclude", "d/")) == ["a.zip!b/c.env:2"]


def test_archives_can_be_left_closed_and_that_is_told(project: Path, twlint: Twlint) -> None:
    (project / "a.zip").write_bytes(zip_of({"b/c.env": LEAK}))
    result = run(twlint, "--no-archives")
    assert result.returncode == 0
    assert result.report["coverage"]["members"] == 0
    assert result.report["coverage"]["skipped"] == [
        {"path": "a.zip", "reason": "archive: not opened, as the configuration says", "kind": "excluded"}
    ]
    (project / ".twlint.yaml").write_text("archives: false\n")
    assert places(scan(twlint)) == []
    assert places(scan(twlint, "--archives")) == ["a.zip!b/c.env:2"]


def test_an_ignore_comment_in_a_member_counts_and_one_that_ignores_nothing_is_not_told(
    project: Path, twlint: Twlint
) -> None:
    ignore = "# twlint: " + "ignore"
    used = f"TOKEN = '{TOKEN}'  {ignore}[github-personal-access-token] a test"
    text = f"{used}\nx = 1  {ignore}[jwt-token] no\n"
    (project / "a.zip").write_bytes(zip_of({"c.txt": text.encode()}))
    report = scan(twlint)
    assert [each["status"] for each in report["findings"]] == ["suppressed"]
    assert report["notices"] == []


def test_a_baseline_covers_a_member_while_its_archive_stands(project: Path, twlint: Twlint) -> None:
    (project / "a.zip").write_bytes(zip_of({"c.env": LEAK}))
    assert call(twlint, "baseline", "create").returncode == 0
    assert "a.zip!c.env" in (project / ".twlint-baseline").read_text()
    covered = run(twlint, "--baseline", ".twlint-baseline")
    assert covered.returncode == 0
    (project / "c.env").write_bytes(LEAK)
    assert run(twlint, "--baseline", ".twlint-baseline").returncode == 1, "elsewhere it is new"


def test_members_are_told_in_the_text_report(project: Path, twlint: Twlint) -> None:
    (project / "a.zip").write_bytes(zip_of({"b/c.env": LEAK, "d": b"d", "e/": b""}))
    text = call(twlint, "scan").stdout
    assert "a.zip!b/c.env:2:14" in text
    assert "Scanned 1 file, 2 archive members" in text


# What is more than members.


def database(file: Path, encoding: str = "UTF-8") -> None:
    """A database whose rows take many pages, one of them so long that it goes on in others."""
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA encoding = '{encoding}'")
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, github_token TEXT)")
    rows = [(number, f"user {number}", TOKEN if number == 777 else "") for number in range(1_000)]
    connection.executemany("INSERT INTO users VALUES (?, ?, ?)", rows)
    connection.execute("CREATE TABLE notes (body TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("INSERT INTO notes VALUES (?)", (f"{'x ' * 20_000} {github_token(5)} end",))
    connection.commit()
    connection.close()


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_the_text_in_a_database_is_read_by_table(encoding: str, project: Path, twlint: Twlint) -> None:
    database(project / "app.data", encoding)
    report = scan(twlint)
    assert values(report) == {TOKEN, github_token(5)}
    assert {each.rpartition(":")[0] for each in places(report)} == {"app.data!users", "app.data!notes"}
    assert report["coverage"]["complete"]


def test_a_broken_database_is_told(project: Path, twlint: Twlint) -> None:
    database(project / "app.db")
    data = bytearray((project / "app.db").read_bytes())
    for page in range(4096, len(data), 4096):
        data[page] = 0xEE
    (project / "app.db").write_bytes(data)
    report = scan(twlint)
    assert set(kinds(report).values()) == {"failed"}


def test_a_database_whose_pages_form_a_circle_ends(project: Path, twlint: Twlint) -> None:
    database(project / "app.db")
    data = bytearray((project / "app.db").read_bytes())
    root = next(page for page in range(4096, len(data), 4096) if data[page] == 5)
    data[root + 8 : root + 12] = (root // 4096 + 1).to_bytes(4, "big")
    (project / "app.db").write_bytes(data)
    assert any("circle" in skip["reason"] for skip in scan(twlint)["coverage"]["skipped"])


@pytest.mark.parametrize("lead", ["", "a" * 40, "ä"])
def test_the_strings_of_compiled_python_are_read(lead: str, project: Path, twlint: Twlint, tmp_path: Path) -> None:
    source = tmp_path / "m.py"
    source.write_text(f'def connect(token="{TOKEN}", text="{lead}"):\n    return token, text\n')
    py_compile.compile(str(source), str(project / "m.pyc"), doraise=True)
    report = scan(twlint)
    assert values(report) == {TOKEN}
    assert [each.partition(":")[0] for each in places(report)] == ["m.pyc!constants"]


def test_what_is_compiled_is_never_loaded(project: Path, twlint: Twlint) -> None:
    """Bytes that Python's own reader may die of."""
    header = b"\xa7\r\r\n" + bytes(12)
    (project / "deep.pyc").write_bytes(header + b"\xa9\x01" * 400_000)
    (project / "noise.pyc").write_bytes(header + random.Random(1).randbytes(200_000))
    with mock.patch.dict(sys.modules, {"marshal": None}):
        assert scan(twlint)["coverage"]["complete"]


DOCUMENT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>How to deploy</w:t></w:r></w:p><w:p>{runs}</w:p></w:body></w:document>"""


def test_the_text_of_an_office_document_is_joined(project: Path, twlint: Twlint) -> None:
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in ("token: ", TOKEN[:9], TOKEN[9:30], TOKEN[30:]))
    (project / "a.docx").write_bytes(zip_of({"word/document.xml": DOCUMENT.format(runs=runs).encode()}))
    report = scan(twlint)
    assert values(report) == {TOKEN}
    assert [each.rpartition(":")[0] for each in places(report)] == ["a.docx!word/document.xml!text"]


def test_layers_variables_and_history_of_an_image_are_read(project: Path, twlint: Twlint) -> None:
    tokens = [github_token(number) for number in range(10, 14)]
    config = {
        "architecture": "amd64",
        "config": {"Env": ["PATH=/bin", f"GITHUB_TOKEN={tokens[0]}"], "Labels": {"a": f"{tokens[1]}"}},
        "history": [{"created_by": f"RUN git clone https://{tokens[2]}@github.com/acme/app"}],
        "rootfs": {"type": "layers", "diff_ids": []},
    }
    removed = tar_of({"root/.wh..netrc": b""})
    layers = [tar_of({"root/c.env": f"GITHUB_TOKEN={tokens[3]}\n".encode()}, "gz"), removed]
    (project / "image.tar").write_bytes(image_of(layers, config))
    report = scan(twlint)
    assert values(report) == set(tokens)
    blob = "image.tar!blobs/sha256/"
    assert places(report) == [
        f"{blob}{0:064x}!root/c.env:1",
        f"{blob}{2:064x}!env:2",
        f"{blob}{2:064x}!env:3",
        f"{blob}{2:064x}!history:1",
    ]


def test_zstandard_needs_its_extra_and_says_so(project: Path, twlint: Twlint) -> None:
    zstandard = pytest.importorskip("zstandard")
    (project / "a.tar.zst").write_bytes(zstandard.compress(tar_of({"c.env": LEAK})))
    (project / "b.zst").write_bytes(zstandard.compress(b"a\n") + zstandard.compress(LEAK))
    assert places(scan(twlint)) == ["a.tar.zst!c.env:2", "b.zst!content:3"]
    cut = zstandard.compress(random.Random(1).randbytes(3_000))
    (project / "c.zst").write_bytes(cut[:-9])
    assert kinds(scan(twlint)) == {"c.zst!content": "failed"}
    with mock.patch.dict(sys.modules, {"zstandard": None, "compression": None}):
        without = run(twlint)
    assert not without.report["coverage"]["complete"]
    assert {skip["reason"] for skip in without.report["coverage"]["skipped"]} == {
        "archive: Zstandard needs `pip install twlint[zstd]`"
    }


def pdf_of(text: str) -> bytes:
    """A PDF with one page of text, compressed."""
    stream = zlib.compress(f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(data)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return data + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_the_text_of_a_pdf_needs_its_extra_and_says_so(project: Path, twlint: Twlint) -> None:
    pytest.importorskip("pypdf")
    (project / "a.pdf").write_bytes(pdf_of(f"GITHUB_TOKEN={TOKEN}"))
    report = scan(twlint)
    assert places(report) == ["a.pdf!text:1"]
    assert report["coverage"]["complete"]
    with mock.patch.dict(sys.modules, {"pypdf": None}):
        without = run(twlint)
    assert without.returncode == 0
    assert kinds(without.report) == {"a.pdf": "degraded"}
    assert "twlint[pdf]" in without.report["coverage"]["skipped"][0]["reason"]


def test_a_pdf_that_is_none_is_told(project: Path, twlint: Twlint) -> None:
    pytest.importorskip("pypdf")
    (project / "a.pdf").write_bytes(b"%PDF-1.4\n" + random.Random(1).randbytes(5_000))
    assert kinds(scan(twlint)) == {"a.pdf": "failed"}


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\0"])
def test_an_archive_of_a_kind_that_is_not_opened_is_told(magic: bytes, project: Path, twlint: Twlint) -> None:
    (project / "a").write_bytes(magic + bytes(100))
    (project / "b.zip").write_bytes(zip_of({"c": magic + bytes(100)}))
    result = run(twlint)
    assert result.returncode == 3
    assert kinds(result.report) == {"a": "limited", "b.zip!c": "limited"}
    assert run(twlint, "--config", _accepting(project)).returncode == 0


def _accepting(project: Path) -> Path:
    file = project.parent / "accepting.yaml"
    file.write_text("accept-skips: ['archive:']\n")
    return file


# The ledger.


MAKERS: tuple[Callable[[dict[str, bytes]], bytes], ...] = (
    zip_of,
    tar_of,
    partial(tar_of, compression="gz"),
    partial(tar_of, compression="xz"),
)


class Generated:
    """An archive with archives in it, its number of members, and the credentials by path."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._seed = dice.randrange(1_000_000)
        self.members = 0
        self.tokens: dict[str, str] = {}
        self.data = self._archive("", 1)

    def _archive(self, path: str, depth: int) -> bytes:
        members = {}
        for number in range(self._dice.randrange(1, 5)):
            name = f"{self._dice.choice(['', 'd/'])}{number}"
            inside = f"{path}!{name}"
            self.members += 1
            if depth < 4 and self._dice.random() < 0.4:
                members[name] = self._archive(inside, depth + 1)
            else:
                self._seed += 1
                self.tokens[inside] = github_token(self._seed)
                padding = self._dice.choice([0, 0, 100, 1_500_000 if self._dice.random() < 0.1 else 0])
                members[name] = f"{'#' * padding}\nGITHUB_TOKEN={self.tokens[inside]}\n".encode()
        return self._dice.choice(MAKERS)(members)


@pytest.mark.parametrize("seed", range(12))
def test_every_member_is_scanned(seed: int, project: Path, twlint: Twlint) -> None:
    made = Generated(random.Random(seed))
    (project / "a").write_bytes(made.data)
    report = scan(twlint)
    assert values(report) == set(made.tokens.values())
    assert {each.rpartition(":")[0] for each in places(report)} == {f"a{path}" for path in made.tokens}
    assert report["coverage"]["members"] == made.members
    assert report["coverage"]["skipped"] == []


@pytest.mark.parametrize("seed", range(60))
def test_an_archive_that_breaks_is_told_or_gives_all_that_is_in_it(seed: int, project: Path, twlint: Twlint) -> None:
    dice = random.Random(seed)
    made = Generated(dice)
    data = bytearray(made.data)
    if dice.random() < 0.5:
        del data[dice.randrange(1, len(data)) :]
    else:
        for _ in range(dice.randrange(1, 4)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    (project / "a").write_bytes(data)
    result = run(twlint)
    assert "internal error" not in result.stderr
    lost = set(made.tokens.values()) - values(result.report)
    # What is no archive any more at its start is scanned as it is; a token may break where its bytes do.
    if result.report["coverage"]["complete"] and result.report["coverage"]["members"] == made.members:
        assert len(lost) <= 3
    assert result.returncode in (0, 1, 3)


def test_members_that_cannot_be_scanned_are_named_up_to_a_number(project: Path, twlint: Twlint) -> None:
    data = bytearray(zip_of({f"{number}": b"x" for number in range(1_500)}))
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    (project / "a.zip").write_bytes(data)
    report = scan(twlint)
    skipped = report["coverage"]["skipped"]
    assert len(skipped) == 1_001
    assert skipped[-1]["reason"] == "archive: 500 more members were not scanned"
    assert report["coverage"]["members"] == 0
