"""The text in PDF files, taken out by pypdf in a process of its own that can be ended."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import IO, TYPE_CHECKING

from linter.sources.archives.entry import Entry
from linter.sources.archives.limits import DamagedError, LackingError, RefusedError
from linter.sources.archives.pdf_worker import ENCRYPTED
from linter.sources.archives.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["entries"]

SECONDS = 30.0
"""Time for one file."""


def entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The text of a file, page after page.

    Raises:
        LackingError: the extra is not installed.
        DamagedError: it is no valid PDF, or reading it takes too long or too much memory.
        RefusedError: it is encrypted.
    """
    if importlib.util.find_spec("pypdf") is None:
        raise LackingError("the text of a PDF needs `pip install twlint[pdf]`; its bytes were scanned")
    command = [sys.executable, "-I", "-m", "linter.sources.archives.pdf_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:
        try:
            text, _ = worker.communicate(file.read(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            text, _ = worker.communicate()
    budget.expand(len(text))
    if text:
        yield Entry(b"text", Stream.of(text), is_member=False)
    if worker.returncode == ENCRYPTED:
        raise RefusedError("it is encrypted")
    if worker.returncode:
        raise DamagedError("its text cannot be read, or takes too long or too much memory")
