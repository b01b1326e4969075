"""Which commits a gate or a hook scans: said as data, and resolved to what a repository has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from linter.model import Error

if TYPE_CHECKING:
    from linter.git import Sterile

__all__ = ["Range", "Resolved", "resolve", "written"]

UNSHALLOW = "`git fetch --unshallow` brings what it lacks"
SHORT = 12
"""Characters of an object id that are shown."""


@dataclass(frozen=True, slots=True)
class Range:
    """Commits to scan: what the tips reach and nothing else of this does.

    Attributes:
        what: what this is and how that is known, for the reader.
        tips: revisions whose history is scanned; every one must be there.
        bases: revisions whose history is left out; every one must be there.
        hints: revisions whose history is left out where they are there (after a forced push they may not be).
        otherwise: where neither bases nor hints are there, the history of the first of these that is there is left out.
        known: the history of every reference whose name starts with this is left out.
        mend: what brings the commits that a shallow clone lacks.
        is_strict: a clone that is too shallow for this range is an error, not an incomplete scan.
    """

    what: str
    tips: tuple[str, ...]
    bases: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    known: str | None = None
    mend: str = UNSHALLOW
    is_strict: bool = False


class Resolved(NamedTuple):
    """A range as object ids, what the reader should know of it, and whether the clone is too shallow for it."""

    included: list[str]
    excluded: list[str]
    notice: str
    is_cut: bool


def written(text: str) -> tuple[str, str]:
    """The two ends of a range that is written `A..B`.

    Raises:
        Error: it is not.
    """
    start, dots, end = text.partition("..")
    if not dots or not start or not end or end.startswith("."):
        raise Error(f"{text}: a range is written A..B")
    return start, end


def resolve(sterile: Sterile, asked: Range) -> Resolved:
    """The objects that `asked` names.

    Raises:
        Error: a revision is not there, or `asked` is strict and the clone too shallow for it.
    """
    included = [_required(tip, _tip(sterile, tip), sterile, asked) for tip in asked.tips]
    left_out = {base: _required(base, sterile.resolve(base), sterile, asked) for base in asked.bases}
    left_out |= _there(sterile, asked.hints)
    left_out = left_out or dict(list(_there(sterile, asked.otherwise).items())[:1])
    names, excluded = list(left_out), list(left_out.values())
    if asked.known is not None:
        named = sorted({each.target for each in sterile.references()[0] if each.name.startswith(asked.known)})
        excluded += sterile.present(named)[0]
        names.append(f"{asked.known}*")
    listed = sterile.run("rev-list", "--stdin", stdin=_lines(included, excluded))
    commits = listed.output.decode("ascii", "replace").split()
    is_cut = not sterile.shallow.isdisjoint(commits)
    if is_cut and asked.is_strict:
        raise Error(f"{asked.what}: this clone is too shallow to tell what came in; {asked.mend}")
    return Resolved(included, excluded, _told(asked, names, len(commits), is_known=listed.status == 0), is_cut)


def _tip(sterile: Sterile, revision: str) -> str | None:
    """The id of a tip: a commit or the tag of one, or whatever a full id names."""
    name = sterile.resolve_object(revision)
    return name if name == revision or sterile.resolve(revision) else None


def _there(sterile: Sterile, revisions: tuple[str, ...]) -> dict[str, str]:
    """The ids of those revisions that are there."""
    return {revision: name for revision in revisions if (name := sterile.resolve(revision))}


def _required(revision: str, name: str | None, sterile: Sterile, asked: Range) -> str:
    if name is None:
        is_mended = bool(sterile.shallow) or asked.is_strict
        raise Error(f"{revision}: no such revision{f' in this clone; {asked.mend}' if is_mended else ''}")
    return name


def _lines(included: list[str], excluded: list[str]) -> bytes:
    return "".join([*(f"{name}\n" for name in included), *(f"^{name}\n" for name in excluded)]).encode()


def _told(asked: Range, names: list[str], count: int, *, is_known: bool) -> str:
    """The sentence that says what is scanned."""
    tips = ", ".join(_shown(tip) for tip in asked.tips)
    without = ", ".join(_shown(name) for name in names)
    ends = f"what {tips} has and {without} has not" if without else f"the whole history of {tips}"
    if is_known and not count:
        return f"{asked.what}: no commits in {ends}: there is nothing to scan"
    return f"{asked.what}: {count:,} commit{'' if count == 1 else 's'}, {ends}"


def _shown(revision: str) -> str:
    """A revision as people read it: full object ids are shortened."""
    is_long_id = len(revision) >= 40 and set(revision) <= set("0123456789abcdef")
    return revision[:SHORT] if is_long_id else revision
