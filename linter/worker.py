"""A second process that analyses Python sources: it leaves this one its processor, and may die without ending it.

One thread asks one worker, one source at a time. The worker is started by `sys.executable` in isolated mode and not by
`multiprocessing`, which would run the main module of whoever uses the library once more; nothing of the folder that is
scanned, nor of the environment, is on its path. It ends when its input ends.
"""

from __future__ import annotations

import contextlib
import pickle
import struct
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from linter.ast_rules import Analysis

__all__ = ["Lost", "Worker", "serve"]

SECONDS = 60
"""How long one source may take; what the analysis counts ends it long before."""

GC_THRESHOLD = 100_000
"""An analysis leaves no circles behind; looking for some in a syntax tree takes a third of its time."""

_CODE = "import sys; sys.path[:] = {path!r}; from linter.worker import serve; serve()"
_READY = b"ready"
_LENGTH = struct.Struct("<Q")


class Lost(Exception):
    """The worker did not answer; its text says why, in words for a report."""


class Worker:
    """Starts the process with the first source, and another after one that was lost; `sinks` are files of the user."""

    def __init__(self, sinks: tuple[Path, ...] = ()) -> None:
        self._sinks = sinks
        self._process: subprocess.Popen[bytes] | None = None

    def analyse(self, source: bytes, rules: Sequence[str], *, is_newer: bool = False) -> Analysis:
        """What the rules with these ids find in `source`; `is_newer`: it may be in syntax newer than this Python.

        Raises:
            Lost: the process died, or took too long and was killed.
            OSError: it cannot be started.
        """
        process = self._process = self._process or _started(self._sinks)
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            answer: Analysis = _asked(process, (source, tuple(rules), is_newer))
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            late = f"the analysis took longer than {SECONDS} s"
            raise Lost(late if is_late.is_set() else "the process of the analysis died") from None
        finally:
            timer.cancel()
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):
                process.communicate()


def _started(sinks: tuple[Path, ...]) -> subprocess.Popen[bytes]:
    """A process that says it is ready.

    Raises:
        OSError: it cannot be started, or cannot import what it needs.
    """
    code = _CODE.format(path=[folder for folder in sys.path if folder])
    command = [sys.executable, "-I", "-c", code]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            _send(process.stdin, sinks)
    if process.stdout is None or process.stdout.read(len(_READY)) != _READY:
        process.kill()
        process.communicate()
        raise OSError("no second process is to be had")
    return process


def _asked(process: subprocess.Popen[bytes], request: object) -> Any:
    """The answer to `request`.

    Raises:
        EOFError: the process ended.
    """
    if process.stdin is None or process.stdout is None:
        raise EOFError
    _send(process.stdin, request)
    return _received(process.stdout)


def serve() -> None:
    """Answer what is asked on standard input until it ends; the main function of the process."""
    import gc
    import signal

    from linter import ast_rules, sinks

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that asks decides what an interruption means
    rules = {
        rule.id: rule for rule in ast_rules.builtin(sinks.load([*sinks.builtin_files(), *_received(sys.stdin.buffer)]))
    }
    gc.set_threshold(GC_THRESHOLD)
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            source, ids, is_newer = _received(sys.stdin.buffer)
            readable = _readable(source) if is_newer else source
            _send(sys.stdout.buffer, ast_rules.analyse(readable, [rules[each] for each in ids]))


def _readable(source: bytes) -> bytes:
    """The source in syntax of this Python, if that is all it lacks."""
    from linter import cst

    return cst.in_older_syntax(source) or source


def _send(stream: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _received(stream: IO[bytes]) -> Any:
    """The next value.

    Raises:
        EOFError: the other side ended.
    """
    head = stream.read(_LENGTH.size)
    data = stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not data:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 (both ends are ours, and neither runs anything of a source)
