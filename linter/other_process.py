"""A second process of ours: it is asked for values and answers with values, and may die without ending this one.

It is started by `sys.executable` in isolated mode and not by `multiprocessing`, which would run the main module of
whoever uses the library once more; nothing of the folder that is scanned, nor of the environment, is on its path. It
ends when its input ends.
"""

from __future__ import annotations

import contextlib
import gc
import io
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

__all__ = ["GC_THRESHOLD", "OtherProcess", "answer"]

GC_THRESHOLD = 100_000
"""What is scanned leaves no circles behind; looking for some in a syntax tree takes a third of its time."""

_PATH = "import sys; sys.path[:] = {path!r}; "
_READY = b"ready"
_LENGTH = struct.Struct("<Q")

Reducers = Mapping[type, Callable[[Any], "tuple[Any, ...]"]]
"""How values of some types are sent, as in `copyreg.dispatch_table`."""


class OtherProcess:
    """A process that runs `code`, which is to call `answer`.

    Raises:
        OSError: it cannot be started, or Python is frozen into a program, which would be started instead.
    """

    def __init__(self, code: str) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("there is no interpreter of its own")
        path = _PATH.format(path=[folder for folder in sys.path if folder])
        command = [sys.executable, "-I", "-c", path + code]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def begin(self, first: object) -> None:
        """Send `first`, before all else, and wait until the process is ready to answer.

        Raises:
            OSError: it cannot import what it needs, or has ended.
        """
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                _send(self._process.stdin, first, {})
        if self._process.stdout is None or self._process.stdout.read(len(_READY)) != _READY:
            self.close()
            raise OSError("no second process is to be had")

    def ask(self, request: object) -> Any:
        """The answer to `request`.

        Raises:
            OSError, EOFError, pickle.UnpicklingError: the process ended.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise EOFError
        _send(self._process.stdin, request, {})
        return _received(self._process.stdout)

    def kill(self) -> None:
        """End it, from any thread; what was asked is not answered."""
        self._process.kill()

    def close(self) -> None:
        """End it and wait for its end."""
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()


def answer(begun: Callable[[Any], Callable[[Any], object]], reducers: Reducers | None = None) -> None:
    """Answer what is asked on standard input until it ends; the main function of the process.

    `begun` is given the first value, and makes what answers the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that asks decides what an interruption means
    answered = begun(_received(sys.stdin.buffer))
    gc.set_threshold(GC_THRESHOLD)
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _send(sys.stdout.buffer, answered(_received(sys.stdin.buffer)), reducers or {})


def _send(stream: IO[bytes], value: object, reducers: Reducers) -> None:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = reducers
    pickler.dump(value)
    stream.write(_LENGTH.pack(buffer.tell()))
    stream.write(buffer.getbuffer())
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
    return pickle.loads(data)  # noqa: S301 (both ends are ours, and neither runs anything of what is scanned)
