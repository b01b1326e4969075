"""The program that takes the text out of a PDF on standard input; what goes wrong ends it, and is told by its end."""

from __future__ import annotations

import io
import sys

__all__ = ["ENCRYPTED"]

ENCRYPTED = 3
"""The exit code for a file that needs a password."""

_MEMORY = 1 << 30
"""Bytes of memory that this process may take."""

_TEXT_LIMIT = 64 << 20
"""Bytes of text that are written; the file whose text is longer is at fault."""


def main() -> None:
    """Write the text of each page and a line feed."""
    _limit_memory()
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted and not reader.decrypt(""):
        sys.exit(ENCRYPTED)
    left = _TEXT_LIMIT
    for page in reader.pages:
        text = page.extract_text().encode("utf-8", "replace") + b"\n"
        left -= len(text)
        if left < 0:
            sys.exit("too much text")
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    """Bound the memory, where the system can."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main()
