"""Repositories for tests, made by the real git: who and when are fixed, and much can be broken on purpose."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "ADA",
    "START",
    "STEP",
    "ChunkFile",
    "Files",
    "Repository",
    "clone",
    "create",
    "flip",
    "forge_commit_graph",
    "forge_multi_pack_index",
    "hidden_from_git",
    "loose_objects",
    "packs",
    "remove",
]

Files = Mapping[str, "str | bytes | None"]
"""Paths and what is written there; None removes the path."""

ADA = ("Ada Example", "ada@acme.test")
START = 1_700_000_000
STEP = 3_600
_OPTIONS = ("-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "commit.gpgSign=false")


class Repository:
    """A repository at `path`, a work tree or a bare one; every commit is an hour after the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._clock = START

    def run(
        self,
        *arguments: str | bytes | Path,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git here, to its end."""
        return subprocess.run(
            ["git", *_OPTIONS, *arguments],
            cwd=self.path,
            input=stdin,
            env={**_environment(), **(env or {})},
            capture_output=True,
            check=check,
        )

    def git(self, *arguments: str | bytes | Path, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """What git answers here, as text without the newline at its end."""
        done = self.run(*arguments, stdin=stdin, env=env)
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    @property
    def git_dir(self) -> Path:
        """The git directory that the work trees share."""
        return self.path / self.git("rev-parse", "--git-common-dir")

    def write(self, files: Files) -> None:
        """Write files into the work tree."""
        for name, content in files.items():
            path = self.path / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def stage(self, files: Files) -> None:
        """Write files and put them into the index."""
        self.write(files)
        if files:
            self.git("add", "--all", "--force", "--", *files)

    def commit(
        self,
        files: Files | None = None,
        message: str = "A change",
        *,
        author: tuple[str, str] = ADA,
        date: int | None = None,
    ) -> str:
        """Commit `files` on top of what is staged; the id of the commit. Hooks do not run."""
        self.stage(files or {})
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", message, env=self._when(author, date))
        return self.tip()

    def _when(self, author: tuple[str, str] = ADA, date: int | None = None) -> dict[str, str]:
        self._clock = self._clock + STEP if date is None else date
        moment = f"{self._clock} +0000"
        return {
            "GIT_AUTHOR_NAME": author[0],
            "GIT_AUTHOR_EMAIL": author[1],
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_DATE": moment,
        }

    def tip(self, revision: str = "HEAD") -> str:
        """The full id of `revision`."""
        return self.git("rev-parse", "--verify", revision)

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Start and enter the branch `name`."""
        self.git("checkout", "--quiet", "-b", name, start)

    def checkout(self, revision: str) -> None:
        """Enter a branch, or detach at a commit."""
        self.git("checkout", "--quiet", revision)

    def merge(self, name: str, resolution: Files) -> str:
        """Merge the branch `name`, with `resolution` as what the merge itself brings in."""
        self.run("merge", "--quiet", "--no-ff", "--no-commit", name, env=self._when(), check=False)
        self.git("add", "--all")
        return self.commit(resolution, f"Merge {name}")

    def tag(self, name: str, message: str, target: str = "HEAD") -> None:
        """An annotated tag."""
        self.git("tag", "-a", "-m", message, name, target, env=self._when())

    def note(self, message: str) -> None:
        """A note on HEAD."""
        self.git("notes", "add", "-m", message, env=self._when())

    def stash(self, files: Files) -> None:
        """Write `files` and put them away."""
        self.stage(files)
        self.git("stash", "push", "--quiet", env=self._when())

    def blob(self, content: str | bytes) -> str:
        """Store a content that nothing names; its id."""
        data = content.encode() if isinstance(content, str) else content
        return self.git("hash-object", "-w", "--stdin", stdin=data)

    def id_of(self, content: str | bytes) -> str:
        """The id that a content has."""
        data = content.encode() if isinstance(content, str) else content
        return self.git("hash-object", "--stdin", stdin=data)

    def repack(self) -> None:
        """Put everything that is reachable into one pack."""
        self.git("repack", "-a", "-d", "--quiet")

    def loosen(self) -> None:
        """Put everything into loose objects."""
        for pack in packs(self):
            content = pack.read_bytes()
            for file in pack.parent.glob(f"{pack.stem}.*"):
                file.unlink()
            self.git("unpack-objects", "-q", stdin=content)

    def reachable_blobs(self) -> set[str]:
        """The ids of the blobs that `git rev-list --objects --all` names and that are there."""
        walk = ("rev-list", "--objects", "--all", "--no-object-names", "--missing=allow-any")
        listed = self.git(*walk).encode()
        typed = self.git("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=listed + b"\n")
        return {line.split()[0] for line in typed.splitlines() if line.endswith(" blob")}


def _environment() -> dict[str, str]:
    """The environment that git has in tests; nothing of the caller's git reaches it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": ADA[0],
        "GIT_AUTHOR_EMAIL": ADA[1],
        "GIT_AUTHOR_DATE": f"{START} +0000",
        "GIT_COMMITTER_NAME": "Grace Example",
        "GIT_COMMITTER_EMAIL": "grace@acme.test",
        "GIT_COMMITTER_DATE": f"{START} +0000",
    }


def create(path: Path, *options: str, object_format: str = "sha1") -> Repository:
    """An empty repository whose branch is `main`; `options` are those of `git init`."""
    path.mkdir(parents=True, exist_ok=True)
    repository = Repository(path)
    repository.git("init", "--quiet", "--template=", "-b", "main", f"--object-format={object_format}", *options, ".")
    return repository


def clone(source: Path, path: Path, *options: str) -> Repository:
    """A clone over a `file://` address, so that nothing is shared with the source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Repository(path.parent).git("clone", "--quiet", "--template=", *options, source.as_uri(), path)
    return Repository(path)


def loose_objects(repository: Repository) -> list[Path]:
    """The files of the loose objects, sorted."""
    return sorted((repository.git_dir / "objects").glob("[0-9a-f][0-9a-f]/*"))


def packs(repository: Repository) -> list[Path]:
    """The pack files, sorted."""
    return sorted((repository.git_dir / "objects" / "pack").glob("*.pack"))


def flip(file: Path, offset: int, mask: int = 0xFF) -> None:
    """Change the byte at `offset`; the file may be write-protected, as git's are."""
    file.chmod(0o644)
    with file.open("r+b") as stream:
        stream.seek(offset)
        (byte,) = stream.read(1)
        stream.seek(offset)
        stream.write(bytes([byte ^ mask]))


def hidden_from_git(repository: Repository, text: str) -> bool:
    """True if a walk over patches, as other scanners make it, does not show `text`."""
    command = ("log", "-p", "-U0", "--full-history", "--all")
    shown = repository.run(*command, check=False).stdout
    patches = [line for line in shown.split(b"\n") if line.startswith(b"+")]
    return text.encode() not in b"\n".join(patches)


class ChunkFile(NamedTuple):
    """A chunk-based file of git: where each chunk is, by its name (gitformat-chunk(5))."""

    data: bytearray
    chunks: dict[bytes, tuple[int, int]]


def _chunks(data: bytearray, header: int, count: int) -> ChunkFile:
    rows = [data[header + 12 * row : header + 12 * row + 12] for row in range(count + 1)]
    starts = [int.from_bytes(row[4:], "big") for row in rows]
    return ChunkFile(data, {bytes(row[:4]): (starts[at], starts[at + 1]) for at, row in enumerate(rows[:-1])})


def _write_sealed(file: Path, data: bytearray) -> None:
    """Write `data` with the right checksum at its end (of a SHA-1 repository)."""
    file.chmod(0o644)
    file.write_bytes(bytes(data[:-20]) + hashlib.sha1(bytes(data[:-20]), usedforsecurity=False).digest())


def forge_commit_graph(repository: Repository, child: str) -> None:
    """Write a commit-graph that says `child` has no parent (gitformat-commit-graph(5))."""
    repository.git("commit-graph", "write", "--reachable")
    file = repository.git_dir / "objects" / "info" / "commit-graph"
    data = bytearray(file.read_bytes())
    graph = _chunks(data, 8, data[6])
    start, end = graph.chunks[b"OIDL"]
    position = bytes(data[start:end]).index(bytes.fromhex(child)) // 20
    parent = graph.chunks[b"CDAT"][0] + position * 36 + 20
    data[parent : parent + 4] = (0x70000000).to_bytes(4, "big")
    _write_sealed(file, data)


def forge_multi_pack_index(repository: Repository, name: str) -> None:
    """Write a multi-pack-index that has another id in the place of the object `name` (gitformat-pack(5))."""
    repository.git("multi-pack-index", "write")
    file = repository.git_dir / "objects" / "pack" / "multi-pack-index"
    data = bytearray(file.read_bytes())
    start, end = _chunks(data, 12, data[6]).chunks[b"OIDL"]
    at = start + bytes(data[start:end]).index(bytes.fromhex(name))
    data[at + 19] ^= 1
    _write_sealed(file, data)


def remove(path: Path) -> None:
    """Remove a folder or a file, write-protected or not."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
