"""Files that steer a scan are read only if they are regular files of a reasonable size; files are written whole."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from typing import TYPE_CHECKING

from linter.model import Error

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SIZE_LIMIT", "read", "write"]

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


def write(file: Path, data: bytes, *, is_private: bool) -> None:
    """Write `data` whole or not at all: beside the file, then in its place.

    Raises:
        OSError: it cannot be written.
    """
    if file.exists() and not stat.S_ISREG(file.stat().st_mode):
        with open(file, "wb", buffering=0) as device:
            device.write(data)
        return
    handle, temporary = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if not is_private:
            os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
