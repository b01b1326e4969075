"""What a content is, by the bytes at its start; names say nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linter.model import Batch

__all__ = ["HEAD", "MARK", "among", "kind_of", "text_kind_of"]

MARK = b"!"
"""What stands between an archive and its member in a path."""

HEAD = 2048
"""Bytes at the start of a content that tell its kind."""

_KINDS = re.compile(
    rb"(?P<zip>PK\x03\x04|PK\x05\x06)"
    rb"|(?P<gzip>\x1f\x8b\x08)"
    rb"|(?P<bzip2>BZh[1-9](?:1AY&SY|\x17rE8P\x90))"
    rb"|(?P<xz>\xfd7zXZ\0)"
    rb"|(?P<zstandard>\x28\xb5\x2f\xfd)"
    rb"|(?P<sqlite>SQLite format 3\0)"
    rb"|(?P<pdf>%PDF-\d)"
    # The number of the version and a mark against text mode (Lib/importlib/_bootstrap_external.py); 3.0 to 3.15, and 2.
    rb"|(?P<bytecode>.(?:[\x0b-\x0e]|[\xf2\xf3])\r\n)"
    rb"|(?P<tar>.{257}ustar[\0 ])"
    rb"|(?P<sevenzip>7z\xbc\xaf\x27\x1c)"
    rb"|(?P<rar>Rar!\x1a\x07)",
    re.DOTALL,
)
_FIRST = frozenset(b"P\x1fB\xfd\x28S%7R")
"""The first bytes of all kinds but bytecode and tar, of which any may be the first."""

_OFFICE = re.compile(
    rb"\s*<\?xml .{0,2000}(?:/(?:wordprocessing|spreadsheet|drawing|presentation)ml/2006/main|:office:1\.0)", re.DOTALL
)
_IMAGE = re.compile(rb'\s*\{.{0,2000}"(?:architecture|rootfs)"\s*:', re.DOTALL)


def among(batch: Batch) -> list[int]:
    """The contents of a batch that start like something that can be opened; most batches hold none."""
    if batch.origin.offset:
        return []
    data = batch.data
    # Two cheap looks at each content; the expression judges the few that pass.
    likely = [
        number
        for number, start in enumerate(batch.starts)
        if data[start] in _FIRST
        or data[start + 2 : start + 4] == b"\r\n"
        or data[start + 257 : start + 262] == b"ustar"
    ]
    return [
        each for each in likely if kind_of(data[batch.starts[each] : min(batch.ends[each], batch.starts[each] + HEAD)])
    ]


def kind_of(head: bytes | bytearray) -> str | None:
    """The kind of what starts with `head`, or None for what is scanned as it is."""
    found = _KINDS.match(head)
    return found.lastgroup if found else None


def text_kind_of(head: bytes) -> str | None:
    """The kind of a member that is text with markup: a part of an office document, the configuration of an image."""
    if _OFFICE.match(head):
        return "office"
    return "image" if _IMAGE.match(head) else None
