"""Notebooks: their code is read as one source, and findings point at the bytes of the notebook."""

from __future__ import annotations

import json

import pytest

from linter import ast_rules, sinks
from linter.ast_rules import analyse_notebook
from linter.rule_files import read_files

RULES = ast_rules.builtin(sinks.parse(read_files(sinks.builtin_files())))
VALUE = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"


def notebook(*cells: str | list[str], kind: str = "code") -> bytes:
    written = [{"cell_type": kind, "metadata": {"tags": ["a"]}, "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"metadata": {"cells": "no"}, "cells": written, "nbformat": 4}, indent=1).encode()


def pointed_at(data: bytes) -> list[bytes]:
    analysis = analyse_notebook(data, lambda _: RULES)
    assert analysis.fault is None
    return [data[start:end] for candidate in analysis.candidates for start, end in candidate.spans]


def test_a_finding_points_into_the_string_of_its_line() -> None:
    data = notebook(["import os\n", f'api_key = "{VALUE}"\n', "x = 1"])
    assert pointed_at(data) == [VALUE.encode()]


def test_names_reach_from_cell_to_cell() -> None:
    data = notebook(f"K = '{VALUE}'", ['h = {"Authorization": f"Bearer {K}"}'])
    assert pointed_at(data) == [VALUE.encode()]


@pytest.mark.parametrize("escaped", ["café \u2028", "\U0001f600", '"\\"', "\t\\n"])
def test_escapes_before_it_do_not_move_it(escaped: str) -> None:
    line = f"x = {escaped!r}; api_key = '{VALUE}'"
    assert pointed_at(notebook([line])) == [VALUE.encode()]
    assert pointed_at(json.dumps(json.loads(notebook([line])), ensure_ascii=False).encode()) == [VALUE.encode()]


@pytest.mark.parametrize(
    "magic",
    ["%pip install x\n", "!ls\n", "files = !ls\n", "%%time\n", "print?\n", "if a:\n    !ls\n", "?print\n"],
)
def test_magics_are_no_trouble(magic: str) -> None:
    assert pointed_at(notebook(magic + f'api_key = "{VALUE}"')) == [VALUE.encode()]


def test_cells_of_another_language_and_text_are_left_out() -> None:
    assert pointed_at(notebook(f"%%bash\napi_key='{VALUE}'", "x = 1")) == []
    assert pointed_at(notebook(f"api_key = '{VALUE}'", kind="markdown")) == []


def test_a_cell_that_is_no_python_is_told_and_the_others_are_read() -> None:
    data = notebook("def (:", f"api_key = '{VALUE}'")
    analysis = analyse_notebook(data, lambda _: RULES)
    assert analysis.fault == "a cell is not the syntax of this Python"
    assert [candidate.secret for candidate in analysis.candidates] == [VALUE.encode()]


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"not json"])
def test_what_is_no_notebook(data: bytes) -> None:
    assert analyse_notebook(data, lambda _: RULES) == ((), "not a notebook")


@pytest.mark.parametrize("data", [b"[]", b"1", b'{"cells": 3}', b'{"cells": [1, {"source": 2}]}', b'"cells"'])
def test_json_without_cells_has_nothing_to_tell(data: bytes) -> None:
    assert analyse_notebook(data, lambda _: RULES) == ((), None)
