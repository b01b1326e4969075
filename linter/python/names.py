"""Names in syntax: as they are written, what a target is called, and which part of a value a target gets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "constant_text",
    "defaults",
    "dotted",
    "import_base",
    "key_of",
    "pairwise",
    "terminal_name",
    "text_of",
    "written",
]

_DEPTH = 12
_PARTS = 100


def constant_text(node: ast.AST | None) -> str | None:
    """The text of a string or bytes constant, or None."""
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, bytes):
        return text_of(node.value)
    return node.value if isinstance(node.value, str) else None


def text_of(value: bytes) -> str:
    """Bytes as text: in UTF-8, or if they are none, each as the character of its number."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def key_of(node: ast.AST | None) -> str:
    """The text of a constant key; empty for any other."""
    return constant_text(node) or ""


def dotted(node: ast.expr) -> str | None:
    """A name, attribute or constant subscript as it is written (`a.b['c']`), or None for anything else."""
    parts: list[str] = []
    for _ in range(_DEPTH):
        if isinstance(node, ast.Name):
            return node.id + "".join(reversed(parts))
        if isinstance(node, ast.Attribute):
            parts.append(f".{node.attr}")
            node = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            parts.append(f"[{node.slice.value!r}]")
            node = node.value
        else:
            return None
    return None


def terminal_name(node: ast.expr) -> str:
    """The last word of a name, attribute or constant subscript; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return key_of(node.slice) if isinstance(node, ast.Subscript) else ""


def import_base(node: ast.ImportFrom) -> str:
    """The module of a `from` import; a relative one keeps its dots."""
    return "." * node.level + (node.module or "")


def pairwise(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Single targets, each with its part of `value`; None where that is not written out."""
    stack: list[tuple[ast.expr, ast.expr | None]] = [(target, value)]
    while stack:
        single, part = stack.pop()
        if not isinstance(single, (ast.Tuple, ast.List)):
            yield (single.value, None) if isinstance(single, ast.Starred) else (single, part)
            continue
        parts: list[ast.expr | None] = [None] * len(single.elts)
        if isinstance(part, (ast.Tuple, ast.List)) and _match_up(single.elts, part.elts):
            parts = list(part.elts)
        stack += reversed(list(zip(single.elts, parts, strict=True)))


def _match_up(targets: list[ast.expr], values: list[ast.expr]) -> bool:
    return len(targets) == len(values) and not any(isinstance(each, ast.Starred) for each in (*targets, *values))


def defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Every parameter with its default, or None; the defaults belong to the last of the positional ones."""
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    yield from zip(positional[:missing], [None] * missing, strict=True)
    yield from zip(positional[missing:], arguments.defaults, strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def written(node: ast.expr) -> str:
    """All literal text in `node`, in no order, as far as its first hundred parts."""
    if isinstance(node, ast.Constant):
        return constant_text(node) or ""
    found: list[str] = []
    stack: list[ast.AST] = [node]
    for _ in range(_PARTS):
        if not stack:
            break
        part = stack.pop()
        if (text := constant_text(part)) is not None:
            found.append(text)
        else:
            stack += ast.iter_child_nodes(part)
    return "\0".join(found)
