"""Text inside text: the values of a Kubernetes Secret, which are base64.

https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from linter.model import Batch

if TYPE_CHECKING:
    from linter.extract import Candidate

__all__ = ["Inner", "kubernetes_values"]

_ENTRY = re.compile(
    rb"""^[ \t]*["']?([\w.-]+)["']?[ \t]*:[ \t]*(?:\|-?|>-?)?[ \t]*["']?([A-Za-z0-9+/]{16,}={0,2})["']?""", re.MULTILINE
)
_EVIDENCE = "base64 in a Kubernetes Secret"


class Inner:
    """Decoded values of one content, as a batch of their own that knows where each stands outside."""

    def __init__(self, content: int, key: bytes, values: list[tuple[int, int, bytes]]) -> None:
        self._content = content
        self._outer = [(start, end) for start, end, _ in values]
        self._starts: list[int] = []
        data = bytearray(b"\n")
        for _, _, text in values:
            self._starts.append(len(data))
            data += text + b"\n"
        self.batch = Batch(data, len(data), [1], [len(data) - 1], [key])

    def outside(self, candidate: Candidate) -> Candidate:
        """The candidate at the place of the encoded value that holds it."""
        start, end = self._outer[bisect_right(self._starts, candidate.start) - 1]
        evidence = (*candidate.evidence, _EVIDENCE)
        return candidate._replace(content=self._content, start=start, end=end, evidence=evidence)


def kubernetes_values(batch: Batch, content: int) -> Inner | None:
    """The values of the Secrets in a content, each as `name=value`; None if nothing in it is base64 of text."""
    values: list[tuple[int, int, bytes]] = []
    for entry in _ENTRY.finditer(batch.data, batch.starts[content], batch.ends[content]):
        try:
            text = base64.b64decode(entry[2], validate=True)
            text.decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        values.append((entry.start(2), entry.end(2), entry[1] + b"=" + text))
    return Inner(content, batch.keys[content], values) if values else None
