"""The history of a repository: every blob, commit and tag that its references reach, each once."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from linter.model import Skip, SkipKind
from linter.sources.objects import read_objects
from linter.walk import ARGUMENTS, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.git import Sterile
    from linter.model import Batch

__all__ = ["History"]

RUN_SIZE = 48 << 20
"""Bytes of content, in the order of the packs, that one git process is asked for."""

SKIPS_NAMED = 1_000
"""Objects that were not scanned and are named one by one; the rest is one skip with their number."""


class History:
    """A source of objects, and the account of which were delivered.

    Args:
        sterile: the repository.
        included: commits and tags whose history is scanned.
        excluded: commits whose history is not.
        everything: also scan what nothing reaches, and what other repositories' alternates bring.
    """

    def __init__(
        self, sterile: Sterile, included: list[str], excluded: list[str], *, everything: bool
    ) -> None:
        self._sterile = sterile
        self._everything = everything
        self._partial = bool(excluded)
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._walk = self._pool.submit(_walk, sterile, included, excluded)
        self._trees: set[bytes] = set()
        self._listed: set[bytes] = set()
        self._runs: deque[list[bytes]] = deque()
        self.size = 0

    @property
    def walk(self) -> Walk:
        """What the references reach; waits for git to have listed it."""
        return self._walk.result()

    def prepare(self) -> None:
        """List what is to be read: all objects of the repository, or those of the walk where it has an end."""
        if self._partial:
            names = b"".join(name + b"\n" for name, _, _ in self.walk.objects())
            arguments, stdin = (), names
        else:
            arguments, stdin = ("--batch-all-objects", "--unordered"), b""
        run: list[bytes] = []
        run_size = 0
        form = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
        with self._sterile.start("cat-file", *arguments, form, stdin=stdin) as git:
            for line in git.output:
                name, kind, *rest = line.split()
                if kind == b"tree":
                    self._trees.add(name)
                if kind == b"tree" or not rest:
                    continue
                run.append(name)
                run_size += int(rest[0])
                if run_size >= RUN_SIZE:
                    self._add(run, run_size)
                    run, run_size = [], 0
        self._add(run, run_size)

    def _add(self, run: list[bytes], size: int) -> None:
        if run:
            self._runs.append(run)
            self.size += size
            if self._everything:
                self._listed.update(run)

    def slices(self, jobs: int) -> list[Iterator[Batch]]:
        """Independent streams of batches, for one thread each; keys are `id type`."""
        return [self._slice() for _ in range(min(jobs, len(self._runs)) or 1)]

    def _slice(self) -> Iterator[Batch]:
        while self._runs:
            try:
                run = self._runs.popleft()
            except IndexError:
                return
            yield from read_objects(self._sterile, run)

    def skips(self, delivered: set[bytes]) -> list[Skip]:
        """What should have been delivered and was not: the ledger's other side, from git's own list."""
        walk = self.walk
        absent = [
            name for name, _, _ in walk.objects() if name not in delivered and name not in self._trees
        ]
        absent += (name for name in walk.missing() if name not in delivered)
        if self._everything:
            absent += self._listed - delivered
        names = sorted(set(absent))
        skips = [
            Skip(f"object {name.decode()}", "missing or corrupt: git did not deliver it", SkipKind.FAILED)
            for name in names[:SKIPS_NAMED]
        ]
        if len(names) > SKIPS_NAMED:
            rest = f"{len(names) - SKIPS_NAMED} more objects"
            skips.append(Skip(rest, "missing or corrupt: git did not deliver them", SkipKind.FAILED))
        if walk.problem:
            skips.append(
                Skip(
                    "history",
                    f"git could not walk it to the end; every object in the repository was scanned: {walk.problem}",
                    SkipKind.FAILED,
                )
            )
        return skips

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.shutdown()


def _walk(sterile: Sterile, included: list[str], excluded: list[str]) -> Walk:
    revisions = [*included, *(f"^{name}" for name in excluded)]
    result = sterile.run(*ARGUMENTS, stdin="".join(f"{name}\n" for name in revisions).encode())
    problem = None if result.status == 0 else result.errors or f"git ended with {result.status}"
    return Walk(result.output, sterile.hex_length, problem)
