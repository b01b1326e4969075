"""Lines and columns against an oracle that decodes and splits (RELIABILITY B2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.model import WHOLE
from linter.positions import Positions, advance, frame
from tests.batches import positions_of

TEXTS = {
    "plain": "first\nsecond\n\nfourth",
    "crlf": "first\r\nsecond\r\n\r\nfourth\r\n",
    "cr": "first\rsecond\r\rfourth",
    "cr-in-lf": "fir\rst\nsec\rond\n",
    "two-bytes": "äöü = ä\nñandú\n",
    "three-bytes": "密钥 = 值\n中文注释\n",
    "four-bytes": "🔑 = 🗝️\n👩‍👩‍👧 x\n",
    "separators": "x\u2028y\u0085z\x0b\x0cw\nnext\n",
    "zero-bytes": "a\0b\n\0\0c\n",
    "one-line": "no line end at all",
}
CASES = [(name, quarter) for name in TEXTS for quarter in range(4)]


def _oracle(text: str, index: int) -> tuple[int, int]:
    """The line and column of the character at `index`."""
    newline = "\n" if "\n" in text else "\r"
    lines = text[:index].split(newline)
    return len(lines), len(lines[-1]) + 1


@pytest.mark.parametrize(("name", "quarter"), CASES)
def test_a_place_is_where_the_oracle_has_it(name: str, quarter: int) -> None:
    text = TEXTS[name]
    index = len(text) * quarter // 3
    assert positions_of(text.encode()).place(1 + len(text[:index].encode())) == _oracle(text, index)


@given(st.text(alphabet="ab\r\nä密🔑\0\u2028", max_size=60), st.data())
def test_places_may_be_asked_in_any_order(text: str, data: st.DataObject) -> None:
    positions = positions_of(text.encode())
    for index in data.draw(st.lists(st.integers(0, len(text)), max_size=6)):
        assert positions.place(1 + len(text[:index].encode())) == _oracle(text, index)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_bytes_that_are_no_text_have_places_too(content: bytes, offset: int) -> None:
    line, column = positions_of(content).place(1 + min(offset, len(content)))
    assert line >= 1
    assert column >= 1


@pytest.mark.parametrize("newline", ["\n", "\r"], ids=repr)
@given(parts=st.lists(st.sampled_from(["ab", "ä密", "END", "c"]), min_size=1), data=st.data())
def test_a_window_counts_on_from_where_it_starts(newline: str, parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts).replace("END", newline)
    first, cut, index = sorted(data.draw(st.integers(0, len(text))) for _ in range(3))
    origin = advance(advance(WHOLE, text[:first].encode()), text[first:cut].encode())
    rest = bytearray(b"\n" + text[cut:].encode())
    positions = Positions(rest, 1, len(rest), origin)
    assert positions.place(1 + len(text[cut:index].encode())) == _oracle(text, index)


def _frame(content: str, *secrets: str, shown: int = 0) -> tuple[int, tuple[str, ...]]:
    positions = positions_of(content.encode())
    masks = []
    for secret in secrets:
        start = 1 + content.encode().index(secret.encode())
        masks.append((start, start + len(secret.encode()), "…"))
    made = frame(positions, positions.place(masks[shown][0])[0], masks[shown][:2], sorted(masks))
    return made.first, made.lines


def test_a_frame_has_one_line_before_and_one_behind() -> None:
    assert _frame("a\nb\nkey=hush\nd\ne\n", "hush") == (2, ("b", "key=…", "d"))


def test_a_frame_at_the_start_and_at_the_end_is_shorter() -> None:
    assert _frame("hush\nb", "hush") == (1, ("…", "b"))
    assert _frame("a\nhush", "hush") == (1, ("a", "…"))


def test_every_secret_of_a_frame_is_masked() -> None:
    assert _frame("one=aaaa\ntwo=bbbb three=cccc\nfour=dddd", "aaaa", "bbbb", "cccc", "dddd", shown=1) == (
        1,
        ("one=…", "two=… three=…", "four=…"),
    )


def test_a_secret_of_several_lines_is_one_mask() -> None:
    assert _frame("x\nkey=aa\nbb\ncc;\ny", "aa\nbb\ncc") == (1, ("x", "key=…;", "y"))


def test_a_secret_that_reaches_into_the_frame_is_masked_there() -> None:
    assert _frame("aa\nbb\nhush\ncc\ndd", "aa\nbb", "hush", "cc\ndd", shown=1)[1] == ("…", "…", "…")


def test_a_long_line_is_cut_around_the_secret() -> None:
    _, (line,) = _frame("a" * 5_000 + " hush " + "b" * 5_000, "hush")
    assert " … " in line
    assert len(line) < 300
