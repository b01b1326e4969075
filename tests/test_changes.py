"""Versions of contents: where not all is searched, the same is found as where all is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from linter.matcher import PatternEngine, changes, compile_patterns, databases
from linter.matcher import pattern_engine as pattern_module
from linter.matcher.engine import REACH
from linter.model import Batch, Version
from tests.batches import batch_of
from tests.rule_files import pattern_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from hyperscan import Database

    from linter.matcher import Places
    from linter.rules import PatternRule

FILLER = 2 * REACH
"""Bytes between examples, so that some stretches are copied and their hits with them."""


class _Edited:
    """A content, and the stretches that it has from the one before."""

    def __init__(self, content: bytes) -> None:
        self.parts = [(0, content)]
        """Where each part starts in the base, or -1, and the part."""

    def replace(self, start: int, stop: int, new: bytes) -> None:
        """Put `new` in the place of the bytes `start` to `stop`."""
        done: list[tuple[int, bytes]] = []
        at = 0
        for origin, part in self.parts:
            low, high = max(start - at, 0), min(stop - at, len(part))
            if low >= len(part) or high < 0 or (high == 0 and at > 0):
                done.append((origin, part))
            else:
                done.append((origin, part[:low]))
                if 0 <= start - at < len(part):
                    done.append((-1, new))
                done.append((origin + high if origin >= 0 else -1, part[high:]))
            at += len(part)
        self.parts = [(origin, part) for origin, part in done if part]

    def content(self) -> bytes:
        return b"".join(part for _, part in self.parts)

    def version(self, base: bytes) -> Version:
        copies = []
        at = 0
        for origin, part in self.parts:
            if origin >= 0:
                copies.append((at, at + len(part), origin))
            at += len(part)
        return Version(base, tuple(copies))


def _material(rules: Sequence[PatternRule], chance: random.Random) -> bytes:
    examples = [example.content for rule in rules for example in rule.examples if rule.pattern]
    return b"\n".join(
        b"\n".join([chance.choice(examples), chance.randbytes(chance.randrange(FILLER)).hex().encode()])
        for _ in range(12)
    )


def _chain(rules: Sequence[PatternRule], seed: int) -> tuple[list[bytes], list[Version | None]]:
    """Contents, each an edit of one before: cut in the middle of examples, with new ones, and some moved."""
    chance = random.Random(seed)
    contents = [_material(rules, chance)]
    versions: list[Version | None] = [None]
    for number in range(1, 12):
        base = chance.randrange(number)
        edited = _Edited(contents[base])
        for _ in range(chance.randrange(1, 4)):
            length = len(edited.content())
            start = chance.randrange(length)
            stop = min(length, start + chance.choice([0, 1, 3, 40, 3_000]))
            new = chance.choice(
                [b"", b"x", b"\n", _material(rules, chance)[:600], contents[0][: chance.randrange(900)]]
            )
            edited.replace(start, stop, new)
        if not chance.randrange(4) and len(edited.parts) > 1:
            edited.parts.reverse()
        contents.append(edited.content())
        versions.append(edited.version(b"%d" % base))
    return contents, versions


def _batches(contents: Sequence[bytes], versions: Sequence[Version | None], size: int) -> list[Batch]:
    made = []
    for first in range(0, len(contents), size):
        batch = batch_of(*contents[first : first + size])
        batch.keys = [b"%d" % number for number in range(first, first + len(batch.starts))]
        batch.versions = list(versions[first : first + size])
        made.append(batch)
    return made


def _uncertain(places: Places) -> Places:
    return places._replace(windows=[window._replace(certain=False) for window in places.windows])


@pytest.mark.parametrize("size", [1, 5, 12])
@pytest.mark.parametrize("seed", range(25))
def test_versions_have_the_places_that_they_have_alone(
    seed: int, size: int, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    contents, versions = _chain(builtin_rules, seed)
    session, plain = pattern_engine.session(), pattern_engine.session()
    for batch in _batches(contents, versions, size):
        found = session.places(batch, deep=False)
        batch.versions = []
        assert _uncertain(found) == _uncertain(plain.places(batch, deep=False))


def test_what_was_copied_is_not_searched_again(pattern_engine: PatternEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []
    whole = databases.scan

    def scan(database: Database, data: bytes, *more: Any) -> None:
        searched.append(len(data))
        whole(database, data, *more)

    monkeypatch.setattr(databases, "scan", scan)
    text = b"abcdefg\n" * 10_000
    edited = _Edited(text)
    edited.replace(40_000, 40_000, b"new\n")
    session = pattern_engine.session()
    for batch in _batches([text, edited.content()], [None, edited.version(b"0")], 1):
        session.places(batch, deep=False)
    assert searched[0] > len(text)
    assert searched[1] < 5 * REACH


@pytest.mark.parametrize(
    ("module", "limit", "value"),
    [(changes, "HITS_KEPT", 1), (pattern_module, "CALLBACK_LIMIT", 3)],
    ids=["the base is forgotten", "too many hits"],
)
def test_a_version_that_is_searched_whole_has_the_same_places(
    module: ModuleType,
    limit: str,
    value: int,
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, limit, value)
    contents, versions = _chain(builtin_rules, 3)
    session, plain = pattern_engine.session(), pattern_engine.session()
    for batch in _batches(contents, versions, 1):
        found = session.places(batch, deep=False)
        batch.versions = []
        assert found == plain.places(batch, deep=False)


def test_hits_may_come_in_any_order() -> None:
    """Hyperscan promises none, and what a version has of them is looked up by their places."""
    text = b"." * 5_000
    places = [2_000, 100, 300, 3_500]
    made = changes.Changes()
    first, second = _batches([text, b"x" + text], [None, Version(b"0", ((1, 5_001, 0),))], 1)
    made.hits(first, lambda _: [(end, 7) for end in places])
    hits, partial = made.hits(second, lambda _: [])
    assert (sorted(hits), partial) == ([(2_001, 7), (3_501, 7)], {0})


def test_all_that_is_looked_for_is_short(builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine) -> None:
    """One rule without a hint that matches more would have all versions of all files searched whole."""
    assert {rule.id: rule.hint_width for rule in builtin_rules if rule.hint_width > REACH} == {}
    assert pattern_engine.is_local


@pytest.mark.parametrize("changed", [-1, 0, REACH - 1, REACH])
@pytest.mark.parametrize("before", [1, 2, 5_000])
def test_the_widest_match_that_an_edit_completes_is_found(changed: int, before: int) -> None:
    """All of it was there before but one byte, the first or the last, or the one next to it was another."""
    match = b"a" + b"bc" * (REACH // 2 - 1) + b"d"
    secret = [match[:-1].decode(), "d"]
    pattern = f"\\b(?P<secret>a[bc]{{{REACH - 2},{REACH - 2}}}d)\\b"
    rules = (pattern_rule(pattern=pattern, examples=[{"text": "{secret}", "secret": secret}]),)
    text = b"." * before + match + b"." * 5_000
    place = before + changed
    base = text[:place] + b"x" + text[place + 1 :]
    edited = _Edited(base)
    edited.replace(place, place + 1, text[place : place + 1])
    assert edited.content() == text
    session = PatternEngine(rules, compile_patterns(rules)).session()
    first, second = _batches([base, text], [None, edited.version(b"0")], 1)
    assert session.places(first, deep=False).windows == []
    (window,) = session.places(second, deep=False).windows
    assert (window.start, window.stop) == (before, before + REACH + 2)
