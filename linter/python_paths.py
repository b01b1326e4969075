"""Which paths are those of Python sources: what AST rules run on."""

from __future__ import annotations

__all__ = ["NOTEBOOK", "SUFFIXES"]

NOTEBOOK = b".ipynb"
"""How the path of a notebook ends, in lower case."""

SUFFIXES = (b".py", b".pyi", b".pyw", NOTEBOOK)
"""How the paths of sources and notebooks end, in lower case."""
