"""What expressions fold to, and that each part of a text points at the bytes it came from."""

from __future__ import annotations

import ast
import base64
from typing import TYPE_CHECKING

import pytest

from linter import python, sinks
from linter.python import HOLE
from linter.rule_files import read_files

if TYPE_CHECKING:
    from linter.python import Module, Value

LOOKUPS = sinks.parse(read_files(sinks.builtin_files())).lookups


def module_of(source: str) -> Module:
    module = python.read(source.encode(), LOOKUPS)
    assert isinstance(module, python.Module)
    return module


def values(source: str) -> list[Value]:
    """What the last argument of the last call of `f` in `source` folds to."""
    module = module_of(source)
    for call, scope in reversed(module.calls):
        if isinstance(call.func, ast.Name) and call.func.id == "f":
            return module.values(call.args[-1], scope)
    raise AssertionError("no call of f")


def texts(source: str) -> list[str]:
    return [value.text for value in values(source)]


ENCODED = base64.b64encode(b"one two").decode()

ONE = {
    "constant": 'f("one two")',
    "bytes": 'f(b"one two")',
    "raw": "f(r'one two')",
    "implicit": 'f("one"\n  # a "comment"\n  " two")',
    "triple": 'f("""one two""")',
    "sum": 'f("one" + " " + "two")',
    "f-string": 'x = "two"\nf(f"one {x}")',
    "nested f-string": 'x = "two"\ny = f"{x}"\nf(f"one {y!s}")',
    "percent": 'f("%s %s" % ("one", "two"))',
    "percent one": 'f("one %s" % "two")',
    "percent names": 'f("%(a)s two" % {"a": "one"})',
    "percent sign": 'f(("%s two%%" % "one").replace("%", ""))',
    "format": 'f("{} {}".format("one", "two"))',
    "format places": 'f("{1} {0}".format("two", "one"))',
    "format names": 'f("{a} two".format(a="one"))',
    "join": 'f(" ".join(["one", "two"]))',
    "join of a name": 'p = ("one", "two")\nf(" ".join(p))',
    "encode": 'f("one two".encode())',
    "decode": 'f(b"one two".decode("utf-8"))',
    "strip": 'f("one two".strip())',
    "str": 'f(str("one two"))',
    "base64": f'import base64\nf(base64.b64decode("{ENCODED}"))',
    "base64 renamed": f'from base64 import b64decode as d\nf(d("{ENCODED}").decode())',
    "hex": 'f(bytes.fromhex("6f6e652074776f").decode())',
    "unhexlify": 'import binascii\nf(binascii.unhexlify("6f6e652074776f"))',
    "rot13": 'import codecs\nf(codecs.decode("bar gjb", "rot13"))',
    "reversed": 'f("owt eno"[::-1])',
    "replace": 'f("one-two".replace("-", " "))',
    "lower": 'f("ONE TWO".lower())',
    "name": 'x = "one two"\nf(x)',
    "chain": 'x = "one two"\ny = x\nz = y\nf(z)',
    "module from a function": 'x = "one two"\ndef g():\n    f(x)',
    "annotated": 'x: str = "one two"\nf(x)',
    "walrus": 'if (x := "one two"):\n    f(x)',
    "unpacked": 'x, y = "one two", 1\nf(x)',
    "global": 'def g():\n    global x\n    x = "one two"\nf(x)',
    "element": 'x = ["one two", "three"]\nf(x[0])',
    "last element": 'x = ("three", "one two")\nf(x[-1])',
    "loop": 'for x in ["one two"]:\n    f(x)',
    "comprehension": '[f(x) for x in ("one two",)]',
    "choice": 'import random\nx = ["one two"]\nf(random.choice(x))',
    "cycle": 'import itertools\nx = itertools.cycle(["one two"])\nf(next(x))',
    "pop": 'x = ["one two"]\nf(x.pop())',
    "attribute": 'class A:\n    def __init__(self):\n        self.x = "one two"\n    def g(self):\n        f(self.x)',
    "class attribute": 'class A:\n    x = "one two"\n    def g(self):\n        f(self.x)',
    "of the class": 'class A:\n    x = "one two"\nf(A.x)',
    "of an instance": 'class A:\n    x = "one two"\na = A()\nf(a.x)',
    "inherited": 'class A:\n    x = "one two"\nclass B(A):\n    def g(self):\n        f(self.x)',
    "set from outside": 'a.x = "one two"\nf(a.x)',
    "entry": 'd = {"k": "one two"}\nf(d["k"])',
    "entry of an entry": 'd = {"k": {"l": "one two"}}\nf(d["k"]["l"])',
    "entry set": 'd = {}\nd["k"] = "one two"\nf(d["k"])',
    "entry by get": 'd = {"k": "one two"}\nf(d.get("k"))',
    "entry of dict()": 'd = dict(k="one two")\nf(d["k"])',
    "default of a parameter": 'def g(x="one two"):\n    f(x)',
    "keyword default": 'def g(*, x="one two"):\n    f(x)',
    "fallback": 'import os\nf(os.getenv("K", "one two"))',
    "fallback by name": 'import os\nf(os.environ.get("K", default="one two"))',
    "or": 'import os\nf(os.environ.get("K") or "one two")',
    "condition": 'f("one two" if a else None)',
    "default of get": 'f(config.get("k", "one two"))',
    "secret type": 'from pydantic import SecretStr\nf(SecretStr("one two"))',
    "field": 'f(Field(default="one two"))',
    "factory": 'f(field(default_factory=lambda: "one two"))',
    "await": 'async def g():\n    f(await "one two")',
}


