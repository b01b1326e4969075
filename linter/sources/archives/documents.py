"""Text of members that are told better without their markup: office documents, and configurations of images."""

from __future__ import annotations

import html
import json
import re
from typing import IO, TYPE_CHECKING

from linter.sources.archives.entry import Entry
from linter.sources.archives.limits import RefusedError
from linter.sources.archives.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.sources.archives.limits import Budget

__all__ = ["image_entries", "office_entries"]

_CONFIG_LIMIT = 8 << 20
"""Bytes of the configuration of an image."""

_PIECE = 1 << 20
# Where a line ends in WordprocessingML, SpreadsheetML, DrawingML (ECMA-376) and OpenDocument.
_END_OF_LINE = re.compile(rb"</(?:w:p|a:p|si|row|text:p|text:h)>|<(?:w:br|a:br|text:line-break)\s*/?>")
_TAB = re.compile(rb"<(?:w:tab|text:tab)\s*/?>|</(?:w:tc|c|table:table-cell)>")
_TAG = re.compile(rb"<[^<>]*>")


def office_entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The text of a part of a document: what is one word there may be in several pieces of the markup."""
    rest = b""

    def read(_: int) -> bytes:
        nonlocal rest
        while piece := file.read(_PIECE):
            budget.check_time()
            # Up to the end of a tag, so that neither a tag nor a word is cut.
            whole, mark, rest = (rest + piece).rpartition(b">")
            if len(rest) > _PIECE:
                whole, mark, rest = whole + mark + rest, b"", b""
            if text := _text(whole + mark):
                return text
        last, rest = rest, b""
        return _text(last)

    yield Entry(b"text", Stream(read), is_member=False)


def _text(markup: bytes) -> bytes:
    """What stands between the tags, in lines."""
    text = _TAG.sub(b"", _TAB.sub(b"\t", _END_OF_LINE.sub(b"\n", markup)))
    return html.unescape(text.decode("utf-8", "replace")).encode("utf-8", "replace")


def image_entries(file: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The variables and labels, and the history, of the configuration of an image, a line for each.

    OCI image specification, config.md; what `docker save` writes is the same.

    Raises:
        RefusedError: it is too large to be read.
    """
    data = file.read(_CONFIG_LIMIT + 1)
    if len(data) > _CONFIG_LIMIT:
        raise RefusedError(f"the configuration is larger than {_CONFIG_LIMIT >> 20} MiB")
    try:
        image = json.loads(data)
    except (ValueError, RecursionError):
        return
    config = _mapping(_mapping(image).get("config"))
    labels = [f"{key}={value}" for key, value in _mapping(config.get("Labels")).items()]
    steps = [_mapping(step) for step in _sequence(_mapping(image).get("history"))]
    lines = {
        b"env": [*_sequence(config.get("Env")), *labels],
        b"command": [*_sequence(config.get("Entrypoint")), *_sequence(config.get("Cmd"))],
        b"history": [step.get(key) for step in steps for key in ("created_by", "comment")],
    }
    for name, found in lines.items():
        text = "".join(f"{line}\n" for line in found if isinstance(line, str)).encode("utf-8", "replace")
        if text:
            budget.expand(len(text))
            yield Entry(name, Stream.of(text), is_member=False)


def _mapping(value: object) -> dict[object, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> list[object]:
    return value if isinstance(value, list) else []
