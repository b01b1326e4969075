"""Findings made by hand: where a rule holds, without content, sources or rules that look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.findings import Sighting, gather
from linter.model import Confidence, Extent, Frame, Match, Place, Secret, Severity, State
from linter.sites import Sites
from tests.rule_files import pattern_rule

if TYPE_CHECKING:
    from linter.model import Finding

__all__ = ["CHOSEN", "RANDOM", "findings_of", "revealed", "sighting"]

RANDOM = pattern_rule()
"""A rule for values with a form of their own."""
CHOSEN = pattern_rule(id="acme-password", chosen=True)
"""A rule for values that people choose."""


def sighting(
    secret: str,
    path: str = "a.py",
    state: State = State.WORKTREE,
    *,
    chosen: bool = False,
    line: int = 1,
    commit: str | None = None,
    ignored: str | None = None,
) -> Sighting:
    """A place where a secret stands."""
    rule = CHOSEN if chosen else RANDOM
    value, frame = Secret(secret.encode(), chosen=chosen), Frame(line, ("",))
    extent = Extent(line, 1, line, 9)
    match = Match(rule.id, Severity.HIGH, Confidence.HIGH, value, (), extent, frame, ignored=ignored)
    return Sighting(match, Place(path, commit, state), None if state is State.WORKTREE else path)


def findings_of(*sightings: Sighting) -> tuple[Finding, ...]:
    """The findings of sightings."""
    return gather(sightings, (RANDOM, CHOSEN), {}, Sites([]))


def revealed(finding: Finding) -> bytes:
    """The secret of a finding."""
    assert finding.secret is not None
    return finding.secret.reveal()
