"""Rules that know files by their paths: files that belong into no repository, each told once, and what some store."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING

from linter.extract import Candidate
from linter.file_structures import FILE_STRUCTURES
from linter.globs import Globs
from linter.model import Secret
from linter.stored_credentials import STORED_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["FileRules", "with_stored"]

_WILD = "*?[]!\\"


class FileRules:
    """The rules by path among `rules`; candidates name rules by their index in it. Case does not matter."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._rules = rules
        self._numbers = [number for number, rule in enumerate(rules) if rule.is_by_path]
        self._paths = {number: Globs(map(str.lower, rules[number].paths)) for number in self._numbers}
        self._excluded = {number: Globs(map(str.lower, rules[number].exclude_paths)) for number in self._numbers}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_suffix: dict[str, set[int]] = defaultdict(set)
        self._by_part: dict[str, set[int]] = defaultdict(set)
        for number in self._numbers:
            for glob in rules[number].paths:
                self._index(glob.lower().rpartition("/")[2], number)

    def _index(self, name: str, number: int) -> None:
        """Keep what the last part of a path must hold for a glob to fit: many paths are asked for, and few fit."""
        suffix = name.rpartition(".")[2]
        if not set(name) & set(_WILD):
            self._by_name[name].add(number)
        elif name == f"*.{suffix}":
            self._by_suffix[suffix].add(number)
        elif set(name) & set(_WILD) == {"*"}:
            self._by_part[max(name.split("*"), key=len)].add(number)
        else:
            self._by_part[""].add(number)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    @functools.lru_cache(maxsize=32_768)  # noqa: B019 - lives as long as a scan; a path stands in many commits
    def of(self, path: bytes) -> tuple[int, ...]:
        """The rules that `path` fits."""
        name = path.rpartition(b"/")[2].decode("utf-8", "replace").lower()
        possible = {*self._by_name.get(name, ()), *self._by_suffix.get(name.rpartition(".")[2], ())}
        for part, numbers in self._by_part.items():
            if part in name:
                possible |= numbers
        if not possible:
            return ()
        whole = path.decode("utf-8", "replace").lower()
        fitting = [number for number in sorted(possible) if whole in self._paths[number]]
        return tuple(number for number in fitting if whole not in self._excluded[number])

    def wanted(self, batch: Batch) -> list[int]:
        """The contents of `batch` with a path that a rule fits, of a large content with its first window."""
        if batch.origin.offset:
            return []
        of = self.of
        return [content for content, path in enumerate(batch.paths) if of(path)]

    def candidates(self, batch: Batch, content: int) -> list[Candidate]:
        """What the rules find in a content that the batch knows the path of; a file stands at its first byte."""
        path, start, end = batch.paths[content], batch.starts[content], batch.ends[content]
        text = bytes(batch.data[start:end])
        found = []
        for number in self.of(path) if text else ():
            rule = self._rules[number]
            for first, last, secret, evidence in _found(rule, path, text):
                place = start + first, start + last
                found.append(Candidate(content, *place, number, secret, rule.severity, rule.confidence, evidence))
        return found


def _found(rule: PatternRule, path: bytes, text: bytes) -> Iterator[tuple[int, int, Secret, tuple[str, ...]]]:
    """Where the rule finds something in the text of a file, half-open, and what: the secret and the evidence."""
    if not rule.practice:
        for first, last in STORED_CREDENTIALS[rule.structure or ""](text):
            yield first, last, Secret(text[first:last], chosen=rule.chosen), ("form: path", "form: stored credential")
        return
    proof = FILE_STRUCTURES[rule.structure](text) if rule.structure else ()
    if proof is not None:
        # A file is known by its path: what it holds may change, and be as wrong where it is.
        yield 0, 0, Secret(path), ("form: path", *proof)


def with_stored(found: Sequence[Candidate], stored: Sequence[Candidate], practices: Set[int]) -> list[Candidate]:
    """The candidates `found` by content and those `stored` in a file that its path tells, each place once.

    What knows the place more surely is left, else the kind that the content shows. `practices` are the numbers of
    rules whose candidates are no credentials; they stand beside any other.
    """
    if not stored:
        return list(found)
    known = [each for each in found if each.rule not in practices and not each.path_words]
    kept = [
        each
        for each in stored
        if not any(other.overlaps(each) and other.confidence >= each.confidence for other in known)
    ]
    weaker = {other for other in known if any(other.overlaps(each) for each in kept)}
    rest = [each for each in found if each not in weaker]
    return sorted([*rest, *kept], key=lambda each: (each.start, each.end, each.rule))
