"""Where a repository stands on the disk; found without asking git, which reads the configuration it finds."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Layout", "blocking", "find", "of_hook"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a repository stands: its git directory, the one shared by its work trees, and its work tree if any."""

    git_dir: Path
    common_dir: Path
    worktree: Path | None


def find(path: Path) -> Layout | None:
    """The repository that `path` is or is in, or None.

    Git's own discovery is not used: it reads the configuration it finds, and refuses repositories of other users.
    """
    path = path.absolute()
    if (layout := _worktree(path)) is not None:
        return layout
    # Only now: a work tree may hold files that look like a git directory, put there to be taken for one.
    if _is_git_dir(path):
        return _layout(path, None)
    return next((layout for folder in path.parents if (layout := _worktree(folder)) is not None), None)


def of_hook(variables: Mapping[str, str]) -> Layout | None:
    """The repository whose git runs this hook, as it says in the environment, or the one of the current folder.

    Git sets `GIT_DIR` where its own discovery would not find the repository: in linked work trees, and when the user
    named it. The current folder is then the top of the work tree, or the bare repository.
    """
    if not (named := variables.get("GIT_DIR")):
        return find(Path())
    git_dir, here = Path(named).absolute(), Path(variables.get("GIT_WORK_TREE") or ".").absolute()
    if not _is_git_dir(git_dir):
        return None
    return _layout(git_dir, None if here.resolve() == git_dir.resolve() else here)


def _worktree(folder: Path) -> Layout | None:
    """The repository whose work tree has its top at `folder`, or None."""
    entry = folder / ".git"
    if entry.is_dir() and _is_git_dir(entry):
        return _layout(entry, folder)
    if entry.is_file() and (target := _linked(entry)) is not None:
        return _layout(target, folder)
    return None


def _linked(entry: Path) -> Path | None:
    """The git directory that a `.git` file names (linked work trees, submodules, `--separate-git-dir`)."""
    with contextlib.suppress(OSError):
        text = entry.read_bytes()[:4096]
        if text.startswith(b"gitdir: "):
            target = entry.parent / os.fsdecode(text[8:].rstrip(b"\r\n"))
            return target if _is_git_dir(target) else None
    return None


def _is_git_dir(path: Path) -> bool:
    """True if `path` has what git asks of a git directory: HEAD, and objects and refs here or in the shared one."""
    shared = _common_dir(path)
    return (path / "HEAD").exists() and (shared / "objects").is_dir() and (shared / "refs").is_dir()


def blocking(layout: Layout) -> Path | None:
    """A pipe, device or folder that stands where git reads a file, and at which it might wait for ever; or None."""
    own = [layout.git_dir / name for name in ("HEAD", "commondir", "index")]
    shared = [layout.common_dir / name for name in ("config", "packed-refs", "shallow", "objects/info/alternates")]
    files = (*own, *shared, *layout.git_dir.glob("sharedindex.*"))
    return next((file for file in files if file.exists() and not file.is_file()), None)


def _common_dir(git_dir: Path) -> Path:
    file = git_dir / "commondir"
    try:
        return git_dir / os.fsdecode(file.read_bytes().rstrip(b"\r\n")) if file.is_file() else git_dir
    except OSError:
        return git_dir


def _layout(git_dir: Path, worktree: Path | None) -> Layout:
    return Layout(git_dir, _common_dir(git_dir), worktree)
