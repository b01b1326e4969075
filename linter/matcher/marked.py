"""An engine that also looks for the comments of other tools, near to where rules may match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.matcher.engine import Engine, Places, Session, ends_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.model import Batch

__all__ = ["MarkedEngine"]


class MarkedEngine:
    """What `engine` finds, and the offsets behind each of `marks` in the contents that it has windows for."""

    def __init__(self, engine: Engine, marks: Sequence[bytes]) -> None:
        self._engine = engine
        self._marks = marks

    def session(self) -> Session:
        """A session for one thread."""
        return _MarkedSession(self._engine.session(), self._marks)


class _MarkedSession:
    def __init__(self, session: Session, marks: Sequence[bytes]) -> None:
        self._session = session
        self._marks = marks

    def places(self, batch: Batch) -> Places:
        windows, directives, encoded = self._session.places(batch)
        found = {
            end
            for content in {window.content for window in windows}
            for mark in self._marks
            for end in ends_of(batch.data, mark, batch.starts[content], batch.ends[content])
        }
        return Places(windows, sorted({*directives, *found}), encoded)
