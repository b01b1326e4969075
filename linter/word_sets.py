"""Sets of words, written as a text."""

from __future__ import annotations

__all__ = ["word_set"]


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, which blanks part."""
    return frozenset(text.split())
