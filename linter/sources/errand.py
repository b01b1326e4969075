"""What any process can read by itself: a share of a source, with all that it takes to read it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from linter.model import Batch

__all__ = ["Errand"]


class Errand(Protocol):
    """Contents to be read here or elsewhere; it is plain values, which can be sent.

    Attributes:
        is_past: these are contents of a history.
        unread: what could not be read, known at the end; the source that made the errand knows what to do about it.
    """

    is_past: bool
    unread: Any

    def batches(self) -> Iterator[Batch]:
        """Batches with the contents."""

    def opened(self, key: bytes) -> AbstractContextManager[IO[bytes] | None]:
        """The content `key` once more, as a stream, or None where that cannot be had.

        Raises:
            OSError: it cannot be read.
        """
