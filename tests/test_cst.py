"""Sources in syntax that is newer than the running Python are analysed all the same."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from linter import cst
from tests import scans

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

PASSWORD = "Kq7-vTz9" + "-mWx3"
NEWER = {
    "alias": "type Names[T] = dict[str, T]\n",
    "generic function": "def first[T: (int, str)](items: list[T]) -> T:\n    return items[0]\n",
    "generic class": "class Box[T = int](Base):\n    pass\n",
    "quotes": 'x = f"{names["a"]} {\n    1 + 1}"\n',
    "template": 'x = t"{names}"\n',
    "handlers": "try:\n    run()\nexcept ValueError, KeyError:\n    pass\n",
    "all": 'type A = int\ndef f[T]():\n    try:\n        return t"{f"{a["b"]}"}"\n    except A, B:\n        pass\n',
}


@pytest.mark.parametrize("written", NEWER.values(), ids=NEWER)
def test_newer_syntax_is_rewritten_and_every_other_byte_stays(written: str) -> None:
    source = f'token = "é"\n{written}db_password = "{PASSWORD}"\n'.encode()
    older = cst.in_older_syntax(source)
    if older is None:  # this Python reads the quotes
        ast.parse(source)
        return
    ast.parse(older)
    assert len(older) == len(source)
    assert older.endswith(f'db_password = "{PASSWORD}"\n'.encode())


@pytest.mark.parametrize(
    "source",
    [
        b"x = 1\n",
        b"def f(:\n",
        b"x = " + b"(" * 200 + b")" * 200 + b"\n",
        b"type X = int\n" * 40_000,
        b"\xff = 1\n",
    ],
    ids=["nothing new", "broken", "deep", "large", "no text"],
)
def test_what_is_not_newer_is_left(source: bytes) -> None:
    assert cst.in_older_syntax(source) is None


def test_a_credential_in_newer_syntax_is_found_by_ast_rules(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text(f"{NEWER['all']}\ndb_password = (\n    {PASSWORD!r}\n)\n")
    report = scans.scan(twlint, "--no-history")
    assert [each["rule"] for each in report["findings"]] == ["hardcoded-credential-assignment"]
    assert report["coverage"]["skipped"] == []


def test_what_stands_in_f_strings_is_followed_in_newer_syntax_too(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text(f'type A = int\nword = "{PASSWORD}"\nurl = f"amqp://app:{{word}}@mq.corp.test/x"\n')
    (finding,) = scans.scan(twlint, "--no-history")["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("credentials-in-url", 2)


def test_what_no_python_reads_is_told(twlint: Twlint, project: Path) -> None:
    (project / "a.py").write_text(f"def f(:\ndb_password = {PASSWORD!r}\n")
    (skip,) = scans.scan(twlint, "--no-history")["coverage"]["skipped"]
    assert (skip["path"], skip["kind"], skip["reason"]) == (
        "a.py",
        "degraded",
        "AST rules: not the syntax of this Python",
    )
