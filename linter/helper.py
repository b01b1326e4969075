"""A second process that examines a share of a scan: Python runs the code of one thread at a time in a process."""

from __future__ import annotations

import contextlib
import pickle
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from linter.other_process import OtherProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.slices import Outcome, Settings
    from linter.sources.errand import Errand
    from linter.stop import Stop

__all__ = ["Helper", "Helpers"]

_CODE = "from linter.serving import serve; serve()"


class Helper:
    """Runs errands for one thread; a context manager that ends the process. Once it is lost there is none."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._process: OtherProcess | None = None
        self._is_begun = False
        self._is_lost = False

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.close()

    def start(self) -> None:
        """Start the process, which takes a while to import what it needs; else it starts with the first errand."""
        try:
            self._process = OtherProcess(_CODE)
        except OSError:
            self._is_lost = True
        else:
            self._stop.calls(self._process.kill)

    def run(self, errand: Errand, settings: Settings) -> Outcome | None:
        """What the process saw on an errand, of which it tells the rest; None if it is lost and nothing is known."""
        if self._process is None and not self._is_lost:
            self.start()
        if self._process is None or self._is_lost:
            return None
        try:
            if not self._is_begun:
                self._process.begin(replace(settings, excluded=None, jobs=1))
                self._is_begun = True
            outcome: Outcome
            outcome, errand.unread = self._process.ask(errand)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._is_lost = True
            return None
        return outcome


class Helpers:
    """The processes of a scan, each lent to one thread at a time; a context manager that ends them."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._free: list[Helper] = []
        self._stack = ExitStack()

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, count: int) -> None:
        """Start `count` processes, which will be needed."""
        for _ in range(count):
            helper = self._new()
            helper.start()
            self._free.append(helper)

    @contextlib.contextmanager
    def one(self) -> Iterator[Helper]:
        """One that no other thread has."""
        try:
            helper = self._free.pop()
        except IndexError:
            helper = self._new()
        yield helper
        self._free.append(helper)

    def _new(self) -> Helper:
        return self._stack.enter_context(Helper(self._stop))
