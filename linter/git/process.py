"""A running git, and how one ended."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

__all__ = ["Process", "Result", "error_text"]

PIPE_SIZE = 1 << 20
"""Bytes that a pipe from git holds, and that are read at once. While another thread computes, each read waits for the
interpreter's lock for some milliseconds, and git for the read.
"""
_F_SETPIPE_SZ = 1031  # linux/fcntl.h

ERRORS_KEPT = 1 << 14
"""Bytes of git's error output that are kept."""
ERROR_LINES = 20
"""Lines of them that are told."""

DRAIN_TIMEOUT = 10.0
"""Seconds to wait for the rest of the error output of a git that has ended."""


class Result(NamedTuple):
    """How a command of git ended."""

    status: int
    output: bytes
    errors: str


class Process:
    """A running git whose output is read as it comes; its error output is drained beside that."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._told = bytearray()
        self._drain = threading.Thread(target=_drain, args=(process.stderr, self._told), daemon=True)
        self._drain.start()
        self.output: Any = process.stdout
        _widen(process.stdout)

    def pieces(self) -> Iterator[bytes]:
        """The output as it comes, to its end."""
        while piece := self.output.raw.read(PIPE_SIZE):
            yield piece

    def status(self) -> int:
        """How git ended; to be asked once its output has come to its end."""
        return self._process.wait()

    def errors(self) -> str:
        """The first lines of the error output; to be asked once git has ended."""
        self._drain.join(DRAIN_TIMEOUT)
        return error_text(bytes(self._told))

    def end(self) -> None:
        """End the process now, if it has not ended, and release what it held."""
        self._process.kill()
        self._process.wait()
        self._drain.join(DRAIN_TIMEOUT)
        self.output.close()
        if self._process.stderr:
            self._process.stderr.close()


def error_text(told: bytes) -> str:
    """The first lines of what git told on its error output."""
    return "\n".join(told.decode("utf-8", "replace").splitlines()[:ERROR_LINES])


def _drain(stream: IO[bytes], told: bytearray) -> None:
    """Read to the end, so that git never waits for a reader; `told` gets the first of it."""
    with contextlib.suppress(OSError, ValueError):
        while piece := stream.read(1 << 16):
            told += piece[: ERRORS_KEPT - len(told)]


def _widen(pipe: IO[bytes] | None) -> None:
    """Let the pipe hold `PIPE_SIZE`, where the system can."""
    if pipe is not None and sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe.fileno(), _F_SETPIPE_SZ, PIPE_SIZE)
