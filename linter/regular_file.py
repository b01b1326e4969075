"""Files that steer a scan are read only if they are regular files of a reasonable size."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from linter.model import Error

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIZE_LIMIT", "read"]

SIZE_LIMIT = 1 << 20

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(file: Path, what: str, limit: int = SIZE_LIMIT) -> bytes:
    """The content of `file`, which messages call `what`.

    Raises:
        Error: it is a link, a pipe, a device or a folder, larger than `limit` bytes, or cannot be read.
    """
    try:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            raise Error(f"{file}: {what} must be a regular file")
        with open(os.open(file, _FLAGS), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise Error(f"{file}: {what} must be a regular file")
            data = stream.read(limit + 1)
    except OSError as error:
        raise Error(f"{file}: {what} cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise Error(f"{file}: {what} is larger than {limit} bytes")
    return data
