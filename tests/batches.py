"""Contents as the sources hand them out, and what the rules find in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from linter.extract import Extractor
from linter.model import Batch
from linter.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.matcher import Engine
    from linter.parts import HistoryPart
    from linter.rules import PatternRule
    from linter.sources.files import Files

__all__ = ["Found", "batch_of", "found", "positions_of", "read"]


class Found(NamedTuple):
    """One candidate, with its place counted from the start of its content."""

    content: int
    rule: str
    start: int
    end: int
    evidence: tuple[str, ...]


def batch_of(*contents: bytes) -> Batch:
    """A batch of whole contents, keyed by their numbers."""
    data = bytearray(b"\n")
    starts, ends = [], []
    for content in contents:
        starts.append(len(data))
        data += content
        ends.append(len(data))
        data += b"\n"
    return Batch(data, len(data), starts, ends, [str(number).encode() for number in range(len(contents))])


def read(source: Files | HistoryPart) -> Iterator[Batch]:
    """All batches of a source, as one thread has them, which nothing helps."""
    for stream in source.slices(1):
        for batch in stream:
            assert isinstance(batch, Batch)
            yield batch


def positions_of(content: bytes) -> Positions:
    """The positions of a content that stands in a buffer from offset 1."""
    batch = batch_of(content)
    return Positions(batch.data, batch.starts[0], batch.ends[0])


def found(batch: Batch, rules: Sequence[PatternRule], engine: Engine) -> list[Found]:
    """What `rules` find in `batch`; that a content could not be examined fails the test."""
    extraction = Extractor(rules).extract(batch, engine.session().places(batch).windows)
    assert not extraction.faults
    return [
        Found(
            each.content,
            rules[each.rule].id,
            each.start - batch.starts[each.content],
            each.end - batch.starts[each.content],
            each.evidence,
        )
        for each in extraction.candidates
        if not each.path_words
    ]
