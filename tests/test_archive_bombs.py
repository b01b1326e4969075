"""Archives made to hurt whoever opens them: each ends within its limits, is told, and takes nothing else along."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Literal, NamedTuple
from unittest import mock

import pytest

from linter import matcher
from linter.sources.archives import limits
from tests import archive_files
from tests.archive_files import MIB, tar_of, zip_of
from tests.command import COMMAND, Report
from tests.invented import github_token
from tests.scans import SHOWN, call, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from linter.rules import PatternRule
    from tests.command import Twlint

BESIDE = github_token(1)
"""A credential in another file of the same folder."""

INSIDE = github_token(2)
"""One in the archive."""

LEAK = f"GITHUB_TOKEN={INSIDE}\n".encode()

MEMORY = 300 << 20
SECONDS = 60.0


class Ended(NamedTuple):
    """How a scan of a folder with one archive ended, what it took, and what stands on disk that was not there."""

    report: Report
    code: int
    seconds: float
    memory: int
    created: set[str]

    def skipped(self) -> dict[str, tuple[str, str]]:
        """Kind and reason of what was not scanned, by path."""
        return {skip["path"]: (skip["kind"], skip["reason"]) for skip in self.report["coverage"]["skipped"]}


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


_MEASURED = """
import json, resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([code, time.monotonic() - start, memory]), file=sys.stderr)
"""
"""A small process between test and command: a child counts the memory of the process that it was copied from."""


def scan(folder: Path, data: bytes) -> Ended:
    """Scan a folder that holds an archive and a leak, by a process of its own whose memory is measured."""
    project, temporary = folder / "project" / "inner", folder / "temporary"
    project.mkdir(parents=True, exist_ok=True)
    temporary.mkdir()
    (project / "bomb").write_bytes(data)
    (project / "beside.env").write_text(f"GITHUB_TOKEN={BESIDE}\n")
    before = _files(folder)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *COMMAND, "scan", "--no-history", "--quiet", *SHOWN],
        cwd=project,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        check=True,
    )
    code, seconds, memory = json.loads(done.stderr.splitlines()[-1])
    return Ended(json.loads(done.stdout), code, seconds, memory, _files(folder) - before)


def check(ended: Ended) -> None:
    """What holds for every archive."""
    assert ended.memory < MEMORY
    assert ended.seconds < SECONDS
    assert not ended.created
    assert ended.code == 1
    assert BESIDE in values(ended.report)


def check_stopped(ended: Ended, *reasons: str) -> None:
    """What holds for one that is not read to its end: it is told, and the scan is incomplete."""
    check(ended)
    assert not ended.report["coverage"]["complete"]
    told = [reason for path, (kind, reason) in ended.skipped().items() if path.startswith("bomb") and kind == "limited"]
    for reason in reasons:
        assert any(reason in each for each in told), ended.skipped()


def _expanded(data: bytes, count: int) -> int:
    """How many bytes come out of a gzip file, up to `count`: the control for those that are too large to hold."""
    with gzip.open(io.BytesIO(data)) as file:
        size = 0
        while size < count and (piece := file.read(MIB)):
            size += len(piece)
    return size


def _listed(data: bytes) -> list[tarfile.TarInfo]:
    """The members of a tar as the standard library sees them."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return archive.getmembers()


def test_many_zips_in_zips_in_zips(tmp_path: Path) -> None:
    """As 42.zip: a few kilobytes that are some gigabytes three layers below."""
    bomb = zip_of({"0": bytes(16 * MIB)})
    for _ in range(2):
        bomb = zip_of({f"{number:x}.zip": bomb for number in range(16)})
    with zipfile.ZipFile(io.BytesIO(bomb)) as outer, zipfile.ZipFile(io.BytesIO(outer.read("0.zip"))) as inner:
        last = zipfile.ZipFile(io.BytesIO(inner.read("0.zip"))).getinfo("0").file_size
    assert 16 * 16 * last == 4096 * MIB
    assert len(bomb) < MIB
    check_stopped(scan(tmp_path, bomb), "times its own size came out of it")


def test_an_archive_that_holds_itself(tmp_path: Path) -> None:
    bomb = archive_files.gzip_quine()
    assert archive_files.expands_to(bomb) == bomb
    check_stopped(scan(tmp_path, bomb), f"nested more than {limits.DEPTH} deep")


