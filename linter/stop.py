"""A wish to end a scan early."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Stop"]


class Stop:
    """Set once, from any thread or a signal handler; what must then be ended is told by `calls`."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._callbacks: list[Callable[[], None]] = []

    def calls(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the stop is set; at once if it is."""
        self._callbacks.append(callback)
        if self.is_set():
            callback()

    def set(self) -> None:
        """Ask the scan to end."""
        self._event.set()
        for callback in self._callbacks:
            callback()

    def is_set(self) -> bool:
        """True once the scan is asked to end."""
        return self._event.is_set()
