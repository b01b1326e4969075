"""Credentials that belong together: candidates of the parts of a set become one candidate of the set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from linter.extract import Candidate
    from linter.rules import PatternRule

__all__ = ["Sets"]


class Sets:
    """The sets among `rules`; candidates name rules by their index in it."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        numbers = {rule.id: number for number, rule in enumerate(rules)}
        sets = [number for number, rule in enumerate(rules) if rule.parts]
        # The larger set first: four credentials that belong together are not two pairs.
        self._sets = sorted(sets, key=lambda number: -len(rules[number].parts))
        self._parts = {
            number: [frozenset(numbers[name] for name in names if name in numbers) for names in rules[number].parts]
            for number in sets
        }
        self._rules = rules
        self._members = frozenset(member for parts in self._parts.values() for part in parts for member in part)

    def combine(self, candidates: Sequence[Candidate], line_of: Callable[[int], int]) -> list[Candidate]:
        """The candidates of one content, by place, with those that form a set replaced by it.

        What is only a part and in no set is left out. `line_of` tells the line of a byte of the content.
        """
        if not any(candidate.rule in self._members for candidate in candidates):
            return [candidate for candidate in candidates if not candidate.is_only_a_part]
        lines = {candidate: line_of(candidate.start) for candidate in candidates if candidate.rule in self._members}
        free = list(candidates)
        found: list[Candidate] = []
        for number in self._sets:
            for members in self._members_of(number, free, lines):
                free = [candidate for candidate in free if candidate not in members]
                found.append(self._set(number, members, lines))
        kept = [candidate for candidate in free if not candidate.is_only_a_part]
        return sorted([*found, *kept], key=lambda candidate: candidate.start)

    def _members_of(
        self, number: int, free: Sequence[Candidate], lines: dict[Candidate, int]
    ) -> Iterator[list[Candidate]]:
        """The candidates of each set of rule `number`, the one it is known by first; none stands in two."""
        within = self._rules[number].within
        known_by, *others = self._parts[number]
        taken: set[Candidate] = set()
        for first in free:
            if first.rule not in known_by:
                continue
            members = [first]
            for part in others:
                near = [
                    candidate
                    for candidate in free
                    if candidate.rule in part
                    and candidate not in taken
                    and abs(lines[candidate] - lines[first]) <= within
                ]
                if not near:
                    break
                members.append(min(near, key=lambda candidate: _distance(first, candidate, lines)))
            else:
                taken.update(members)
                yield members

    def _set(self, number: int, members: list[Candidate], lines: dict[Candidate, int]) -> Candidate:
        first, *others = members
        rule = self._rules[number]
        partners = tuple(
            f"found beside it: {self._rules[other.rule].name} (line {lines[other]})"
            for other in sorted(others, key=lambda each: each.start)
        )
        return first._replace(
            rule=number,
            severity=rule.severity,
            confidence=rule.confidence,
            evidence=(*first.evidence, *partners),
            is_sample=all(member.is_sample for member in members),
            is_only_a_part=False,
            path_words=(),
            parts=tuple(sorted(members, key=lambda each: each.start)),
        )


def _distance(first: Candidate, other: Candidate, lines: dict[Candidate, int]) -> tuple[int, bool, int]:
    """How far apart two candidates are; of two as near the one before is nearer: a key stands before its secret."""
    is_behind = other.start > first.start
    gap = other.start - first.end if is_behind else first.start - other.end
    return abs(lines[other] - lines[first]), is_behind, gap
