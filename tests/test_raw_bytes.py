"""Which bytes are such that a generator gave them."""

from __future__ import annotations

import random

import pytest

from linter.ast_rules import raw_bytes
from linter.python.names import text_of

SEED = 20_310_401


@pytest.mark.parametrize(("length", "expected"), [(8, 2), (15, 2), (16, 3), (32, 3), (64, 3), (128, 3)])
def test_most_of_what_a_generator_gives_is_known(length: int, expected: int) -> None:
    generator = random.Random(SEED)
    scores = [raw_bytes.score(text_of(generator.randbytes(length))) for _ in range(500)]
    assert set(scores) <= {0, expected}
    assert scores.count(expected) > 0.85 * len(scores)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xb2\x91\x07\xf4k\x8a\xe3",
        b"heron-quarry",
        "héron à côté".encode("latin-1"),
        "it\u2019s a \u201cword\u201d".encode("cp1252"),
        "цапля и камень".encode(),
        "цапля и камень".encode("cp1251"),
        "heron-quarry".encode("utf-16"),
        bytes(range(16)),
        bytes(range(240, 80, -10)),
        b"\x00\xff" * 8,
        b"\x0b" * 20,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01",
        b"0\x82\x01\x0a\x02\x82\x01\x01\x00\xb2\x91\x07\xf4k\x8a\xe3",
        random.Random(SEED).randbytes(129),
    ],
)
def test_texts_counters_patterns_and_files_are_not(data: bytes) -> None:
    assert raw_bytes.score(text_of(data)) == 0
