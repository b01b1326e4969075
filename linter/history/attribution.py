"""For objects with findings: the commit that brought each in, the paths it has, and where it can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.model import Commit, Place, State, Tracking

if TYPE_CHECKING:
    from linter.git import Reference, Sterile
    from linter.walk import Walk

__all__ = ["at_tips", "commits", "places"]


def places(
    sterile: Sterile,
    walk: Walk,
    references: list[Reference],
    tips: bytes,
    wanted: dict[bytes, str],
) -> dict[bytes, list[Place]]:
    """The places of the objects `wanted` (id and type). An object without a place is reached by nothing.

    `tips` is what `at_tips` gave.
    A blob has the path under which it was brought in, and every path it has in the commit that HEAD names.
    """
    now = wanted.keys() & set(tips.split())
    head = next((reference.target for reference in references if reference.name == "HEAD"), None)
    at_head = _paths_at(sterile, head, wanted) if head else {}
    found: dict[bytes, list[Place]] = {}
    for name, (commit, path) in walk.introductions(wanted).items():
        if wanted[name] != "blob":
            found[name] = [Place(_message_path(name, wanted[name]), name.decode(), State.HISTORY)]
            continue
        introduced = commit.decode() if commit else None
        first = path.decode("utf-8", "surrogateescape") or _message_path(name, "blob")
        paths = at_head.get(name, [])
        found[name] = [Place(each, introduced, State.HEAD, Tracking.TRACKED) for each in paths]
        # The walk tells a path only up to its first line feed.
        if first not in [each.partition("\n")[0] for each in paths]:
            state = State.OTHER_REF if name in now else State.HISTORY
            found[name].append(Place(first, introduced, state, Tracking.TRACKED))
    return found


def _message_path(name: bytes, kind: str) -> str:
    """What stands in a report where a path would: commits, tags and what a tag alone names have none."""
    return f"({kind} {name.decode()[:12]})"


def _paths_at(sterile: Sterile, commit: str, wanted: dict[bytes, str]) -> dict[bytes, list[str]]:
    result = sterile.run("ls-tree", "-r", "-z", "--full-tree", commit)
    paths: dict[bytes, list[str]] = {}
    for entry in result.output.split(b"\0"):
        header, _, path = entry.partition(b"\t")
        name = header.rpartition(b" ")[2]
        if name in wanted:
            paths.setdefault(name, []).append(path.decode("utf-8", "surrogateescape"))
    return paths


def at_tips(sterile: Sterile, references: list[Reference]) -> bytes:
    """The ids, one a line, of all objects in the trees of the references."""
    tips = {reference.target for reference in references}
    return sterile.run(
        "rev-list",
        "--objects",
        "--no-walk",
        "--no-object-names",
        "--missing=allow-any",
        "--stdin",
        stdin="".join(f"{tip}\n" for tip in sorted(tips)).encode(),
    ).output


def commits(sterile: Sterile, names: set[str]) -> dict[str, Commit]:
    """The author and date of the commits `names`; one that cannot be read is left out."""
    if not names:
        return {}
    result = sterile.run(
        "log",
        "--no-walk=unsorted",
        "--stdin",
        "-z",
        "--format=%H%n%an%n%ae%n%aI",
        "--encoding=UTF-8",
        stdin="".join(f"{name}\n" for name in sorted(names)).encode(),
    )
    known = {}
    for entry in result.output.decode("utf-8", "replace").split("\0"):
        fields = entry.strip("\n").split("\n")
        if len(fields) == 4:
            known[fields[0]] = Commit(*fields)
    return known
