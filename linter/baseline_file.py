"""The file of a baseline: where it stands, what its paths mean, and which of its entries a scan can judge."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from linter import baseline, regular_file, repository
from linter.globs import Globs
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.baseline import Baseline, Entry
    from linter.config import Config
    from linter.scanning import Scanned
    from linter.targets import Request

__all__ = ["NAME", "SIZE_LIMIT", "Tree", "default_file", "load", "merged_by_git", "save", "stale", "tell"]

NAME = ".twlint-baseline"
SIZE_LIMIT = 64 << 20
TOLD = 5
"""Entries that are told one by one."""


def load(file: Path) -> Baseline:
    """The baseline in `file`.

    Raises:
        Error: there is none, or it cannot be read.
    """
    if not os.path.lexists(file):
        raise Error(f"{file}: there is no such baseline; `twlint baseline create` makes one")
    return baseline.parse(regular_file.read(file, "a baseline", SIZE_LIMIT), str(file))


def save(file: Path, made: Baseline) -> None:
    """Write the baseline, whole or not at all.

    Raises:
        Error: it cannot be written.
    """
    try:
        regular_file.write(file, baseline.render(made), is_private=False)
    except OSError as error:
        raise Error(f"{file}: the baseline cannot be written: {error.strerror}") from None


def default_file(target: str, config: Config) -> Path:
    """The baseline of `target`: what the configuration names, or a file at the top of the repository or folder."""
    if config.baseline is not None:
        return config.baseline
    path = Path(target)
    layout = repository.find(path)
    top = layout.worktree if layout and layout.worktree else path
    return Path(os.path.relpath(top)) / NAME


def merged_by_git(file: Path, target: str) -> Path | None:
    """Let git merge two versions of the baseline by taking the lines of both; the file that says so, if it is new.

    Without it, lines that two branches add beside one another would be a conflict.
    """
    layout = repository.find(Path(target))
    if layout is None or layout.worktree is None or layout.worktree.resolve() not in file.resolve().parents:
        return None
    attributes = file.parent / ".gitattributes"
    known = regular_file.read(attributes, "the attributes of git") if os.path.lexists(attributes) else b""
    name = re.sub(r"[\s*?\[\]\\!#\"]", "?", file.name)
    line = f"{name} merge=union\n".encode()
    if any(each.split()[:1] == [name.encode()] for each in known.splitlines()):
        return None
    try:
        regular_file.write(
            attributes, known + (b"" if known.endswith(b"\n") or not known else b"\n") + line, is_private=False
        )
    except OSError as error:
        raise Error(f"{attributes}: cannot be written: {error.strerror}") from None
    return attributes


class Tree:
    """What the paths in a baseline mean: those of the repository, or outside of one those below the file's folder.

    Args:
        request: the scan that gives the report.
        file: the baseline.
    """

    def __init__(self, request: Request, file: Path) -> None:
        self._request = request
        self._is_of_git = request.staged or request.indexed is not None
        self._layouts = {target: _layout(target) for target in request.targets}
        self._folder = Path(os.path.abspath(file)).parent
        self._prefixes = sorted((self._prefix(target) for target in self._inside()), key=len, reverse=True)

    def _inside(self) -> list[str]:
        """The targets whose paths the report gives as their repository has them."""
        return [
            target
            for target, layout in self._layouts.items()
            if target == "-" or (layout is not None and (self._is_of_git or Path(target).is_dir()))
        ]

    def _prefix(self, target: str) -> str:
        """What the report puts before the paths of `target`."""
        return "" if self._is_of_git or len(self._request.targets) == 1 else target.rstrip("/") + "/"

    def _tops(self) -> list[Path]:
        """The folders that paths are relative to; a bare repository has none."""
        layouts = [layout for layout in self._layouts.values() if layout is not None]
        return [layout.worktree for layout in layouts if layout.worktree] if layouts else [self._folder]

    @property
    def top(self) -> Path:
        """The folder that paths are relative to."""
        return next(iter(self._tops()), self._folder)

    def relative(self, path: str) -> str:
        """The path of a report as the baseline has it."""
        for prefix in self._prefixes:
            if path.startswith(prefix):
                return path[len(prefix) :]
        folder, name = os.path.split(path)
        place = os.path.join(os.path.realpath(folder), name)
        return Path(os.path.relpath(place, os.path.realpath(self.top))).as_posix()

    def locate(self, path: str) -> Path:
        """Where a file of a report stands."""
        return self.top / self.relative(path)

    def exists(self, path: str) -> bool:
        """True if something stands at a path of the baseline: in the work tree, or at HEAD where there is none.

        Of a member of an archive (`a.zip!b`) the archive is asked for.
        """
        if "!" in path and self.exists(path.rpartition("!")[0]):
            return True
        if any(os.path.lexists(top / path) for top in self._tops()):
            return True
        return path in self._at_head

    @cached_property
    def _at_head(self) -> frozenset[str]:
        from linter import git

        paths: set[str] = set()
        for layout in self._layouts.values():
            if layout is not None and layout.worktree is None:
                with git.Sterile(layout) as sterile:
                    if (head := sterile.resolve("HEAD")) is not None:
                        listed = sterile.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", head)
                        paths.update(os.fsdecode(name) for name in listed.output.split(b"\0"))
        return frozenset(paths)

    @property
    def is_whole(self) -> bool:
        """True if all files are scanned to which paths of the baseline may lead."""
        request = self._request
        (target, *others) = request.targets
        layout = self._layouts[target]
        if others or self._is_of_git or request.commits or not Path(target).is_dir():
            return False
        return layout is None or layout.worktree is None or layout.worktree.resolve() == Path(target).resolve()

    @property
    def has_history(self) -> bool:
        """True if the whole history is scanned, or there is none."""
        shallow = (layout.common_dir / "shallow" for layout in self._layouts.values() if layout is not None)
        return self.is_whole and self._request.history is not False and not any(map(Path.exists, shallow))


def _layout(target: str) -> repository.Layout | None:
    path = Path(target)
    return None if target == "-" else repository.find(path if path.is_dir() else path.parent)


def stale(unused: Iterable[Entry], tree: Tree, scanned: Scanned) -> list[Entry]:
    """The entries of `unused` that match nothing any more: the scan looked for their rules at their paths."""
    excluded = Globs(scanned.config.exclude)
    if not scanned.report.coverage.complete:
        return []
    return [
        entry
        for entry in unused
        if (entry.rule in scanned.active or entry.rule not in scanned.known)
        and (tree.has_history if entry.place == baseline.HISTORY else tree.is_whole)
        and entry.path not in excluded
    ]


def tell(file: Path, entries: list[Entry]) -> list[str]:
    """Sentences on entries that match nothing."""
    mend = "`twlint baseline update` removes it"
    told = [f"{file}: the entry of {each.rule} at {each.path} matches nothing; {mend}" for each in entries[:TOLD]]
    if len(entries) > TOLD:
        told.append(f"{file}: and {len(entries) - TOLD} more entries match nothing")
    return told
