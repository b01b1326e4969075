"""What the pattern of a rule may be: linear, of bounded width, with one group that is the secret."""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any

__all__ = ["SECRET_GROUP", "PatternFault", "hint_width", "named_pattern", "width"]

WIDTH_LIMIT = 16_384
SECRET_GROUP = "secret"  # noqa: S105 - the name of the group, not a secret

# Between a name and its value in the usual languages: a closing quote or bracket, a type, an operator (or the key
# `value` of a list of names and values), a call around the value, a string prefix and an opening quote, each of them
# possibly escaped once more (a notebook is JSON with source text in it).
_QUOTE = r"""\\{0,2}["'`]"""
_CLOSE = rf"""(?:{_QUOTE})?[*_]{{0,2}}\s{{0,4}}(?:[\])][*_]{{0,2}})?\s{{0,8}}"""
_TYPE = r"""(?::\s{0,4}(?:&'?\w{0,10}\s?)?\w{1,20}\s{0,4}=|\s{1,4}string\s{0,4}=|\{\s{0,4}get;[^}\n]{0,30}\}\s{0,4}=)"""
_VALUE = (
    rf"""(?:,?\s{{0,40}}(?:{_QUOTE})?(?:value|initialValue|defaultValue)(?:{_QUOTE})?\s{{0,4}}[:=]"""
    r"""|\{\s{0,20}default\s{0,8}=)"""
)
_ATTRIBUTES = r"""(?:\s{1,4}\w{1,20}="[^"<>]{0,30}"){0,2}\s{0,2}/?>"""
_OPERATOR = rf"""(?:{_VALUE}|{_TYPE}|{_ATTRIBUTES}|:=|:-|=>|->|==|=|:|,|\(|\|\||\?\?|\||\bor\b|\s)"""
_CALL = r"""(?:[A-Za-z_][\w.:]{0,30}!?\(\s{0,4}|\(\s{0,8})?"""
ASSIGNMENT = rf"""{_CLOSE}{_OPERATOR}\s{{0,8}}{_CALL}(?:[bBrRfFuU@$]?{_QUOTE}|%?[qQ][({{\[|])?"""
END = r"""(?:[^A-Za-z0-9_\-+/=]|$)"""

_REFUSED = {
    "ASSERT": "look-around",
    "ASSERT_NOT": "look-around",
    "GROUPREF": "a back-reference",
    "GROUPREF_EXISTS": "a back-reference",
    "GROUPREF_IGNORE": "a back-reference",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
}


class PatternFault(ValueError):
    """The pattern is not one that a rule may have; the message says why and what to do."""


def named_pattern(names: tuple[str, ...], value: str) -> str:
    """The pattern of a secret that has no form of its own: one of `names`, an assignment, then `value`."""
    return f"(?i:{'|'.join(names)}){ASSIGNMENT}(?P<{SECRET_GROUP}>{value}){END}"


def width(pattern: str, *, is_set: bool = False) -> int:
    """The greatest number of bytes that a match of `pattern` can have. A set has a named group for each part.

    Raises:
        PatternFault: the pattern is not a regular expression, has no group `secret` or other groups that
            capture, uses what is not linear (look-around, back-references), or has no bound.
    """
    tree = _parsed(pattern)
    names, groups = tree.state.groupdict, tree.state.groups - 1
    if is_set and (len(names) != groups or groups < 2):
        raise PatternFault("needs a named group for each part and no other group that captures; use (?:…)")
    if not is_set and (list(names) != [SECRET_GROUP] or groups != 1):
        raise PatternFault("needs the group (?P<secret>…) and no other group that captures; use (?:…)")
    longest = int(tree.getwidth()[1])
    if longest > WIDTH_LIMIT:
        raise PatternFault(f"a match can have {longest} bytes; the limit is {WIDTH_LIMIT}")
    return longest


def hint_width(hint: str) -> int:
    """The greatest number of bytes that a match of `hint` can have.

    Raises:
        PatternFault: it is not a regular expression, uses what is not linear, or has no bound.
    """
    return int(_parsed(hint).getwidth()[1])


def _parsed(pattern: str) -> Any:
    """The tree of the standard library's parser, whose nodes are all linear and bounded."""
    parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    try:
        tree = parser.parse(pattern.encode(), re.MULTILINE)
    except (re.error, OverflowError) as error:
        raise PatternFault(f"not a regular expression: {error}") from None
    _check(tree, parser.MAXREPEAT)
    return tree


def _check(node: Any, unbounded: object) -> None:
    """Walk the parsed pattern; `node` is a list, tuple or leaf of the standard library's parser."""
    if isinstance(node, tuple) and len(node) == 2 and hasattr(node[0], "name"):
        operation, argument = node
        if operation.name in _REFUSED:
            raise PatternFault(f"uses {_REFUSED[operation.name]}, which is not linear; use a consuming class")
        if operation.name in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] is unbounded:
            raise PatternFault("has a repeat without a bound; write {m,n}")
        _check(argument, unbounded)
    elif isinstance(node, (list, tuple)) or hasattr(node, "data"):
        for part in getattr(node, "data", node):
            _check(part, unbounded)