@pytest.mark.parametrize("name", ONE)
def test_it_folds_to_the_text(name: str) -> None:
    assert texts(ONE[name]) == ["one two"]


EXACT = [name for name in ONE if not {"base64", "hex", "rot13", "reversed", "replace", "lower"} & set(name.split("_"))]


@pytest.mark.parametrize(
    "name", [name for name in EXACT if not name.startswith(("base64", "unhex", "percent sign", "format places"))]
)
def test_every_piece_points_at_its_bytes(name: str) -> None:
    source = ONE[name].encode()
    (value,) = values(ONE[name])
    pieces = [source[start:end].decode() for start, end in value.spans()]
    assert "".join(pieces).replace(" ", "") == "onetwo"


def test_a_part_of_a_text_points_at_a_part_of_the_literal() -> None:
    source = 'token = "äb" "cd"\nf(f"Bearer {token}!")'
    (value,) = values(source)
    assert value.text == "Bearer äbcd!"
    start = value.text.index("b")
    spans = value.spans(start, start + 2)
    assert [source.encode()[low:high] for low, high in spans] == [b"b", b"c"]
    assert [source.encode()[low:high] for low, high in value.spans(0, 8)] == [b"Bearer ", "ä".encode()]


def test_an_escaped_literal_points_at_the_whole_of_it() -> None:
    source = r'f("one\x20two")'
    (value,) = values(source)
    assert value.text == "one two"
    assert [source[start:end] for start, end in value.spans(0, 3)] == [r"one\x20two"]


