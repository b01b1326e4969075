"""What is in the index: the content as it would be committed, not as it stands in the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.git import EMPTY_TREE
from linter.model import Error, Skip, SkipKind
from linter.python_paths import SUFFIXES
from linter.sources.objects import read_objects, with_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.git import Sterile
    from linter.model import Batch

__all__ = ["Index", "all_entries", "staged_entries"]

GITLINK = b"160000"


class Index:
    """A source of blobs known by their paths; `entries` are paths and the mode and id of what stands there."""

    def __init__(self, sterile: Sterile, entries: dict[bytes, tuple[bytes, bytes]]) -> None:
        self._sterile = sterile
        self.paths: dict[bytes, list[bytes]] = {}
        self._submodules = []
        for path, (mode, name) in entries.items():
            if mode == GITLINK:
                self._submodules.append(path)
            else:
                self.paths.setdefault(name, []).append(path)

    def slices(self) -> list[Iterator[Batch]]:
        """One stream of batches; keys are `id type`."""
        return [with_paths(read_objects(self._sterile, sorted(self.paths)), self._paths)]

    def _paths(self, keys: list[bytes]) -> list[bytes]:
        """One path of each blob: that of a Python source if there is one, which says most of the content."""
        found = (self.paths[key.partition(b" ")[0]] for key in keys)
        return [next((path for path in paths if path.lower().endswith(SUFFIXES)), paths[0]) for paths in found]

    def skips(self, delivered: set[bytes]) -> list[Skip]:
        """What the index lists and git did not deliver."""
        skips = [
            Skip(path.decode("utf-8", "surrogateescape"), "another repository (a submodule)", SkipKind.EXCLUDED)
            for path in self._submodules
        ]
        skips += [
            Skip(
                path.decode("utf-8", "surrogateescape"),
                "missing or corrupt: git did not deliver it",
                SkipKind.FAILED,
            )
            for name, paths in self.paths.items()
            if name not in delivered
            for path in paths
        ]
        return skips


def staged_entries(sterile: Sterile) -> dict[bytes, tuple[bytes, bytes]]:
    """What differs between the index and the commit that HEAD names (the empty tree before the first commit).

    Raises:
        Error: git cannot read the index.
    """
    head = sterile.resolve("HEAD") or EMPTY_TREE[sterile.object_format]
    result = sterile.run("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", head, "--")
    if result.status != 0:
        raise Error(f"{sterile.layout.git_dir}: git cannot read the index: {result.errors}")
    parts = result.output.split(b"\0")
    entries = {}
    for header, path in zip(parts[::2], parts[1::2], strict=False):
        _, mode, _, name, status = header.split(b" ")
        if not status.startswith(b"D"):
            entries[path] = (mode, name)
    return entries


def all_entries(sterile: Sterile) -> dict[bytes, tuple[bytes, bytes]]:
    """Everything in the index.

    Raises:
        Error: git cannot read the index.
    """
    result = sterile.run("ls-files", "--stage", "-z")
    if result.status != 0:
        raise Error(f"{sterile.layout.git_dir}: git cannot read the index: {result.errors}")
    entries = {}
    for entry in result.output.split(b"\0"):
        header, _, path = entry.partition(b"\t")
        if path:
            mode, name, _stage = header.split(b" ")
            entries[path] = (mode, name)
    return entries
