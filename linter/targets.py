"""What the user named becomes parts to scan."""

from __future__ import annotations

import io
import os
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from linter import git, ranges, repository
from linter.model import Error, Skip, SkipKind
from linter.parts import FilesPart, HistoryPart, IndexPart, Part, StreamPart
from linter.sources import files, index

if TYPE_CHECKING:
    from contextlib import ExitStack

    from linter.globs import Globs
    from linter.stop import Stop

__all__ = ["Plan", "Request", "plan", "requested"]

STREAM = "-"
STREAM_NAME = "(standard input)"

# Set by git for the hook it runs: where the index is that will be committed, and objects not yet taken in.
_HOOK_VARIABLES = ("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asks to be scanned.

    Attributes:
        targets: folders, files or repositories by their paths, or `-`.
        history: whether the history of repositories is scanned; None where the target decides.
        commits: only what the commits of this range brought in.
        staged: only what is in the index and not in HEAD.
        indexed: only the content that the index has of these paths; empty for all that is staged.
        is_hook: whether git runs this, and says in the environment for which repository.
        reflog: also what only reflogs name.
        all_objects: also what nothing names.
        allow_shallow: a history that is cut off counts as complete.
        excluded: paths that are not scanned.
    """

    targets: tuple[str, ...] = (".",)
    history: bool | None = None
    commits: ranges.Range | None = None
    staged: bool = False
    indexed: tuple[str, ...] | None = None
    is_hook: bool = False
    reflog: bool = False
    all_objects: bool = False
    allow_shallow: bool = False
    excluded: Globs | None = None


def requested(
    targets: tuple[str, ...],
    *,
    history: bool | None = None,
    since: str | None = None,
    commits: str | None = None,
    staged: bool = False,
    reflog: bool = False,
    all_objects: bool = False,
    allow_shallow: bool = False,
) -> Request:
    """What `twlint scan` is asked for; `commits` are written `A..B`, and no target is the current folder.

    Raises:
        Error: two of the wishes exclude one another, or `commits` is not written so.
    """
    is_narrowed = sum((staged, since is not None, commits is not None))
    if is_narrowed > 1 or (is_narrowed and history is not None):
        raise Error("staged, since, range and history exclude one another; give one of them")
    if (reflog or all_objects) and (is_narrowed or history is False):
        raise Error("reflog and all-objects widen the whole history; leave out what narrows it")
    start, end = (since, "HEAD") if commits is None else ranges.written(commits)
    return Request(
        targets=targets or (".",),
        history=history,
        commits=None if start is None else ranges.Range("as asked", (end,), (start,)),
        staged=staged,
        reflog=reflog,
        all_objects=all_objects,
        allow_shallow=allow_shallow,
    )


class Plan(NamedTuple):
    """The parts to scan, what the reader should know of them, and what is already known not to be scanned."""

    parts: list[Part]
    notices: list[str]
    skips: list[Skip]

    def helpers(self, jobs: int) -> int:
        """How many processes beside this one have something to do at once; of a history they have once it is walked."""
        return max((part.helpers(jobs) for part in self.parts if isinstance(part, FilesPart)), default=0)


def plan(request: Request, stack: ExitStack, stop: Stop) -> Plan:
    """The parts that `request` asks for.

    What they hold open is released by `stack`, and what they run is ended by `stop`.

    Raises:
        Error: a target does not exist, is no repository where one is needed, or holds nothing to scan.
    """
    made = Plan([], [], [])
    opener = _Opener(stack, stop)
    for target in request.targets:
        prefix = target.rstrip("/") + "/" if len(request.targets) > 1 else ""
        if target == STREAM:
            made.parts.append(_stream(stop))
        elif request.staged or request.indexed is not None:
            _plan_index(request, _repository(request, target), made, opener)
        elif request.commits:
            _plan_range(request, request.commits, _repository(request, target), made, opener, prefix)
        else:
            _plan_path(request, target, made, opener, prefix)
    if not made.parts:
        raise Error(f"nothing to scan in {' '.join(request.targets)}")
    return made


def _stream(stop: Stop) -> StreamPart:
    stream = sys.stdin.buffer
    stop.calls(_end_input)
    # A buffered reader; the type is narrower than what there is.
    if isinstance(stream, io.BufferedReader) and not stream.peek(1) and not stop.is_set():
        raise Error("nothing to scan: standard input is empty")
    return StreamPart(stream, STREAM_NAME)


def _end_input() -> None:
    """Let a read that waits for input, which Python takes up again after a signal, find the end of it."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())


def _repository(request: Request, target: str) -> repository.Layout:
    layout = repository.of_hook(os.environ) if request.is_hook else repository.find(Path(target))
    if layout is None:
        raise Error(f"{target}: not a git repository; name one, or leave out the options that need it")
    return layout


class _Opener:
    """Opens repositories that are closed with the scan, and whose processes end when it is stopped."""

    def __init__(self, stack: ExitStack, stop: Stop) -> None:
        self._stack = stack
        self._stop = stop

    def open(self, layout: repository.Layout, *, in_hook: bool = False) -> git.Sterile:
        """The repository at `layout`; in a hook with what git set for it."""
        variables = {key: os.environ[key] for key in _HOOK_VARIABLES if os.environ.get(key)} if in_hook else {}
        if "GIT_INDEX_FILE" in variables:
            variables["GIT_INDEX_FILE"] = os.path.abspath(variables["GIT_INDEX_FILE"])
        sterile = self._stack.enter_context(git.Sterile(layout, variables))
        self._stop.calls(sterile.stop)
        return sterile


def _plan_path(request: Request, target: str, made: Plan, opener: _Opener, prefix: str) -> None:
    path = Path(target)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if "://" in target or target.startswith("git@"):
            raise Error(f"{target}: not on this machine; clone it with git, and name the clone") from None
        raise Error(f"{target}: {error.strerror}") from None
    layout = repository.find(path) if stat.S_ISDIR(mode) else None
    if not stat.S_ISDIR(mode):
        _plan_file(request, path, made)
    elif layout is None:
        if request.history:
            raise Error(f"{target}: not a git repository; leave out --history to scan its files")
        if request.history is None and os.path.lexists(path / ".git"):
            unread = "this is no repository that git can read: its history was not scanned"
            made.skips.append(Skip(_shown(target) + ".git", unread, SkipKind.FAILED))
        _add_files(request, path, files.below(path), made, _shown(target), target)
    else:
        _plan_repository(request, path, layout, made, opener, prefix)


def _plan_file(request: Request, path: Path, made: Plan) -> None:
    if request.history:
        raise Error(f"{path}: a file has no history of its own; name the repository")
    listing = files.Listing()
    listing.paths.append(os.fsencode(path.name))
    _add_files(request, path.parent, listing, made, _shown(str(path.parent)), str(path))


def _shown(target: str) -> str:
    """What stands before the paths of a target that is no repository: its name as the user wrote it."""
    name = Path(target).as_posix()
    return "" if name == "." else f"{name.rstrip('/')}/"


def _plan_repository(
    request: Request, path: Path, layout: repository.Layout, made: Plan, opener: _Opener, prefix: str
) -> None:
    sterile = opener.open(layout)
    inside = b""
    if layout.worktree is not None:
        inside = os.fsencode(os.path.relpath(path.resolve(), layout.worktree.resolve()))
        inside = b"" if inside == b"." else inside
    if layout.worktree is None and request.history is False:
        raise Error(f"{path}: a bare repository has no files, only a history")
    if inside and request.history:
        raise Error(f"{path}: only whole repositories have a history; name {layout.worktree}")
    if inside and request.history is None:
        made.notices.append(f"the history is not scanned for a part of a repository; name {layout.worktree}")
    if not inside and request.history is not False:
        _add_history(request, sterile, made, prefix)
    if layout.worktree is not None:
        listing = files.in_worktree(sterile, layout.worktree, inside)
        is_needed = request.history is False or bool(inside)
        what = str(path) if is_needed else None
        _add_files(request, layout.worktree, listing, made, prefix, what)


def _add_files(
    request: Request, root: Path, listing: files.Listing, made: Plan, prefix: str, needed: str | None
) -> None:
    """Add the files that are not excluded; `needed` names the target if nothing else of it is scanned."""
    if request.excluded is not None:
        names = listing.paths
        listing.paths = [name for name in names if prefix + os.fsdecode(name) not in request.excluded]
        kept = set(listing.paths)
        if names and not kept:
            raise Error(f"{needed or root}: nothing to scan: every path is excluded by the configuration")
        for name in names:
            if name not in kept:
                listing.leave_out(name, "excluded by the configuration")
    if needed is not None and not listing.paths:
        why = f" ({len(listing.skips)} paths are left out)" if listing.skips else ""
        raise Error(f"{needed}: nothing to scan{why}")
    made.parts.insert(0, FilesPart(root, listing, prefix))


def _add_history(
    request: Request, sterile: git.Sterile, made: Plan, prefix: str, chosen: ranges.Resolved | None = None
) -> None:
    """Add the history of all references, or what is chosen of it."""
    references, unreadable = sterile.references()
    included = chosen.included if chosen else sorted({reference.target for reference in references})
    if not chosen:
        has_stash = any(reference.name == "refs/stash" for reference in references)
        included += sterile.reflog("refs/stash") if has_stash else []
        included += sterile.reflog(None) if request.reflog else []
        made.skips.extend(Skip(name, "git cannot read this reference", SkipKind.FAILED) for name in unreadable)
    if not included and not request.all_objects:
        made.notices.append("the repository has no commits yet: there is no history to scan")
    included, absent = sterile.present(included)
    made.skips.extend(
        Skip(f"object {name}", "a reference names it, and it is missing or corrupt", SkipKind.FAILED) for name in absent
    )
    if chosen.is_cut if chosen else sterile.shallow:
        cut = f"the history is cut off at {len(sterile.shallow)} commits; `git fetch --unshallow` brings the rest"
        if request.allow_shallow:
            made.notices.append(cut)
        else:
            made.skips.append(Skip("history", cut, SkipKind.FAILED))
    part = HistoryPart(
        sterile,
        references,
        included,
        chosen.excluded if chosen else [],
        everything=request.all_objects,
        is_broken=not chosen and bool(absent or unreadable),
        prefix=prefix,
    )
    made.parts.append(part)


def _plan_range(
    request: Request, asked: ranges.Range, layout: repository.Layout, made: Plan, opener: _Opener, prefix: str
) -> None:
    sterile = opener.open(layout, in_hook=True)
    chosen = ranges.resolve(sterile, replace(asked, is_strict=asked.is_strict and not request.allow_shallow))
    made.notices.append(chosen.notice)
    _add_history(request, sterile, made, prefix, chosen)


def _plan_index(request: Request, layout: repository.Layout, made: Plan, opener: _Opener) -> None:
    sterile = opener.open(layout, in_hook=True)
    if not request.indexed:
        entries = index.staged_entries(sterile)
    else:
        known = index.all_entries(sterile)
        asked = [os.fsencode(os.path.normpath(_in_worktree(layout, name))) for name in request.indexed]
        entries = {name: known[name] for name in asked if name in known}
        made.skips.extend(
            Skip(os.fsdecode(name), "not in the index", SkipKind.FAILED) for name in asked if name not in known
        )
    if request.excluded is not None:
        for name in [each for each in entries if os.fsdecode(each) in request.excluded]:
            del entries[name]
            made.skips.append(Skip(os.fsdecode(name), "excluded by the configuration", SkipKind.EXCLUDED))
    if not entries and not made.skips:
        made.notices.append("nothing is staged: there is nothing to scan")
    elif request.is_hook:
        what = "the files named" if request.indexed else "what is staged"
        made.notices.append(f"{what}, as the index has it: {len(entries):,} path{'' if len(entries) == 1 else 's'}")
    made.parts.append(IndexPart(sterile, entries))


def _in_worktree(layout: repository.Layout, name: str) -> str:
    """The path of a file of the current folder as the index has it."""
    root = layout.worktree or Path()
    return os.path.relpath(os.path.join(os.path.realpath(os.curdir), name), os.path.realpath(root))
