"""One batch in, its matches out: where each stands, what its lines look like, and what comments say of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from linter import decode, directives
from linter.bound import completed
from linter.extract import Extractor
from linter.file_rules import FileRules, with_stored
from linter.inner import InnerTexts
from linter.model import Batch, Extent, Frame, Match, PartMatch
from linter.notebooks import Notebook, is_notebook
from linter.pairs import Sets
from linter.parsed import TOO_LARGE, joined, settled
from linter.positions import Positions, frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linter.directives import Directive
    from linter.extract import Candidate, Fault
    from linter.matcher import Engine
    from linter.parsed import Parser
    from linter.rules import PatternRule

__all__ = ["Examined", "Examiner"]


class Examined(NamedTuple):
    """What was found in the content that its source knows as `key`.

    `stale` are comments that cover no match; `faults` are reasons why it was not wholly examined.
    """

    key: bytes
    matches: tuple[Match, ...]
    stale: tuple[Directive, ...]
    faults: frozenset[Fault]


class _Found(NamedTuple):
    """The candidates of one content: of pattern rules, of rules that parse it or find files, and what files store."""

    candidates: list[Candidate]
    parsed: list[Candidate]
    stored: list[Candidate]


class Examiner:
    """Examines batches for one thread; `rule_ids` are all that a comment may name, `parser` runs AST rules.

    `deep`: any text that is written as base64 or hexadecimal digits is read, and not only what has a word of
    credentials; of a history, which holds each file in hundreds of versions, that would take as long as all the rest.
    """

    def __init__(
        self,
        rules: Sequence[PatternRule],
        rule_ids: frozenset[str],
        engine: Engine,
        parser: Parser,
        *,
        deep: bool = True,
    ) -> None:
        self._is_deep = deep
        self._rules = rules
        self._rule_ids = rule_ids
        self._active = frozenset(rule.id for rule in rules)
        self._session = engine.session()
        self._inner = InnerTexts(self._session, Extractor(rules))
        self._sets = Sets(rules)
        self._files = FileRules(rules)
        self._parser = parser
        self._practices = frozenset(number for number, rule in enumerate(rules) if rule.practice)
        self._guesses = frozenset(number for number, rule in enumerate(rules) if rule.is_parsed and not rule.practice)
        self._unsure = self._practices | {number for number, rule in enumerate(rules) if rule.paths}
        self._codec: str | None = None
        """Of the last content; the windows of a large one come one after the other, and only the first has a mark."""

    def close(self) -> None:
        """Let go of what was started for it."""
        self._parser.close()

    def examine(self, batch: Batch) -> list[Examined]:
        """What there is to tell of the contents of `batch`; of most there is nothing."""
        examined = self._examine_bytes(batch)
        for transcoded in self._transcoded(batch):
            examined += self._examine_bytes(transcoded)
        return examined

    def _transcoded(self, batch: Batch) -> Iterator[Batch]:
        """A batch in UTF-8 for each content in UTF-16 or UTF-32; where such text has a keyword, it has zero bytes."""
        data = batch.data
        known = self._codec if batch.origin.offset else None
        self._codec = known
        if batch.last and data.find(0, 0, batch.size) < 0:
            return
        for number, (start, end, key) in enumerate(zip(batch.starts, batch.ends, batch.keys, strict=True)):
            limit = min(end, start + decode.SAMPLE)
            if known is None and data.find(0, start, limit) < 0 and data[start] < 0xFE:
                continue
            codec = known or decode.encoding_of(data[start:limit])
            if codec is not None:
                text = data[start:end].decode(codec, "replace").encode("utf-8", "replace")
                content = bytearray(b"\n" + text + b"\n")
                paths = batch.paths[number : number + 1]
                yield Batch(content, len(content), [1], [len(content) - 1], [key], batch.origin, batch.last, paths)
            self._codec = codec

    def _examine_bytes(self, batch: Batch) -> list[Examined]:
        places = self._session.places(batch, deep=self._is_deep)
        extraction = self._inner.extract(batch, places)
        candidates: dict[int, list[Candidate]] = defaultdict(list)
        for candidate in extraction.candidates:
            candidates[candidate.content].append(candidate)
        parsed = self._parsed(batch, extraction.faults)
        stored: dict[int, list[Candidate]] = defaultdict(list)
        for content in self._files.wanted(batch):
            for each in self._files.candidates(batch, content):
                (parsed if self._rules[each.rule].practice else stored)[content].append(each)
        marks = _by_content(batch, places.directives)
        return [
            self._examined(
                batch,
                content,
                _Found(candidates[content], parsed[content], stored[content]),
                marks[content],
                extraction.faults[content],
            )
            for content in sorted({*candidates, *parsed, *stored, *extraction.faults, *marks})
        ]

    def _parsed(self, batch: Batch, faults: dict[int, set[Fault]]) -> dict[int, list[Candidate]]:
        """What AST rules find in each content that is whole and for them; why one is not analysed goes to `faults`."""
        parsed: dict[int, list[Candidate]] = defaultdict(list)
        is_first = not batch.origin.offset
        for content in self._parser.wanted(batch):
            if not (is_first and batch.last):
                if is_first:
                    faults[content].add(TOO_LARGE)
                continue
            found, fault = self._parser.candidates(batch, content)
            if found:
                parsed[content] = found
            if fault is not None:
                faults[content].add(fault)
        return parsed

    def _examined(
        self,
        batch: Batch,
        content: int,
        found: _Found,
        marks: list[int],
        faults: set[Fault],
    ) -> Examined:
        positions = Positions(batch.data, batch.starts[content], batch.ends[content], batch.origin)
        comments = directives.read(positions, marks, self._rule_ids)
        masks = self._masks([*found.candidates, *found.parsed, *found.stored])
        used: set[Directive] = set()
        matches = []
        bound = [each for each in found.candidates if self._rules[each.rule].bound]
        firm = [each for each in found.candidates if not self._rules[each.rule].bound]
        known = [each for each in found.parsed if not self._is_by_itself(each)]
        others = [each for each in found.parsed if self._is_by_itself(each)]
        combined = settled(self._sets.combine(joined(firm, known), positions.line), others, self._practices)
        combined = completed(combined, bound, self._unsure, self._guesses)
        combined = with_stored(combined, found.stored, self._practices)
        notebook = _notebook(batch, content) if combined else None
        for candidate in combined:
            match = self._match(positions, candidate, masks)
            if notebook is not None:
                match = replace(match, cell=notebook.cell(candidate.start))
            if covering := [comment for comment in comments if _covers(comment, match)]:
                used.update(covering)
                match = replace(match, ignored=covering[0].reason)
            matches.append(match)
        stale = tuple(
            comment
            for comment in comments
            if comment not in used and (comment.problem or self._active.issuperset(comment.rules))
        )
        return Examined(batch.keys[content], tuple(matches), stale, frozenset(faults))

    def _is_by_itself(self, candidate: Candidate) -> bool:
        """True if the candidate is of a rule that looks for it by itself, and not of a kind that a call has shown."""
        return self._rules[candidate.rule].is_parsed or self._rules[candidate.rule].is_on_paths

    def _masks(self, candidates: list[Candidate]) -> list[tuple[int, int, str]]:
        """What to show in place of each credential, ascending; of two that overlap the first, or the better known."""

        def order(each: Candidate) -> tuple[int, int, bool, int]:
            return each.start, -each.end, self._rules[each.rule].bound, each.rule

        masks: list[tuple[int, int, str]] = []
        for each in sorted(candidates, key=order):
            if each.rule not in self._practices and (not masks or masks[-1][1] <= each.start):
                masks.append((each.start, each.end, each.secret.redacted))
        return masks

    def _match(self, positions: Positions, candidate: Candidate, masks: Sequence[tuple[int, int, str]]) -> Match:
        extent = _extent(positions, candidate)
        rule = self._rules[candidate.rule]
        # What a file holds that is found by its path is not known, so nothing of it can be shown.
        shown = Frame(extent.line, ()) if rule.is_on_paths else None
        return Match(
            rule.id,
            candidate.severity,
            candidate.confidence,
            candidate.secret,
            candidate.evidence,
            extent,
            shown or frame(positions, extent.line, (candidate.start, candidate.end), masks),
            tuple(
                PartMatch(self._rules[part.rule].id, part.secret, part.evidence, _extent(positions, part))
                for part in candidate.parts
            ),
            sample=candidate.is_sample,
            path_words=candidate.path_words,
            other_words=candidate.other_words,
        )


def _notebook(batch: Batch, content: int) -> Notebook | None:
    span = batch.starts[content], batch.ends[content]
    return Notebook(batch.data, *span) if is_notebook(batch.data, *span) else None


def _extent(positions: Positions, candidate: Candidate) -> Extent:
    return Extent(*positions.place(candidate.start), *positions.place(candidate.end))


def _by_content(batch: Batch, ends: Sequence[int]) -> dict[int, list[int]]:
    """The offsets `ends`, by the content they stand in."""
    marks: dict[int, list[int]] = defaultdict(list)
    content = 0
    for end in ends:
        while content + 1 < len(batch.starts) and batch.starts[content + 1] < end:
            content += 1
        if batch.starts[content] < end <= batch.ends[content]:
            marks[content].append(end)
    return marks


def _covers(comment: Directive, match: Match) -> bool:
    """True if the comment stands at the match and names its rule; of a set also at any of its parts.

    A comment that names the rule of a part covers the set only at the credential that the set is known by.
    """
    if comment.problem is not None:
        return False
    names = {match.rule, *(part.rule for part in match.parts if part.extent == match.extent)}
    if _is_at(comment, match.extent):
        return not names.isdisjoint(comment.rules)
    return match.rule in comment.rules and any(_is_at(comment, part.extent) for part in match.parts)


def _is_at(comment: Directive, extent: Extent) -> bool:
    return extent.line <= comment.target <= extent.end_line
