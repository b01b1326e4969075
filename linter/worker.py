"""A second process that analyses Python sources in syntax newer than this Python: it may die without ending this one.

One thread asks one worker, one source at a time.
"""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING

from linter.other_process import OtherProcess, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from linter.ast_rules import Analysis

__all__ = ["Lost", "Worker", "serve"]

SECONDS = 60
"""How long one source may take; what the analysis counts ends it long before."""

_CODE = "from linter.worker import serve; serve()"


class Lost(Exception):
    """The worker did not answer; its text says why, in words for a report."""


class Worker:
    """Starts the process with the first source, and another after one that was lost; `sinks` are files of the user."""

    def __init__(self, sinks: tuple[Path, ...] = ()) -> None:
        self._sinks = sinks
        self._process: OtherProcess | None = None

    def analyse(self, source: bytes, rules: Sequence[str]) -> Analysis:
        """What the rules with these ids find in `source`.

        Raises:
            Lost: the process died, or took too long and was killed.
            OSError: it cannot be started.
        """
        process = self._process = self._process or self._begun()
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            analysis: Analysis = process.ask((source, tuple(rules)))
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            late = f"the analysis took longer than {SECONDS} s"
            raise Lost(late if is_late.is_set() else "the process of the analysis died") from None
        finally:
            timer.cancel()
        return analysis

    def _begun(self) -> OtherProcess:
        process = OtherProcess(_CODE)
        process.begin(self._sinks)
        return process

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.close()


def serve() -> None:
    """Analyse what is asked for; the main function of the process."""
    answer(_analyser)


def _analyser(files: Sequence[Path]) -> Callable[[tuple[bytes, Sequence[str]]], Analysis]:
    """What analyses sources, by the builtin sinks and those in `files`."""
    from linter import ast_rules, cst, sinks

    rules = {rule.id: rule for rule in ast_rules.builtin(sinks.load([*sinks.builtin_files(), *files]))}

    def analysed(request: tuple[bytes, Sequence[str]]) -> Analysis:
        source, ids = request
        return ast_rules.analyse(cst.in_older_syntax(source) or source, [rules[each] for each in ids])

    return analysed
