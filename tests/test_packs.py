"""Blobs that are read from packs: each is what git says it is, or is left to git."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

from linter.sources import families, packs
from linter.sources.families import Families, Stored
from linter.sources.packs import PackFault, applied, copies, places
from tests import git_repositories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from linter.model import Version
    from tests.git_repositories import Repository

LINES = 400
VERSIONS = 25


def _versions(seed: int) -> Iterator[bytes]:
    """Versions of a text, each a few edits behind the one before."""
    chance = random.Random(seed)
    lines = [f"{chance.getrandbits(160):x} of line {number}\n" for number in range(LINES + 100 * seed)]
    for _ in range(VERSIONS):
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(lines))
            lines[at : at + chance.randrange(3)] = [f"{chance.getrandbits(300):x}\n"] * chance.randrange(3)
        yield "".join(lines).encode()


@pytest.fixture(params=["sha1", "sha256"])
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """A repository with versions of three files in one pack."""
    repository = git_repositories.create(tmp_path / "packed", object_format=request.param)
    for texts in zip(*map(_versions, range(3)), strict=True):
        repository.commit({f"{name}.txt": text for name, text in zip("abc", texts, strict=True)})
    _repack(repository)
    return repository


def _repack(repository: Repository, *, by_name: bool = False) -> None:
    offsets = "false" if by_name else "true"
    repository.run("-c", f"repack.useDeltaBaseOffset={offsets}", "repack", "-adfq", "--depth=50", "--window=50")
    assert not git_repositories.loose_objects(repository)


def _listed(repository: Repository) -> list[Stored]:
    listed = "--batch-check=%(objecttype) %(objectname) %(objectsize:disk) %(deltabase)"
    lines = repository.git("cat-file", "--batch-all-objects", listed).encode().splitlines()
    fields = [line.split() for line in lines]
    return [Stored(name, int(size), base) for kind, name, size, base in fields if kind == b"blob"]


def _families(repository: Repository) -> Families:
    stored = _listed(repository)
    return Families(repository.git_dir / "objects", stored, len(stored[0].name) // 2)


def _read(made: Families) -> tuple[dict[bytes, bytes], dict[bytes, Version], list[bytes]]:
    """The contents by the ids, what they share with others, and the ids of what was left to git."""
    contents: dict[bytes, bytes] = {}
    shared: dict[bytes, Version] = {}
    with made.reader() as reader:
        while taken := made.take(2):
            for batch in reader.batches(taken):
                assert bytes(batch.data[:1]) == b"\n"
                for key, start, end, version in zip(batch.keys, batch.starts, batch.ends, batch.versions, strict=True):
                    assert batch.data[end] == ord("\n")
                    contents[key[:-5]] = bytes(batch.data[start:end])
                    if version is not None:
                        shared[key[:-5]] = version
    return contents, shared, reader.unread


def _from_git(repository: Repository) -> dict[bytes, bytes]:
    return {blob.name: repository.run("cat-file", "blob", blob.name.decode()).stdout for blob in _listed(repository)}


@pytest.mark.parametrize("by_name", [False, True], ids=["by offset", "by name"])
def test_each_blob_is_what_git_says(packed: Repository, by_name: bool) -> None:
    _repack(packed, by_name=by_name)
    contents, shared, unread = _read(_families(packed))
    assert contents == _from_git(packed)
    assert unread == []
    assert len(shared) > VERSIONS
    for name, version in shared.items():
        base = contents[version.base[:-5]]
        assert version.copies
        for first, stop, origin in version.copies:
            assert contents[name][first:stop] == base[origin : origin + stop - first]


def test_every_family_is_taken_once(packed: Repository) -> None:
    made = _families(packed)
    taken = [member.name for _ in range(99) for family in made.take(2) for member in family]
    assert sorted(taken) == sorted(made.names()) == sorted(blob.name for blob in _listed(packed))
    assert made.count == len(taken)


def test_loose_blobs_are_in_no_family(packed: Repository) -> None:
    loose = packed.blob("loose\n").encode()
    assert loose in {blob.name for blob in _listed(packed)}
    assert loose not in _families(packed).names()


def test_what_is_larger_than_a_batch_is_left_to_git_with_its_versions(
    packed: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = _from_git(packed)
    small = set(_versions(0))
    monkeypatch.setattr(families, "LIMIT", max(map(len, small)))
    contents, _, unread = _read(_families(packed))
    assert {*contents, *unread} == expected.keys()
    assert contents.keys().isdisjoint(unread)
    assert contents == {name: content for name, content in expected.items() if content in small}


def test_versions_of_what_cannot_be_kept_are_left_to_git(packed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(families, "KEPT_SIZE", 30_000)
    contents, _, unread = _read(_families(packed))
    expected = _from_git(packed)
    assert {*contents, *unread} == expected.keys()
    assert unread
    assert contents.items() <= expected.items()


def test_a_changed_byte_of_a_pack_never_gives_another_content(packed: Repository, tmp_path: Path) -> None:
    """Contents in packs have checksums of their own."""
    expected, chance = _from_git(packed), random.Random(1)
    made = _families(packed)
    (pack,) = git_repositories.packs(packed)
    pack.chmod(0o644)
    kept = tmp_path / "kept"
    shutil.copy(pack, kept)
    damaged = 0
    for _ in range(25):
        git_repositories.flip(pack, chance.randrange(12, pack.stat().st_size - 32), 1 << chance.randrange(8))
        made = _families(packed) if _is_listed(packed) else made
        contents, _, unread = _read(made)
        assert contents.items() <= expected.items()
        damaged += bool(unread)
        shutil.copy(kept, pack)
    assert damaged > 5


def _is_listed(repository: Repository) -> bool:
    return repository.run("cat-file", "--batch-all-objects", "--batch-check", check=False).returncode == 0


@pytest.mark.parametrize("keep", [0, 7, 500, -40])
def test_a_pack_or_an_index_that_is_cut_short_is_left_to_git(packed: Repository, keep: int) -> None:
    stored = _listed(packed)
    (pack,) = git_repositories.packs(packed)
    made = Families(packed.git_dir / "objects", stored, len(stored[0].name) // 2)
    for file in (pack, pack.with_suffix(".idx")):
        file.chmod(0o644)
        file.write_bytes(file.read_bytes()[:keep])
    contents, _, unread = _read(made)
    assert {*contents, *unread} == {blob.name for blob in stored}
    assert unread
    later = Families(packed.git_dir / "objects", stored, len(stored[0].name) // 2)
    assert later.count == 0 or keep == -40


def test_an_index_of_version_1_is_left_to_git(tmp_path: Path) -> None:
    repository = git_repositories.create(tmp_path / "old")
    repository.commit({"a.txt": "a\n"})
    repository.run("-c", "pack.indexVersion=1", "repack", "-adq")
    assert _families(repository).count == 0


def test_offsets_of_64_bits_are_read(tmp_path: Path) -> None:
    """As git writes them for packs of more than two gigabytes (gitformat-pack(5))."""
    name, offset = bytes(range(20)), 5 << 30
    index = tmp_path / "large.idx"
    fanout = struct.pack(">256I", *[1] * 256)
    index.write_bytes(b"\xfftOc\0\0\0\2" + fanout + name + bytes(4) + struct.pack(">IQ", 1 << 31, offset) + bytes(40))
    assert places(index, [name.hex().encode(), b"00" * 20], 20) == {name.hex().encode(): offset}


def test_bytes_that_are_no_delta_are_refused() -> None:
    chance = random.Random(2)
    base = chance.randbytes(300)
    sizes = bytes([300 & 0x7F | 0x80, 300 >> 7])
    refused = 0
    for _ in range(3_000):
        delta = sizes + bytes([chance.randrange(1, 100)]) + chance.randbytes(chance.randrange(20))
        try:
            made = applied(base, delta)
        except PackFault:
            refused += 1
        else:
            assert len(made) == packs.delta_size(delta)
    assert refused > 2_000
    for delta in (
        b"",
        b"\xac",
        b"\xac\x82",
        sizes,
        sizes + b"\x05ab",
        sizes + b"\x05\x00abcd",
        sizes + b"\x05\xb0\x00",
    ):
        with pytest.raises(PackFault):
            applied(base, delta)


def test_a_stretch_may_have_any_place_and_length() -> None:
    base = bytes(70_000)
    sizes = b"\xf0\xa2\x04"
    for code, more, copied in [
        (0x80, b"", (0, 0x10000, 0)),
        (0x94, b"\x01\xff", None),
        (0xA2, b"\x02\x10", (0, 0x1000, 0x200)),
        (0xB3, b"\x07\x02\x01\x10", (0, 0x1001, 0x207)),
    ]:
        length = copied[1] if copied else 0xFF
        size = bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])
        delta = sizes + size + bytes([code]) + more
        assert copies(delta) == ((copied,) if copied else ())
        if code != 0x94:
            assert len(applied(base, delta)) == length


def test_the_fixture_has_deltas(packed: Repository) -> None:
    (pack,) = git_repositories.packs(packed)
    shown = subprocess.run(
        ["git", "verify-pack", "-s", pack.with_suffix(".idx")],
        cwd=packed.path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "chain length = 5" in shown.stdout
