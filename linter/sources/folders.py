"""Opening files below a folder without following any link on the way."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Folders"]

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_OPEN = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_HAS_DIR_FD = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


class Folders:
    """Opens files below a root without following any link on the way, one folder after the other."""

    def __init__(self, root: Path) -> None:
        self._root = os.fsencode(root)
        self._open: list[tuple[bytes, int]] = []

    def __enter__(self) -> Folders:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_to(0)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            os.close(self._open.pop()[1])

    def open(self, path: bytes) -> int:
        """A descriptor of the file at `path`, or of nothing that is not below the root.

        Raises:
            OSError: it cannot be opened; ELOOP if it is a link.
        """
        *folders, name = path.split(b"/" if os.sep == "/" else os.fsencode(os.sep))
        if not _HAS_DIR_FD:
            full = os.path.join(self._root, path)
            if os.path.realpath(full) != os.path.join(os.path.realpath(self._root), path):
                raise OSError(errno.ELOOP, "behind a link")
            return os.open(full, _OPEN | _BINARY)
        return os.open(name, _OPEN, dir_fd=self.folder(folders))

    def folder(self, names: list[bytes]) -> int:
        """A descriptor of a folder below the root, kept open while the next file is near."""
        wanted = [self._root, *names]
        same = 0
        while same < min(len(wanted), len(self._open)) and self._open[same][0] == wanted[same]:
            same += 1
        self._close_to(same)
        for name in wanted[same:]:
            parent = self._open[-1][1] if self._open else None
            flags = os.O_RDONLY | os.O_DIRECTORY | (_NO_FOLLOW if parent is not None else 0)
            self._open.append((name, os.open(name, flags, dir_fd=parent)))
        return self._open[-1][1]

    def link_text(self, path: bytes) -> bytes:
        """Where the link at `path` points to."""
        if not _HAS_DIR_FD:
            return os.readlink(os.path.join(self._root, path))
        *folders, name = path.split(b"/")
        return os.readlink(name, dir_fd=self.folder(folders))
