"""Files that scanners miss: odd encodings, odd line ends, odd names (RELIABILITY B1)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tests import invented

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LINES", "NAMES", "RULES", "write", "write_named"]

RULES = ("aws-access-key-id", "github-personal-access-token")
"""The rules of the two credentials in every file, by line."""

_FIRST = f'aws_key = "{invented.aws_key_id()}"\n'
_SECOND = f'token = "{invented.github_token()}"\n'
_BODY = _FIRST + _SECOND

NAMES = [
    b"plain.py",
    "n\u00e4me.py".encode(),
    b"new\nline.py",
    b"invalid-\xff.py",
    b"with space.py",
    b"-dash.py",
    b'"quote.py',
    b"escape-\x1b[31m.py",
    b"back\\slash.py",
    b"tab\t'and`$(x).py",
    b"long-" + b"x" * 240 + b".py",
    "e\u0301-\u202e.py".encode(),
]
"""Names that break quoting, encodings and terminals."""


class _File(NamedTuple):
    content: bytes
    first: int = 1
    """The line of the first credential; the other stands on the next line."""


_FILES = {
    "ascii.py": _File(_BODY.encode()),
    "utf-8-mark.py": _File(_BODY.encode("utf-8-sig")),
    "crlf.py": _File(_BODY.replace("\n", "\r\n").encode()),
    "cr.py": _File(_BODY.replace("\n", "\r").encode()),
    "latin-1.py": _File(("# caf\u00e9\n" + _BODY).encode("latin-1"), 2),
    "utf-16-le-mark.txt": _File(("\ufeff" + _BODY).encode("utf-16-le")),
    "utf-16-be-mark.txt": _File(("\ufeff" + _BODY).encode("utf-16-be")),
    "utf-16-le.txt": _File(_BODY.encode("utf-16-le")),
    "utf-16-be.txt": _File(_BODY.encode("utf-16-be")),
    "utf-32.txt": _File(_BODY.encode("utf-32")),
    "utf-32-be.txt": _File(_BODY.encode("utf-32-be")),
    "zero-byte.py": _File(b"x = 1\0\n" + _BODY.encode(), 2),
    "invalid-utf-8.py": _File(_BODY.encode() + b"\xff\xfe\xfa\n"),
    "long-line.js": _File(b"a" * 2_000_000 + b" " + _BODY.encode()),
    "gbk.txt": _File(("# \u4e2d\u6587\u6ce8\u91ca\n" + _BODY).encode("gbk"), 2),
    "mixed.py": _File(_BODY.encode() + b"# " + "\u4e2d".encode("utf-16-le") + b"\n"),
    "form-feed.py": _File(b"x\x0c\x0b\n" + _BODY.encode(), 2),
    "separators.py": _File(f"x\u2028y\u0085z\n{_BODY}".encode(), 2),
    "no-line-end.py": _File(_BODY.encode().rstrip(b"\n")),
    "tail.bin": _File(bytes(range(256)) * 40 + b"\n" + _BODY.encode(), 42),
}


LINES = {name: (file.first, file.first + 1) for name, file in _FILES.items()}
"""The lines of the credentials in each file, by its name."""


def write(folder: Path) -> dict[str, tuple[int, int]]:
    """Write every file into `folder`: by name, the lines of the credentials of `RULES`."""
    for name, file in _FILES.items():
        (folder / name).write_bytes(file.content)
    return LINES | {os.fsdecode(name): (1, 2) for name in write_named(folder)}


def write_named(folder: Path) -> list[bytes]:
    """Write a file of each name of `NAMES` into `folder`."""
    for name in NAMES:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(_BODY.encode())
    return NAMES
