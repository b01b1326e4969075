"""The encoding of a content, from its first bytes."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.decode import encoding_of, promises, search, texts

CODECS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
TEXT = 'key = "value"\r\n# a comment with ä and 密钥\n'


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without mark", "with mark"])
def test_text_of_two_and_four_bytes_is_known(codec: str, mark: str) -> None:
    assert encoding_of((mark + TEXT).encode(codec)) == codec


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("text", ["k=v", "k=v\n", 'token="abc"'])
def test_short_text_is_known(codec: str, text: str) -> None:
    assert encoding_of(text.encode(codec)) == codec


def test_a_mark_is_enough_where_no_byte_is_zero() -> None:
    assert encoding_of("\ufeff密钥".encode("utf-16-le")) == "utf-16-le"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a",
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("latin-1", "replace"),
        TEXT.encode("gbk", "replace"),
        b"x=1\0\n" + TEXT.encode(),
        bytes(4096),
        os.urandom(4096),
        b"\x7fELF\x02\x01\x01" + bytes(9) + bytes(range(256)) * 8,
    ],
    ids=["empty", "a", "utf-8", "mark", "latin-1", "gbk", "one zero", "zeros", "random", "elf"],
)
def test_all_other_content_is_taken_as_it_is(content: bytes) -> None:
    assert encoding_of(content) is None


@given(st.binary(max_size=300))
def test_any_bytes_can_be_asked_about(content: bytes) -> None:
    assert encoding_of(content) in (None, *CODECS)


def test_a_long_line_of_escapes_is_read_a_few_times_and_not_with_every_escape() -> None:
    """A recorded answer is often one line of megabytes, with a thousand escaped texts in it."""
    line = bytearray(b"{" + b", ".join([rb'\\"password\\": \\"a b c d e f g h\\"'] * 20_000) + b"}")
    places = sorted(search(line, len(line), promises([])))
    assert len(places) > 10_000
    read = [text.end - text.start for text in texts(line, 0, len(line), places)]
    assert len(line) <= sum(read) < 3 * len(line)
