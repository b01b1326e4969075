"""One credential is one finding, whatever the number and the order of its places."""

from __future__ import annotations

import itertools

from linter.findings import Sighting, gather
from linter.model import Confidence, Extent, Frame, Match, Place, Secret, Severity, State
from linter.sites import Sites
from tests.rule_files import pattern_rule

RULES = (pattern_rule(), pattern_rule(id="acme-a-key"))


def _sighting(path: str, state: State, rule: str = RULES[0].id, prefix: str = "") -> Sighting:
    secret = Secret(b"acme" + b"_7h2kq9x4mz1v", prefix=prefix)
    match = Match(rule, Severity.HIGH, Confidence.HIGH, secret, (path,), Extent(1, 1, 1, 18), Frame(1, (path,)))
    return Sighting(match, Place(path, None, state), None if state is State.WORKTREE else "b10b")


SIGHTINGS = [
    _sighting("b.txt", State.WORKTREE, prefix="ac"),
    _sighting("a.txt", State.WORKTREE, prefix="acm"),
    _sighting("a.txt", State.HISTORY, prefix="acme"),
    _sighting("c.txt", State.OTHER_REF, RULES[1].id),
]


def test_the_order_of_threads_is_not_seen() -> None:
    found = {
        (repr(finding.secret), repr(finding))
        for order in itertools.permutations(SIGHTINGS)
        for finding in gather(order, RULES, {}, Sites([]))
    }
    assert len(found) == 1


def test_the_nearest_place_is_shown() -> None:
    (finding,) = gather(SIGHTINGS, RULES, {}, Sites([]))
    assert [(place.path, place.state) for place in finding.occurrences] == [
        ("a.txt", State.WORKTREE),
        ("b.txt", State.WORKTREE),
        ("c.txt", State.OTHER_REF),
        ("a.txt", State.HISTORY),
    ]
    assert finding.frame == Frame(1, ("a.txt",))
