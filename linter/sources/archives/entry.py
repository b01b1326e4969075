"""What a reader of a format finds in an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from linter.sources.archives.stream import Stream

__all__ = ["Entry"]


class Entry(NamedTuple):
    """One thing in an archive.

    Attributes:
        name: its name there, as a label only; empty for what is the archive itself in another form.
        stream: its content, which is read before the next entry is asked for; it is at fault where there is none.
        is_member: whether it is counted: not what is text taken out of a content that is scanned as well.
    """

    name: bytes
    stream: Stream
    is_member: bool = True
