"""What is in the archives among the contents of a scan, examined as other contents are."""

from __future__ import annotations

import io
import os
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, NamedTuple

from linter.examine import Examined
from linter.extract import Fault
from linter.matcher import SMALL_SCAN
from linter.model import SkipKind
from linter.sources import archives
from linter.sources.windows import BUFFER_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.examine import Examiner
    from linter.model import Batch, Place, Secret
    from linter.stop import Stop

__all__ = ["Inside", "Members", "Reopen", "innermost"]

Reopen = Callable[[bytes], AbstractContextManager[IO[bytes] | None]]
"""Gives a content that is larger than a batch once more, or None where that cannot be had."""

_MARK = archives.MARK.decode()
_NOT_OPENED = Fault("archive: not opened, as the configuration says", SkipKind.EXCLUDED)
_PIPE = Fault("archive: it came through a pipe and is too large to be held; give it as a file", SkipKind.LIMITED)


class Inside(NamedTuple):
    """What was found in a member of the content `key`; `name` is its path there, empty for the content itself."""

    key: bytes
    name: str
    examined: Examined

    def place(self, outer: Place) -> Place:
        """Where it stands if its archive stands at `outer`."""
        return outer._replace(path=f"{outer.path}{_MARK}{self.name}") if self.name else outer


class Members:
    """Opens the archives among the contents that one thread scans.

    Args:
        examiner: examines what is in them.
        examiner_for_more: makes another to go on with once that is much.
        memory: shared by all threads.
        stop: ends it early.
        is_past: these are contents of a history.
        is_on: if false, that archives are not opened is all that is told.
    """

    def __init__(
        self,
        examiner: Examiner,
        examiner_for_more: Callable[[], Examiner],
        memory: archives.Memory,
        stop: Stop,
        *,
        is_on: bool,
        is_past: bool,
    ) -> None:
        self._examiner = examiner
        self._examiner_for_more: Callable[[], Examiner] | None = examiner_for_more
        self._memory = memory
        self._stop = stop
        self._is_on = is_on
        self._large: bytes | None = None
        self._is_past = is_past
        self._buffer: bytearray | None = None
        self.found: list[Inside] = []
        self.count = 0
        """How many members were scanned."""
        self._size = 0

    def examine(self, batch: Batch, reopen: Reopen) -> int:
        """Open the archives in `batch`, which was examined; a large one with its last window, by `reopen`.

        Returns how many bytes were scanned in them.
        """
        before = self._size
        if not batch.origin.offset:
            self._examine_first(batch)
        elif batch.last and batch.keys[0] == self._large:
            self._examine_large(self._large, batch.origin.offset + batch.ends[0] - batch.starts[0], reopen)
        return self._size - before

    def _examine_first(self, batch: Batch) -> None:
        """Open what is whole in `batch`, and remember what is not."""
        self._large = None
        for content in archives.among(batch):
            key = batch.keys[content]
            if not self._is_on:
                self._tell(key, "", _NOT_OPENED)
            elif batch.last:
                data = batch.data[batch.starts[content] : batch.ends[content]]
                self._open(key, io.BytesIO(data), len(data))
            else:
                self._large = key

    def _examine_large(self, key: bytes, size: int, reopen: Reopen) -> None:
        try:
            with reopen(key) as file:
                if file is None:
                    self._tell(key, "", _PIPE)
                else:
                    self._open(key, file, size)
        except OSError as error:
            self._tell(key, "", Fault(f"archive: it cannot be read again: {error.strerror}", SkipKind.FAILED))

    def _open(self, key: bytes, file: IO[bytes], size: int) -> None:
        # With the first archive: what reads all kinds takes a while to import.
        from linter.sources.archives.opened import Opened

        if self._buffer is None:
            self._buffer = bytearray(BUFFER_SIZE)
        opened = Opened(file, size, self._buffer, self._memory)
        for batch in opened.batches():
            if self._stop.is_set():
                return
            if self._examiner_for_more and self._size > SMALL_SCAN:
                self._examiner, self._examiner_for_more = self._examiner_for_more(), None
            if self._is_past:
                # In the history: AST rules take long, and of what is built only the sources are one's own.
                batch.paths = []
            self.found += [Inside(key, os.fsdecode(each.key), each) for each in self._examiner.examine(batch)]
            self._size += sum(batch.ends) - sum(batch.starts)
        self.count += opened.members
        for skip in opened.skips:
            self._tell(key, skip.path, Fault(skip.reason, skip.kind))

    def _tell(self, key: bytes, name: str, fault: Fault) -> None:
        self.found.append(Inside(key, name, Examined(os.fsencode(name), (), (), frozenset({fault}))))


def innermost(examined: Iterable[Examined], inside: Iterable[Inside]) -> tuple[list[Examined], list[Inside]]:
    """The same, but a credential in a member is not told of the bytes of what holds that member too."""
    members = list(inside)
    held: dict[tuple[bytes, str], set[Secret]] = defaultdict(set)
    for each in members:
        matches = each.examined.matches
        secrets = {match.secret for match in matches} | {part.secret for match in matches for part in match.parts}
        names = each.name.split(_MARK)
        for depth in range(len(names)) if secrets else ():
            held[each.key, _MARK.join(names[:depth])] |= secrets

    def kept(found: Examined, key: bytes, name: str) -> Examined:
        secrets = held.get((key, name))
        if secrets is None:
            return found
        return found._replace(matches=tuple(match for match in found.matches if match.secret not in secrets))

    outer = [kept(each, each.key, "") for each in examined]
    return outer, [each._replace(examined=kept(each.examined, each.key, each.name)) for each in members]
