"""Which commits a hook is about, from what git and pre-commit tell it: data in, data out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.git import is_object_id
from linter.model import Error
from linter.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["of_pre_commit", "pushed", "received"]


def of_pre_commit(variables: Mapping[str, str]) -> Range | None:
    """The commits that pre-commit names in its variables (`--from-ref`, `--to-ref`, a push), or None.

    Of a push it names the first branch only; that is said.
    """
    start, end = variables.get("PRE_COMMIT_FROM_REF"), variables.get("PRE_COMMIT_TO_REF")
    remote = variables.get("PRE_COMMIT_REMOTE_NAME")
    if remote:
        # Without the two, the branch is pushed with its root commit.
        tip = end or variables.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
        what = f"pushed to {remote} (pre-commit names one branch of a push, no others)"
        return Range(what, (tip,), hints=(start,) if start else (), known=_tracking(remote))
    if start and end:
        return Range("from pre-commit", (end,), bases=(start,), is_strict=True)
    return None


def pushed(lines: str, remote: str | None) -> Range | None:
    """What a push brings to `remote`, from the lines that git gives its pre-push hook; None if it only deletes.

    What that remote has by its tracking references is left out. Without any line git may have nothing to push, or
    whoever called the hook kept the lines: then it is what HEAD has.

    Raises:
        Error: these are not such lines.
    """
    updates = [_fields(line, 4, (1, 3)) for line in lines.split("\n") if line]
    known = _tracking(remote) if remote else "refs/remotes/"
    what = f"pushed to {remote}" if remote else "pushed"
    if not updates:
        return Range(f"{what} (git names no branch: HEAD)", ("HEAD",), known=known)
    tips, before = _ids(update[1] for update in updates), _ids(update[3] for update in updates)
    return Range(what, tips, hints=before, known=known) if tips else None


def received(lines: str) -> Range | None:
    """What a push brings in, from the lines that git gives its pre-receive hook; None if it only deletes.

    That is what no reference of this repository has yet.

    Raises:
        Error: these are not such lines, or there is none.
    """
    updates = [_fields(line, 3, (0, 1)) for line in lines.split("\n") if line]
    if not updates:
        raise Error("nothing to scan: git names what is pushed on standard input, and that is empty")
    tips = _ids(update[1] for update in updates)
    return Range("received", tips, known="refs/") if tips else None


def _tracking(remote: str) -> str:
    """The start of the names of the references that say what `remote` has."""
    return f"refs/remotes/{remote}/"


def _fields(line: str, count: int, ids: tuple[int, ...]) -> list[str]:
    # A name may hold spaces in pre-push (`HEAD@{1 day ago}`), and never where git gives its full form.
    fields = line.rsplit(" ", count - 1) if count == 4 else line.split(" ", count - 1)
    if len(fields) != count or not all(is_object_id(fields[place]) for place in ids):
        raise Error("standard input does not hold the lines that git gives to this hook")
    return fields


def _ids(names: Iterable[str]) -> tuple[str, ...]:
    """The object ids, each once, without the zeros that stand for nothing."""
    return tuple(dict.fromkeys(name for name in names if name.strip("0")))
