"""What calls fold to: those that pass their text on, decode it, join it, or give back a default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from linter.python import templates
from linter.python.arguments import expand, sequence
from linter.python.codecs import DECODERS, ENCODERS
from linter.python.names import constant_text, key_of, terminal_name
from linter.python.values import Piece, combine, literal, transformed
from linter.word_sets import word_set

if TYPE_CHECKING:
    from linter.python.arguments import Argument
    from linter.python.fold import Folder
    from linter.python.scopes import Scope
    from linter.python.values import Value
    from linter.sinks import Lookup

__all__ = ["fold_call"]

_PARTS = 64

# By the last word of what is called: some have many import paths.
_PASSED_ON = word_set(
    "str bytes bytearray SecretStr SecretBytes Secret quote quote_plus unquote dedent cleandoc force_bytes force_str"
    " to_bytes to_native smart_str smart_bytes mark_safe intern b u"
)
_METHODS_PASSED_ON = word_set(
    "encode decode strip lstrip rstrip get_secret_value expandtabs read_text getvalue hex"
) - {"hex", "read_text", "getvalue"}
_DEFAULTED = word_set("Field field ib attrib attr_field CharField StringField Option Argument Column StringVar Setting")
_CHOOSING = frozenset({"random.choice", "secrets.choice", "random.SystemRandom.choice", "numpy.random.choice", "next"})
_CASED = {"lower": str.lower, "upper": str.upper, "title": str.title, "swapcase": str.swapcase}


def fold_call(folder: Folder, node: ast.Call, scope: Scope, depth: int) -> list[Value]:
    """The texts that a call gives, as far as it is one that is understood."""
    qualified = folder.resolver.qualified(node.func, scope) or ""
    name = terminal_name(node.func)
    if lookup := folder.lookups.get(qualified):
        return _fallback(folder, expand(node, scope, folder.resolver), lookup, depth)
    first = node.args[0] if node.args and not isinstance(node.args[0], ast.Starred) else None
    if qualified == "codecs.decode" and len(node.args) > 1:
        qualified += ":" + key_of(node.args[1]).lower().removesuffix("_codec").replace("rot_13", "rot13")
    if first is not None:
        if change := DECODERS.get(qualified):
            return transformed(folder.fold(first, scope, depth), change, "decoded")
        if change := ENCODERS.get(qualified):
            return transformed(folder.fold(first, scope, depth), change, "derived")
        if name in _PASSED_ON and not _is_method_of_text(node):
            return folder.fold(first, scope, depth)
        if qualified in _CHOOSING:
            return folder.elements(first, scope, depth)
    if name in _DEFAULTED:
        return _default(folder, node, scope, depth)
    return _method(folder, node, scope, depth) if isinstance(node.func, ast.Attribute) else []


def _is_method_of_text(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and constant_text(node.func.value) is not None


def _fallback(folder: Folder, arguments: list[Argument], lookup: Lookup, depth: int) -> list[Value]:
    for argument in arguments:
        if argument.name == lookup.default or (argument.position is not None and argument.position == lookup.position):
            return [value.reached("environment") for value in folder.fold(argument.value, argument.scope, depth)]
    return []


def _default(folder: Folder, node: ast.Call, scope: Scope, depth: int) -> list[Value]:
    for keyword in node.keywords:
        if keyword.arg in ("default", "server_default"):
            return folder.fold(keyword.value, scope, depth)
        if keyword.arg in ("default_factory", "factory") and isinstance(keyword.value, ast.Lambda):
            return folder.fold(keyword.value.body, scope, depth)
    if node.args and terminal_name(node.func) in ("Field", "Option"):
        return folder.fold(node.args[0], scope, depth)
    return []


def _method(folder: Folder, node: ast.Call, scope: Scope, depth: int) -> list[Value]:
    function = node.func
    if not isinstance(function, ast.Attribute):
        return []
    receiver, name = function.value, function.attr
    if name in _METHODS_PASSED_ON:
        return folder.fold(receiver, scope, depth)
    if name == "format":
        return _format(folder, node, receiver, scope, depth)
    if name == "join" and len(node.args) == 1:
        return _join(folder, node.args[0], receiver, scope, depth)
    if name in _CASED and not node.args:
        return transformed(folder.fold(receiver, scope, depth), _CASED[name], "derived")
    if name == "replace" and len(node.args) >= 2:
        old, new = constant_text(node.args[0]), constant_text(node.args[1])
        if old and new is not None:
            return transformed(folder.fold(receiver, scope, depth), lambda text: text.replace(old, new), "derived")
    if name == "pop" and not node.args:
        return folder.elements(receiver, scope, depth)
    if name in ("get", "pop", "setdefault") and node.args and (key := key_of(node.args[0])):
        return _entry(folder, node, key, scope, depth)
    return []


def _format(folder: Folder, node: ast.Call, receiver: ast.expr, scope: Scope, depth: int) -> list[Value]:
    arguments = expand(node, scope, folder.resolver)[:_PARTS]
    by_place = [folder.part(each.value, each.scope, depth) for each in arguments if each.name is None]
    by_name = {each.name: folder.part(each.value, each.scope, depth) for each in arguments if each.name}
    templated = folder.fold(receiver, scope, depth)
    return [made for template in templated for made in templates.braces(template, by_place, by_name)]


def _join(folder: Folder, joined: ast.expr, receiver: ast.expr, scope: Scope, depth: int) -> list[Value]:
    separator = constant_text(receiver)
    items = sequence(joined, scope, folder.resolver)
    if separator is None or items is None or len(items) > _PARTS:
        return []
    between = [literal((Piece(separator, (), exact=False),))]
    parts: list[list[Value]] = []
    for item, where in items:
        parts += [between, folder.part(item, where, depth)]
    return combine(parts[1:])


def _entry(folder: Folder, node: ast.Call, key: str, scope: Scope, depth: int) -> list[Value]:
    """`settings.get("token", …)`: the entry of a dict that is known, and the default."""
    function = node.func
    shown = folder.resolver.display(function.value, scope) if isinstance(function, ast.Attribute) else []
    values = [found for name, value, where in shown if name == key for found in folder.fold(value, where, depth)]
    if len(node.args) > 1:
        values += [value.reached("default") for value in folder.fold(node.args[1], scope, depth)]
    return values