def test_decoded_text_points_at_the_literal_that_holds_it() -> None:
    source = ONE["base64"]
    (value,) = values(source)
    assert "decoded" in value.via
    assert [source[start:end] for start, end in value.spans()] == [ENCODED]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('f(f"a{x}b")', [f"a{HOLE}b"]),
        ('f("a" + x + "b")', [f"a{HOLE}b"]),
        ('f("a%sb" % x)', [f"a{HOLE}b"]),
        ('f("a{}b".format(x))', [f"a{HOLE}b"]),
        ('f(f"{1:>5}a")', [f"{HOLE}a"]),
        ('f(f"{8080}a")', ["8080a"]),
    ],
)
def test_what_is_not_known_is_a_hole(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "f(x)",
        "f(g())",
        "for x in g():\n    f(x)",
        'x = "one"\nfor x in g():\n    f(x)',
        'for x, y in [("one", "two")]:\n    f(x)',
        'x = ["one", g()]\nf(x[1])',
        'x = ["one"]\nf(x[3])',
        'x = ["one"]\nf(x[-2])',
        'x = [*y, "one"]\nf(x[1])',
        "for x in x:\n    f(x)",
        'x = ["one"]\nx = ["two"]\nf(x[0])',
        'x = {"one": "two"}\nf(x[0])',
        "f(1)",
        "f(None)",
        "f(x + y)",
        "def g(x):\n    f(x)",
        'for x in "one two".split():\n    f(x)',
        'x = "one"\nx += "two"\nf(x)',
        'with open("a") as x:\n    f(x)',
        "x = x\nf(x)",
        "x = y\ny = x\nf(x)",
        'class A:\n    x = "one two"\n    def g(self):\n        f(x)',
        'f("x" * 100000)',
        'import os\nf(os.environ["K"])',
        'import os\nf(os.getenv("K"))',
    ],
)
def test_what_is_not_followed_has_no_text(source: str) -> None:
    assert texts(source) == []


def test_alternatives_are_all_told_up_to_four() -> None:
    assert texts('x = "one"\nif a:\n    x = "two"\nf(x)') == ["one", "two"]
    assert texts('f("a" if b else "c")') == ["a", "c"]
    assert texts('x = ["one", "two"]\nf(x[n])') == ["one", "two"]
    assert texts('x = ["one", "two"]\nf(sorted(x)[0])') == ["one", "two"]
    assert texts('x = ["one", "two"]\nf(tuple(x)[1])') == ["two"]
    assert len(texts(f"for x in {list('abcdefgh')}:\n    f(x)")) == 4
    assert len(texts("\n".join(f'x = "{number}"' for number in range(9)) + "\nf(x)")) == 4


def test_a_fallback_and_a_default_are_marked() -> None:
    assert [value.via for value in values(ONE["fallback"])] == [frozenset({"environment"})]
    assert [value.via for value in values(ONE["or"])] == [frozenset({"environment"})]
    assert [value.via for value in values(ONE["default of a parameter"])] == [frozenset({"default"})]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import a.b\nf(a.b.c)", "a.b.c"),
        ("import a.b as x\nf(x.c)", "a.b.c"),
        ("from a import b as x\nf(x)", "a.b"),
        ("from a.b import c\ny = c\nf(y)", "a.b.c"),
        ("from a import b\nx = b.C()\nf(x.d)", "a.b.C.d"),
        ("import a\nwith a.C() as x:\n    f(x.d)", "a.C.d"),
        ("import a\nclass K:\n  def __init__(self):\n    self.x = a.C()\n  def g(self):\n    f(self.x.d)", "a.C.d"),
        ("from .a import b\nf(b)", ".a.b"),
        ("from a import *\nf(B)", "a.B"),
        ("f(print)", "print"),
        ("try:\n    import a as x\nexcept ImportError:\n    x = None\nf(x.y)", "a.y"),
        ("def g():\n    import a\n    f(a.b)", "a.b"),
        ("def g(x):\n    f(x)", None),
        ("def x(): ...\nf(x)", None),
    ],
)
def test_names_are_resolved_through_imports_and_instances(source: str, name: str | None) -> None:
    module = module_of(source)
    call, scope = module.calls[-1]
    assert module.qualified(call.args[-1], scope) == name


def test_the_arguments_of_a_call_with_splats() -> None:
    module = module_of('d = {"k": 1, "l": 2}\nt = (3, 4)\nf(0, *t, 5, a=6, **d)\nf(0, *u, 7, b=8)')
    calls = [(call, scope) for call, scope in module.calls]
    first, second = (
        [(each.position, each.name, ast.literal_eval(each.value)) for each in module.arguments(call, scope)]
        for call, scope in calls
    )
    assert first == [
        (0, None, 0),
        (1, None, 3),
        (2, None, 4),
        (3, None, 5),
        (None, "a", 6),
        (None, "k", 1),
        (None, "l", 2),
    ]
    assert second == [(0, None, 0), (None, "b", 8)], "positions behind an unknown splat are not known"
