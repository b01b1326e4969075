"""Text inside text: what the rules find in it, at the places of the text that says it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from linter import credential_names, decode
from linter.context import Content
from linter.extract import Extraction, Fault
from linter.model import Batch, SkipKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.decode import Encoded, Kind
    from linter.extract import Candidate, Extractor
    from linter.matcher import Places, Session

__all__ = ["DEPTH", "TEXT_LIMIT", "InnerTexts"]

DEPTH = 3
"""How many ways of writing may be undone one after the other."""

TEXT_LIMIT = 10_000
"""Texts in one content that are decoded; that there are more is reported as a skip."""

_LONGEST_VALUE = 400
_STRUCTURED = (b"{", b"[", b"<")
_BETWEEN = b"\n;\n"
_TOO_MANY = Fault(f"more than {TEXT_LIMIT:,} encoded texts; the rest is not decoded", SkipKind.LIMITED)


class InnerTexts:
    """Adds to what stands in a batch what stands in the texts that it encodes; `session` and `extractor` are shared."""

    def __init__(self, session: Session, extractor: Extractor) -> None:
        self._session = session
        self._extractor = extractor

    def extract(self, batch: Batch, places: Places, depth: int = 0) -> Extraction:
        """The candidates in `batch`, by content, and those in its encoded texts.

        Where a rule takes the encoded text for a credential and another knows what it says, the more specific remains.
        """
        extraction = self._extractor.extract(batch, places.windows)
        if not places.encoded or depth == DEPTH:
            return extraction
        decoded = _Decoded(batch, places.encoded)
        found = self._extract_inner(decoded, depth)
        faults = extraction.faults
        for number, reasons in found.faults.items():
            faults[decoded.contents[number]] |= reasons
        for content in decoded.cut:
            faults[content].add(_TOO_MANY)
        if not found.candidates:
            return extraction
        candidates = self._joined(extraction.candidates, [decoded.outside(each) for each in found.candidates])
        return Extraction([each.told() for each in candidates] if not depth else candidates, faults)

    def _extract_inner(self, decoded: _Decoded, depth: int) -> Extraction:
        inner = decoded.batch()
        return self.extract(inner, self._session.places(inner), depth + 1)

    def _joined(self, outer: Sequence[Candidate], inner: Sequence[tuple[Candidate, Encoded]]) -> list[Candidate]:
        """All candidates but those that a more specific one stands for."""
        kept = list(outer)
        added: list[Candidate] = []
        for candidate, text in inner:
            rivals = [
                each
                for each in kept
                if each.content == candidate.content
                and text.start <= each.start
                and each.end <= text.end
                and each.overlaps(candidate)
            ]
            rank = self._extractor.rank(candidate)
            if any(self._extractor.rank(rival) >= rank or rival.secret == candidate.secret for rival in rivals):
                continue
            kept = [each for each in kept if each not in rivals]
            added.append(candidate)
        return sorted({*kept, *added}, key=lambda each: (each.content, each.start, each.end, each.rule))


class _Decoded:
    """The texts that a batch encodes, as contents of a batch of their own, and where each stands outside."""

    def __init__(self, batch: Batch, encoded: Sequence[tuple[int, Kind]]) -> None:
        self._outer = batch
        self._texts: list[Encoded] = []
        self._named: list[int] = []
        """How many bytes before each text name it."""
        self._starts: list[int] = []
        self.contents: list[int] = []
        """The contents of the outer batch, one for each of the inner."""
        self.cut: list[int] = []
        self._data = bytearray(b"\n")
        self._spans: list[tuple[int, int]] = []
        self._known: dict[int, Content] = {}
        for content, places in _by_content(batch, encoded).items():
            self._add(content, places)

    def _add(self, content: int, places: Sequence[tuple[int, Kind]]) -> None:
        start = len(self._data)
        found = decode.texts(self._outer.data, self._outer.starts[content], self._outer.ends[content], places)
        for text in islice(found, TEXT_LIMIT):
            name = text.name + b"=" if _is_named(text) else b""
            self._texts.append(text)
            self._named.append(len(name))
            self._starts.append(len(self._data))
            # A zero byte would make a binary file of all texts of the content.
            self._data += name + text.text.replace(b"\0", b"\n") + _BETWEEN
        if next(found, None) is not None:
            self.cut.append(content)
        self._spans.append((start, len(self._data) - 1))
        self.contents.append(content)

    def batch(self) -> Batch:
        """The texts, those of one content of the outer batch in one content."""
        starts, ends = ([span[side] for span in self._spans] for side in (0, 1))
        keys = [self._outer.keys[content] for content in self.contents]
        return Batch(self._data, len(self._data), starts, ends, keys)

    def outside(self, candidate: Candidate) -> tuple[Candidate, Encoded]:
        """The candidate at the place that says it, and the text that it stands in."""
        number = bisect_right(self._starts, candidate.start) - 1
        text, before = self._texts[number], self._starts[number] + self._named[number]
        start, end = text.outside(candidate.start - before, candidate.end - before)
        words = candidate.path_words
        if words and self._around(candidate.content).holds_any(words):
            words = ()
        return candidate._replace(
            content=self.contents[candidate.content],
            start=start,
            end=end,
            path_words=words,
            written=(text.how, *candidate.written),
        ), text

    def _around(self, number: int) -> Content:
        """The outer content of the inner content `number`."""
        if number not in self._known:
            content = self.contents[number]
            span = self._outer.starts[content], self._outer.ends[content]
            self._known[number] = Content(self._outer.data, *span)
        return self._known[number]


def _by_content(batch: Batch, encoded: Sequence[tuple[int, Kind]]) -> dict[int, list[tuple[int, Kind]]]:
    """The places `encoded`, by the content they stand in."""
    places: dict[int, list[tuple[int, Kind]]] = defaultdict(list)
    for end, kind in encoded:
        content = bisect_left(batch.starts, end) - 1
        if content >= 0 and end <= batch.ends[content]:
            places[content].append((end, kind))
    return places


def _is_named(text: Encoded) -> bool:
    """True if the text is one value, and its name says that it is a credential."""
    if not text.name or len(text.text) > _LONGEST_VALUE or text.text.startswith(_STRUCTURED):
        return False
    is_secret = text.is_of_secret or credential_names.classify(text.name.decode("ascii", "replace")).strength > 1
    return is_secret and text.text.decode("utf-8", "replace").isprintable()
