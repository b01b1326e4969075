"""A second process that examines a share of a scan: Python runs the code of one thread at a time in a process."""

from __future__ import annotations

import contextlib
import pickle
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from linter import matcher
from linter.model import Secret, restored_secret
from linter.other_process import OtherProcess, answer
from linter.slices import Slice, Workshop
from linter.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.slices import Outcome, Settings
    from linter.sources.errand import Errand

__all__ = ["Helper", "Helpers", "serve"]

_CODE = "from linter.helper import serve; serve()"


class Helper:
    """Starts the process with the first errand; a context manager that ends it. Once it is lost there is none."""

    def __init__(self, settings: Settings, stop: Stop) -> None:
        self._settings = replace(settings, excluded=None, jobs=1)
        self._stop = stop
        self._process: OtherProcess | None = None
        self._is_lost = False

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.close()

    def run(self, errand: Errand) -> Outcome | None:
        """What the process saw on an errand, of which it tells the rest; None if it is lost and nothing is known."""
        if self._is_lost:
            return None
        try:
            if self._process is None:
                self._process = OtherProcess(_CODE, self._settings)
                self._stop.calls(self._process.kill)
            outcome: Outcome
            outcome, errand.unread = self._process.ask(errand)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._is_lost = True
            return None
        return outcome


class Helpers:
    """The processes of a scan, each lent to one thread at a time; a context manager that ends them."""

    def __init__(self, settings: Settings, stop: Stop) -> None:
        self._settings = settings
        self._stop = stop
        self._free: list[Helper] = []
        self._stack = ExitStack()

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def one(self) -> Iterator[Helper]:
        """One that no other thread has."""
        try:
            helper = self._free.pop()
        except IndexError:
            helper = self._stack.enter_context(Helper(self._settings, self._stop))
        yield helper
        self._free.append(helper)


def serve() -> None:
    """Examine what is asked for; the main function of the process."""
    answer(_begun, {Secret: _with_value})


def _begun(settings: Settings) -> Callable[[Errand], tuple[Outcome, object]]:
    """What runs errands.

    Raises:
        SystemExit: nothing was compiled before; that is for one process to do.
    """
    engine = matcher.ready(settings.rules)
    if engine is None:
        raise SystemExit(1)
    workshop = Workshop(settings, engine, Stop())
    slices: dict[bool, Slice] = {}

    def run(errand: Errand) -> tuple[Outcome, object]:
        if errand.is_past not in slices:
            slices[errand.is_past] = Slice(workshop, is_past=errand.is_past)
        each = slices[errand.is_past]
        for batch in errand.batches():
            each.examine(batch, errand.opened)
        return each.outcome(), errand.unread

    return run


def _with_value(secret: Secret) -> tuple[Callable[..., Secret], tuple[bytes | None, str, int | None]]:
    """How a secret goes to the process that asked, which is to know it; no other pickle holds one."""
    with contextlib.suppress(ValueError):
        return restored_secret, (secret.reveal(), secret.redacted, secret.length)
    return restored_secret, (None, secret.redacted, secret.length)