def test_members_that_overlap(tmp_path: Path) -> None:
    bomb = archive_files.overlapping(3_000, 10 * MIB)
    claimed = zipfile.ZipFile(io.BytesIO(bomb)).infolist()
    assert sum(each.file_size for each in claimed) == 30_000 * MIB
    check_stopped(scan(tmp_path, bomb), "times its own size came out of it")


def test_zeros_at_a_thousand_to_one(tmp_path: Path) -> None:
    bomb = zip_of({"zeros": bytes(50 * MIB)})
    assert 50 * MIB / len(bomb) > 900
    check_stopped(scan(tmp_path, bomb), "times its own size came out of it")


def test_text_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    """The control for the ratio: what people pack is read to its end."""
    text = "".join(f"{number}: the same words over and over\n" for number in range(400_000)).encode() + LEAK
    ended = scan(tmp_path, zip_of({"log.txt": text}))
    check(ended)
    assert ended.report["coverage"]["complete"]
    assert INSIDE in values(ended.report)


def test_a_header_that_lies(tmp_path: Path) -> None:
    bomb = archive_files.lying(LEAK)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(bomb)).read("a.env")
    ended = scan(tmp_path, bomb)
    check(ended)
    kind, reason = ended.skipped()["bomb!a.env"]
    assert (kind, "checksum" in reason) == ("failed", True)
    assert INSIDE in values(ended.report), "what there is was scanned"


@pytest.fixture(autouse=True, scope="module")
def _compiled_patterns(warm_cache: Path, builtin_rules: tuple[PatternRule, ...]) -> None:
    """What is measured is the opening of archives, not the compiling of patterns."""
    with mock.patch.dict(os.environ, {"TWLINT_CACHE_DIR": str(warm_cache)}):
        matcher.choose(builtin_rules, lambda: None)


@pytest.mark.parametrize(
    "name",
    ["../../evil.env", "/evil/abs.env", "C:\\evil.env", "\x1b[2Jevil\x1b]0;x\x07.env"],
    ids=["up", "root", "drive", "escape"],
)
@pytest.mark.parametrize("make", [zip_of, tar_of], ids=["zip", "tar"])
def test_a_name_is_a_label_and_nothing_is_written(
    name: str, make: Callable[..., bytes], tmp_path: Path, twlint: Twlint
) -> None:
    bomb = make({name: LEAK})
    ended = scan(tmp_path, bomb)
    check(ended)
    assert ended.report["coverage"]["complete"]
    (found,) = (each for each in ended.report["findings"] if each["secret"]["value"] == INSIDE)
    assert found["location"]["path"] == f"bomb!{name}"
    shown = call(twlint, "scan", "--no-history", cwd=tmp_path / "project" / "inner")
    assert shown.returncode == 1
    assert "evil" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "\x07" not in shown.stdout


def test_a_header_of_eight_exbibytes(tmp_path: Path) -> None:
    bomb = archive_files.tar_with_large_header(8 << 60)
    with pytest.raises((OverflowError, tarfile.ReadError, MemoryError)):
        _listed(bomb)
    ended = scan(tmp_path, bomb)
    check(ended)
    assert ended.skipped()["bomb"][0] == "failed"


def test_a_large_header_in_a_stream_without_end(tmp_path: Path) -> None:
    """A compressed tar whose extended header would have to be held: the standard library reads all of it."""
    bomb = gzip.compress(archive_files.tar_with_large_header(1 << 40)[:512]) + archive_files.zeros(1024 * MIB)
    assert _expanded(bomb, 600 * MIB) >= 600 * MIB
    ended = scan(tmp_path, bomb)
    check(ended)
    assert ended.skipped()["bomb"][0] == "failed"


def test_a_hundred_archives_in_one_another(tmp_path: Path) -> None:
    bomb = archive_files.nested(LEAK, 100)
    inner = bomb
    for _ in range(99):
        inner = zipfile.ZipFile(io.BytesIO(inner)).read("inner.zip")
    assert zipfile.ZipFile(io.BytesIO(inner)).read("inner.env") == LEAK
    ended = scan(tmp_path, bomb)
    check_stopped(ended, f"nested more than {limits.DEPTH} deep")
    assert INSIDE not in values(ended.report)


