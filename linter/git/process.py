"""A running git, and how one ended."""

from __future__ import annotations

import contextlib
import threading
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import subprocess

__all__ = ["Process", "Result"]

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
        self._drain = threading.Thread(target=_drain, args=(process.stderr,), daemon=True)
        self._drain.start()
        self.output: Any = process.stdout

    def status(self) -> int:
        """How git ended; to be asked once its output has come to its end."""
        return self._process.wait()

    def end(self) -> None:
        """End the process now, if it has not ended, and release what it held."""
        self._process.kill()
        self._process.wait()
        self._drain.join(DRAIN_TIMEOUT)
        self.output.close()
        if self._process.stderr:
            self._process.stderr.close()


def _drain(stream: IO[bytes]) -> None:
    """Read to the end, so that git never waits for a reader; what became of each object is told by the ledger."""
    with contextlib.suppress(OSError, ValueError):
        while stream.read(1 << 16):
            pass
