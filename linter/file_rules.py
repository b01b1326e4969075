"""Rules on paths: files that belong into no repository, each told once, by its path and what it is."""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import TYPE_CHECKING

from linter.extract import Candidate
from linter.file_structures import FILE_STRUCTURES
from linter.globs import Globs
from linter.model import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.model import Batch
    from linter.rules import PatternRule

__all__ = ["FileRules"]

_WILD = "*?[]!\\"


class FileRules:
    """The rules on paths among `rules`; candidates name rules by their index in it. Case does not matter."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._rules = rules
        self._numbers = [number for number, rule in enumerate(rules) if rule.is_on_paths]
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

    def candidates(self, batch: Batch, content: int) -> list[Candidate]:
        """What the rules find in a content that the batch knows the path of: it stands at the first byte."""
        path, start, end = batch.paths[content], batch.starts[content], batch.ends[content]
        found = []
        for number in self.of(path) if end > start else ():
            rule = self._rules[number]
            proof = FILE_STRUCTURES[rule.structure](bytes(batch.data[start:end])) if rule.structure else ()
            if proof is not None:
                # A file is known by its path: what it holds may change, and be as wrong where it is.
                evidence = ("form: path", *proof)
                found.append(
                    Candidate(content, start, start, number, Secret(path), rule.severity, rule.confidence, evidence)
                )
        return found
