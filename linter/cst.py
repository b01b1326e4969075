"""Python sources in syntax that is newer than the running Python, written so that its parser reads them.

libcst has a grammar of its own, which knows the syntax up to Python 3.14 whatever Python it runs on. It dies on deeply
nested brackets and takes long on long chains, so this is done in a process that may be killed (linter.worker).
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import libcst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

if TYPE_CHECKING:
    from libcst import CSTNode

__all__ = ["in_older_syntax"]

SIZE_LIMIT = 256 << 10
"""Bytes of source; libcst takes about 20 ms for each KiB."""

DEPTH_LIMIT = 100
"""Brackets in one another, those in strings counted too."""

_ONLY_SINCE_PEP_701 = re.compile(rb"[\"'\\\n#]")
"""What an expression in an f-string could not hold before, or not in strings of the same quotes."""

_BRACKET = re.compile(rb"[(\[{]|[)\]}]")


def in_older_syntax(source: bytes) -> bytes | None:
    """The same source, every byte of a literal at its place, without what only newer Pythons read; None if it has none.

    Type parameters and aliases (https://peps.python.org/pep-0695/) lose their types, f-strings that hold any expression
    (https://peps.python.org/pep-0701/) an expression with quotes, escapes or comments, template strings (https://peps.python.org/pep-0750/)
    become f-strings, and handlers of several exceptions without brackets (https://peps.python.org/pep-0758/) become
    handlers of the first.
    """
    if len(source) > SIZE_LIMIT or _depth(source) > DEPTH_LIMIT:
        return None
    try:
        wrapper = MetadataWrapper(libcst.parse_module(source), unsafe_skip_copy=True)
    except (libcst.ParserSyntaxError, SyntaxError, UnicodeDecodeError, LookupError):
        return None
    newer = _Newer(source)
    wrapper.visit(newer)
    return newer.rewritten() if newer.edits else None


def _depth(source: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.findall(source):
        depth = depth + 1 if bracket in b"([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


class _Newer(libcst.CSTVisitor):
    """Collects what to write instead: where it starts, and bytes of the same number."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, source: bytes) -> None:
        super().__init__()
        self._source = source
        self.edits: list[tuple[int, bytes]] = []

    def rewritten(self) -> bytes:
        """The source with all edits; of two that overlap the outer one."""
        text = bytearray(self._source)
        done = 0
        for start, instead in sorted(self.edits, key=lambda edit: (edit[0], -len(edit[1]))):
            if start >= done:
                done = start + len(instead)
                text[start:done] = instead
        return bytes(text)

    def _span(self, node: CSTNode) -> tuple[int, int]:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        return span.start, span.start + span.length

    def visit_TypeAlias(self, node: libcst.TypeAlias) -> None:
        """`type X[T] = int` becomes `X = int`."""
        start, value = self._span(node)[0], self._span(node.value)[0]
        name = node.name.value.encode()
        self.edits.append((start, name.ljust(value - start - 2) + b"= "))

    def visit_TypeParameters(self, node: libcst.TypeParameters) -> None:
        """`def f[T](x)` becomes `def f(x)`."""
        start, end = self._span(node)
        self.edits.append((start, b" " * (end - start)))

    def visit_FormattedStringExpression(self, node: libcst.FormattedStringExpression) -> None:
        """`f"{a["b"]}"` becomes `f"{0}"`."""
        self._empty(node)

    def visit_TemplatedString(self, node: libcst.TemplatedString) -> None:
        """`t"…"` becomes `f"…"`."""
        start = self._span(node)[0] + node.start.lower().index("t")
        self.edits.append((start, b"f"))

    def visit_TemplatedStringExpression(self, node: libcst.TemplatedStringExpression) -> None:
        """As in f-strings."""
        self._empty(node)

    def _empty(self, node: CSTNode) -> None:
        """Write 0 for an expression in a string that a Python before 3.12 may not read."""
        start, end = self._span(node)
        if sys.version_info < (3, 12) and _ONLY_SINCE_PEP_701.search(self._source, start, end):
            self.edits.append((start, b"{0".ljust(end - start - 1) + b"}"))

    def visit_ExceptStarHandler(self, node: libcst.ExceptStarHandler) -> None:
        """`except* A` becomes `except A`."""
        if sys.version_info < (3, 11):
            self.edits.append((self._source.index(b"*", self._span(node)[0]), b" "))

    def visit_ExceptHandler(self, node: libcst.ExceptHandler) -> None:
        """`except A, B:` becomes `except A:`."""
        if isinstance(node.type, libcst.Tuple) and not node.type.lpar:
            start, end = self._span(node.type.elements[0].value)[1], self._span(node.type)[1]
            self.edits.append((start, b" " * (end - start)))
