"""The history of a repository: every blob, commit and tag that its references reach, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
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

    Two gits work beside the scan: one lists the objects that are there, in the order of the packs, and these are
    read while the list still grows; the other walks what the references reach, which is what must have been read.

    Args:
        sterile: the repository.
        included: commits and tags whose history is scanned.
        excluded: commits whose history is not.
        everything: also scan what nothing reaches, and what other repositories' alternates bring.
    """

    def __init__(self, sterile: Sterile, included: list[str], excluded: list[str], *, everything: bool) -> None:
        self._sterile = sterile
        self._everything = everything
        self._trees: set[bytes] = set()
        self._listed: set[bytes] = set()
        self._problems: list[str] = []
        self._runs: SimpleQueue[list[bytes] | None] = SimpleQueue()
        pool = ThreadPoolExecutor(max_workers=2)
        self._walk = pool.submit(_walk, sterile, included, excluded)
        self._size = pool.submit(self._list, is_partial=bool(excluded))
        pool.shutdown(wait=False)

    @property
    def walk(self) -> Walk:
        """What the references reach; waits for git to have listed it."""
        return self._walk.result()

    def size(self) -> int:
        """Bytes of all that is to be read; waits for git to have listed it."""
        return self._size.result()

    def _list(self, *, is_partial: bool) -> int:
        """Queue what is to be read, all objects there are or, of a part, those of the walk; gives their bytes."""
        arguments = [] if is_partial else ["--batch-all-objects", "--unordered"]
        stdin = b"".join(name + b"\n" for name in self.walk.names) if is_partial else b""
        form = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
        run: list[bytes] = []
        run_size = total = 0
        try:
            with self._sterile.start("cat-file", *arguments, form, stdin=stdin) as git:
                for line in git.output:
                    if not line.endswith(b"\n"):
                        break
                    name, kind, *size = line.split()
                    if kind == b"tree":
                        self._trees.add(name)
                    elif not size and self._everything:
                        self._listed.add(name)
                    elif size:
                        run.append(name)
                        run_size += int(size[0])
                    if run_size >= RUN_SIZE:
                        total += self._queue(run, run_size)
                        run, run_size = [], 0
                if git.status() != 0:
                    self._problems.append("git could not list all objects")
            return total + self._queue(run, run_size)
        finally:
            self._runs.put(None)

    def _queue(self, run: list[bytes], size: int) -> int:
        self._runs.put(run)
        if self._everything:
            self._listed.update(run)
        return size

    def slices(self, jobs: int) -> list[Iterator[Batch]]:
        """Independent streams of batches, for one thread each; keys are `id type`."""
        return [self._slice() for _ in range(jobs)]

    def _slice(self) -> Iterator[Batch]:
        while (run := self._runs.get()) is not None:
            yield from read_objects(self._sterile, run)
        # The end is for every thread.
        self._runs.put(None)

    def skips(self, delivered: set[bytes]) -> list[Skip]:
        """What should have been delivered and was not: the ledger's other side, from git's own walk."""
        self._size.result()
        length = self._sterile.hex_length
        expected = self.walk.names.keys() | self._listed if self._listed else self.walk.names.keys()
        names = sorted((expected - self._trees).difference(key[:length] for key in delivered))
        skips = [
            Skip(f"object {name.decode()}", "missing or corrupt: git did not deliver it", SkipKind.FAILED)
            for name in names[:SKIPS_NAMED]
        ]
        if len(names) > SKIPS_NAMED:
            rest = f"{len(names) - SKIPS_NAMED} more objects"
            skips.append(Skip(rest, "missing or corrupt: git did not deliver them", SkipKind.FAILED))
        skips += [Skip("history", problem, SkipKind.FAILED) for problem in self._problems]
        if self.walk.problem:
            reason = f"git could not walk it to its end; all objects there are were scanned: {self.walk.problem}"
            skips.append(Skip("history", reason, SkipKind.FAILED))
        return skips


def _walk(sterile: Sterile, included: list[str], excluded: list[str]) -> Walk:
    revisions = [*included, *(f"^{name}" for name in excluded)]
    result = sterile.run(*ARGUMENTS, stdin="".join(f"{name}\n" for name in revisions).encode())
    problem = None if result.status == 0 else result.errors or f"git ended with {result.status}"
    return Walk(result.output, sterile.hex_length, problem)