def test_as_many_archives_in_one_another_as_are_opened(tmp_path: Path) -> None:
    ended = scan(tmp_path, archive_files.nested(LEAK, limits.DEPTH))
    check(ended)
    assert ended.report["coverage"]["complete"]
    assert INSIDE in values(ended.report)


def test_ten_gibibytes_of_zeros(tmp_path: Path) -> None:
    bomb = archive_files.zeros(10 * 1024 * MIB)
    assert _expanded(bomb, 64 * MIB) == 64 * MIB
    check_stopped(scan(tmp_path, bomb), "came out of it")


def test_bzip2_in_a_zip_that_comes_out_at_once(tmp_path: Path) -> None:
    bomb = archive_files.bzip2_in_zip(200 * MIB)
    assert len(bomb) < 1024
    assert len(zipfile.ZipFile(io.BytesIO(bomb)).read("z")) == 200 * MIB
    check_stopped(scan(tmp_path, bomb), "times its own size came out of it")


def test_a_dictionary_that_takes_all_memory(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    bomb = lzma.compress(b"x", lzma.FORMAT_XZ, filters=filters)
    with pytest.raises(lzma.LZMAError, match=r"[Mm]emory"):
        lzma.LZMADecompressor(memlimit=512 << 20).decompress(bomb)
    check_stopped(scan(tmp_path, bomb), "too much memory")


def test_a_member_that_is_encrypted(tmp_path: Path) -> None:
    bomb = archive_files.encrypted(LEAK)
    with pytest.raises(RuntimeError, match="encrypted"):
        zipfile.ZipFile(io.BytesIO(bomb)).read("locked.env")
    ended = scan(tmp_path, bomb)
    check_stopped(ended, "encrypted")
    assert ended.skipped()["bomb!locked.env"][0] == "limited"
    assert INSIDE in values(ended.report), "the other member was read"


def test_links_out_of_an_archive_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "outside.env").write_bytes(LEAK)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "soft"), (tarfile.LNKTYPE, "hard")):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "../outside.env"
            archive.addfile(entry)
    assert [each.linkname for each in _listed(file.getvalue())] == ["../outside.env"] * 2
    ended = scan(tmp_path, file.getvalue())
    check(ended)
    assert ended.report["coverage"]["complete"]
    assert INSIDE not in values(ended.report)


def test_more_members_than_are_counted(tmp_path: Path) -> None:
    bomb = gzip.compress(archive_files.many_members(limits.MEMBERS + 10), 1)
    check_stopped(scan(tmp_path, bomb), f"more than {limits.MEMBERS:,} members")


def test_a_directory_that_would_fill_the_memory(tmp_path: Path) -> None:
    plain = zip_of({"z": b"z"})
    start, end = plain.index(b"PK\1\2"), plain.index(b"PK\5\6")
    bomb = archive_files.overlapping(1_000_000, 1)
    assert len(bomb) > 1_000_000 * (end - start)
    check_stopped(scan(tmp_path, bomb), "directory is larger than")


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz"])
def test_an_archive_that_ends_too_early(compression: Literal["gz", "bz2", "xz"], tmp_path: Path) -> None:
    whole = tar_of({"first.env": LEAK, "second.bin": os.urandom(100_000)}, compression)
    ended = scan(tmp_path, whole[: len(whole) - 2_000])
    check(ended)
    assert {kind for kind, _ in ended.skipped().values()} == {"failed"}
    if compression == "gz":
        assert INSIDE in values(ended.report), "what stands before the end was scanned"


def test_a_checksum_that_is_wrong_in_gzip(tmp_path: Path) -> None:
    bomb = bytearray(gzip.compress(LEAK))
    bomb[-8] ^= 1
    with pytest.raises((OSError, zlib.error)):
        gzip.decompress(bytes(bomb))
    ended = scan(tmp_path, bytes(bomb))
    check(ended)
    assert ended.skipped()["bomb!content"][0] == "failed"


def test_a_scan_that_takes_too_long_in_an_archive_is_told(
    monkeypatch: pytest.MonkeyPatch, project: Path, twlint: Twlint
) -> None:
    monkeypatch.setattr(limits, "SECONDS", -1.0)
    (project / "a.zip").write_bytes(zip_of({"a.env": LEAK}))
    result = call(twlint, "scan", "--format", "json")
    assert result.returncode == 3
    assert [skip["reason"] for skip in result.report["coverage"]["skipped"]] == ["archive: it took too long"]
