"""For objects with findings: the commit that brought each in, the paths it has, and where it can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.model import Commit, Place, State, Tracking

if TYPE_CHECKING:
    from collections.abc import Set

    from linter.git import Reference, Sterile
    from linter.walk import Walk

__all__ = ["at_head", "at_tips", "commits", "places"]


def places(walk: Walk, tips: Set[bytes], head: bytes, wanted: dict[bytes, str]) -> dict[bytes, list[Place]]:
    """The places of the objects `wanted` (id and type). An object without a place is reached by nothing.

    `tips` is what `at_tips` gave, and `head` what `at_head` gave.
    A blob has the path under which it was brought in, and every path it has in the commit that HEAD names.
    """
    paths_at_head = _paths(head, wanted)
    found: dict[bytes, list[Place]] = {}
    for name, (commit, path) in walk.introductions(wanted).items():
        if wanted[name] != "blob":
            found[name] = [Place(_message_path(name, wanted[name]), name.decode(), State.HISTORY)]
            continue
        introduced = commit.decode() if commit else None
        first = path.decode("utf-8", "surrogateescape") or _message_path(name, "blob")
        paths = paths_at_head.get(name, [])
        found[name] = [Place(each, introduced, State.HEAD, Tracking.TRACKED) for each in paths]
        # The walk tells a path only up to its first line feed.
        if first not in [each.partition("\n")[0] for each in paths]:
            state = State.OTHER_REF if name in tips else State.HISTORY
            found[name].append(Place(first, introduced, state, Tracking.TRACKED))
    return found


def _message_path(name: bytes, kind: str) -> str:
    """What stands in a report where a path would: commits, tags and what a tag alone names have none."""
    return f"({kind} {name.decode()[:12]})"


def _paths(tree: bytes, wanted: dict[bytes, str]) -> dict[bytes, list[str]]:
    """The paths that the objects `wanted` have in a tree, as `git ls-tree -z` tells it."""
    paths: dict[bytes, list[str]] = {}
    for entry in tree.split(b"\0"):
        header, _, path = entry.partition(b"\t")
        name = header.rpartition(b" ")[2]
        if name in wanted:
            paths.setdefault(name, []).append(path.decode("utf-8", "surrogateescape"))
    return paths


def at_tips(sterile: Sterile, references: list[Reference]) -> Set[bytes]:
    """The ids of all objects in the trees of the references."""
    tips = {reference.target for reference in references}
    result = sterile.run(
        "rev-list",
        "--objects",
        "--no-walk",
        "--no-object-names",
        "--missing=allow-any",
        "--stdin",
        stdin="".join(f"{tip}\n" for tip in sorted(tips)).encode(),
    )
    return frozenset(result.output.split())


def at_head(sterile: Sterile, references: list[Reference]) -> bytes:
    """The files of the commit that HEAD names, as `git ls-tree -z` tells them; empty where HEAD names none."""
    head = next((reference.target for reference in references if reference.name == "HEAD"), None)
    return sterile.run("ls-tree", "-r", "-z", "--full-tree", head).output if head else b""


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
