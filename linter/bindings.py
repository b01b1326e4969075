"""Where a text binds a value to a name that means a secret, in the syntaxes that code and configuration have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["BEFORE", "BEHIND", "GOES_ON", "SYNTAX", "Binding", "hint", "read", "reader"]

BEFORE = 400
"""Bytes before the start of a value that its binding may have, with what stands before the name."""

BEHIND = 2_400
"""Bytes from the start of a value that are read."""

_LINE_REACH = 100
_LONGEST = 2_048
_LONG_PLAIN = 200

_DIGIT_SOON = r"[\w+/=.:~%-]{0,13}[0-9][\w+/=.:~%!-]{4}"
_STARTS = {
    "chosen": r"""[^\s"'`]{3}""",
    "random": rf"(?:{_DIGIT_SOON}|[A-Z]{{15}}|[a-z_-]{{9}})",
    "encoded": rf"(?:{_DIGIT_SOON}|[A-Za-z]{{0,6}}[a-z][A-Z][A-Za-z0-9+/=]{{3}})",
}
"""How a value goes on behind its first character that people choose; that a machine makes: a digit soon, or many
letters of one case; that is base64."""

_QUOTE = r"""(?:\\{0,3}["'`]|&(?:#34|#39|quot);)"""
_TAIL = r"[\w.$-]{0,24}"
_CLOSE = rf"{_QUOTE}?[\])]?"
_VALUE = rf",?\s{{1,24}}{_QUOTE}?(?i:value|default){_QUOTE}?\s{{0,2}}[:=]"
_TYPE = r":\s?[\w&.?]{1,12}\s?=|\sstring\s="
_OPERATOR = rf"(?:[=:,(>]|=>|:=|===?|!==?|\|\||\?\?|or\b|{_VALUE}|{_TYPE})"
_CALL = r"(?:[\w.:]{1,16}\(|\[\]byte\(|[(\[{]\s{0,4})?"
_QUOTED = rf"{_CLOSE}\s{{0,24}}{_OPERATOR}\s{{0,24}}{_CALL}[bruf@]{{0,2}}"
_PLAIN = rf"{_QUOTE}?[ \t]{{0,24}}(?:=>|:=|[=:>]|{_VALUE})[ \t]{{0,8}}"
_BLANK = r"\s{1,4}"
_LINE_NAME = r"(?i:password|passwd|passphrase|requirepass|masterauth|identified\s{1,4}by|securestring)"
_FLAG = r"""[\s"'`]--?(?:[A-Za-z0-9]{1,12}-){0,2}"""
_SCHEME = r"(?:(?i:basic|bearer|token|bot|apikey|digest)\s{1,2})?"

# How a value starts: not as a template, a variable, a tag or an expression does.
_IN_QUOTES = r"""[^\s"'`\\$<%{]"""
_OBJECT = r"""\{\\{1,3}"[^\n]{20}"""
_BARE = r"""[^\s"'`\\$<>(){}\[\],;|&%*]"""


def hint(names: Sequence[str], values: str) -> str:
    """The pattern of one of `names` (patterns) and of what is bound to it, up to the value's first characters.

    `values` says how they come about: `chosen` by people, `random` or `encoded`.
    """
    named, more = f"(?i:{'|'.join(names)}){_TAIL}", _STARTS[values]
    forms = [
        rf"{named}(?:{_QUOTED}{_QUOTE}(?:{_SCHEME}{_IN_QUOTES}{more}|{_OBJECT})|{_PLAIN}{_SCHEME}{_BARE}{more})",
        rf"{_FLAG}{named}[ \t]{{1,2}}{_QUOTE}?{_BARE}{more}",
    ]
    if values == "chosen":
        forms.append(rf"{_LINE_NAME}{_BLANK}(?:{_QUOTE}{_BARE}{more}|{_BARE}{more}[^\s\"'`]{{0,24}}[ \t]{{0,2}}$)")
    elif values == "encoded":
        forms.append(rf"{named}{_BLANK}{_BARE}{more}")
    return f"(?:{'|'.join(forms)})"


def reader(names: Sequence[str], values: str) -> str:
    """The pattern of a binding as `read` needs it; where it leads to a binding, that of `hint` matches."""
    more, blank = _STARTS[values], "encoded" if values == "encoded" else "blank"
    return (
        rf"(?i:{'|'.join(names)}){_TAIL}"
        rf"(?:{_QUOTED}(?P<open>{_QUOTE}){_SCHEME}(?P<quoted>{_IN_QUOTES}{more}|{_OBJECT})"
        rf"|{_PLAIN}{_SCHEME}(?P<plain>{_BARE}{more})"
        rf"|{_BLANK}(?P<mark>{_QUOTE}?)(?P<{blank}>{_BARE}{more}))"
    )


SYNTAX = "".join(pattern((), values) for pattern in (hint, reader) for values in _STARTS)
"""What all patterns of bindings are made of."""


class Binding(NamedTuple):
    """A name and what is bound to it; `span` are the bytes of the value in the text that was read.

    `form` is the syntax: quoted, plain, element (of XML), flag (of a command),
    line (a word and its value) or scheme (of an HTTP header). `before`
    is what stands before the name in its line, `operator` what stands between name and value, `after` what follows
    the value in its line.
    """

    name: str
    value: str
    span: tuple[int, int]
    form: str
    before: str
    operator: str
    after: str


_NAME = re.compile(rb"(?:identified\s{1,4}by|[\w.$@-]+)", re.IGNORECASE)
_NAME_BEFORE = re.compile(rb"[\w.$@-]{1,60}\Z")
_FLAG_BEFORE = re.compile(rb"(?:\A|[\s\"'`])--?(?:[A-Za-z0-9]{1,12}-){0,2}\Z")
_LINE_START = re.compile(rb"%s%s(?:%s)?\Z" % (_LINE_NAME.encode(), _BLANK.encode(), _QUOTE.encode()))
_LINE_BEFORE = re.compile(rb"[ \t]{0,20}(?:[\w.@-]{1,60}[ \t]{1,4}){0,5}\Z")
_LINE_VALUE = re.compile(rb"[^\s\"'`]{3,80}(?=[\"']?[ \t]*(?:$|[#;]))", re.MULTILINE)
_PLAIN_VALUE = re.compile(rb"[^\s\"'`<>\\]{1,512}")
_ENCODED_VALUE = re.compile(rb"[\w+/=.~-]{8,2048}")
_ENDS_VALUE = re.compile(rb"[,;(){}\[\]|&]")
# A quoted text that a colon or an operator follows is the name of something else.
_IS_NAME = re.compile(rb"(?:\\{0,3}[\"'`]|&quot;|&#3[49];)\s{0,4}(?::|=>?[^=])")
# A call, an element, an attribute: with the character behind it.
_IS_CODE = re.compile(rb"[\w.]+[(\[]|[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]+)+[^\w.=+/-]")
GOES_ON = re.compile(rb"[ \t]*(?:[bruf@]{0,2}\\{0,3}[\"'`]|[(\[{&]|value|default)", re.IGNORECASE)
"""How a line starts whose first value may be bound to a name in the line before."""

_WHOLE_LINE = re.compile(rb"[ \t]{0,40}(?:-[ \t]+|export[ \t]+|set[ \t]+|ENV[ \t]+|#[ \t]*)?[\"']?\Z")


def read(pattern: re.Pattern[bytes], text: bytes, start: int, stop: int) -> Iterator[Binding]:
    """The bindings in `text` whose values start between `start` and `stop`; `pattern` is a compiled `reader`."""
    at = 0
    while match := pattern.search(text, at):
        form = str(match.lastgroup)
        first = match.start(form)
        at = first
        if not start <= first < stop:
            continue
        before_name = _NAME_BEFORE.search(text, max(0, match.start() - 60), match.start())
        begin = before_name.start() if before_name else match.start()
        earliest = max(0, begin - _LINE_REACH)  # a line may be as long as the content
        before = text[max(text.rfind(b"\n", earliest, begin) + 1, earliest) : begin]
        found = _value(text, match, form, before, text[begin : match.start()])
        if found is None:
            continue
        form, end = found
        if form == "plain" and end - first > _LONG_PLAIN:  # whatever else it says
            at = end
        name = _NAME.match(text, begin)
        name_end = min(name.end(), first) if name else match.start()
        after = text[end : end + 60].split(b"\n", 1)[0]
        named, value, operator = map(_text, (text[begin:name_end], text[first:end], text[name_end:first]))
        yield Binding(named, value, (first, end), form, _text(before), operator, _text(after))


def _value(text: bytes, match: re.Match[bytes], form: str, before: bytes, lead: bytes) -> tuple[str, int] | None:
    """The syntax and the end of the value that starts where `match` says, or None if it does not end as it should."""
    first = match.start(form)
    if form == "quoted":
        end = _quote_end(text, first, match["open"])
        return None if end is None or _IS_NAME.match(text, end) else (form, end)
    if form == "encoded":
        encoded = _ENCODED_VALUE.match(text, first)
        return ("scheme", encoded.end()) if encoded else None
    if form == "blank":
        return _blank_value(text, match, before, lead)
    if text[first - 1 : first] == b">" and before.endswith((b"<", b":")):
        end = text.find(b"<", first, first + _LONGEST)
        return ("element", first + len(text[first:end].rstrip())) if end > 0 else None
    found = _PLAIN_VALUE.match(text, first)
    if found is None:
        return None
    if _WHOLE_LINE.match(before) and text[found.end() : found.end() + 1] in (b"\n", b"\r", b""):
        return form, found.end()
    cut = _ENDS_VALUE.search(text, first, found.end())
    end = cut.start() if cut else found.end()
    return None if _IS_CODE.fullmatch(text, first, end + 1) else (form, end)


def _blank_value(text: bytes, match: re.Match[bytes], before: bytes, lead: bytes) -> tuple[str, int] | None:
    first = match.start("blank")
    if lead.startswith(b"-") and _FLAG_BEFORE.search(before[-1:] + lead):
        if match["mark"]:
            end = _quote_end(text, first, match["mark"])
            return None if end is None else ("flag", end)
        found = _PLAIN_VALUE.match(text, first)
        return ("flag", found.end()) if found else None
    if not match["mark"] and b"\n" in text[match.start() : first]:
        return None
    if not _LINE_START.search(text, match.start() - len(lead), first):
        return None
    if match["mark"] and match[0][:3].lower() in (b"ide", b"sec"):
        end = _quote_end(text, first, match["mark"])
        return None if end is None else ("quoted", end)
    found = _LINE_VALUE.match(text, first) if _LINE_BEFORE.match(before + lead) else None
    return ("line", found.end()) if found else None


def _quote_end(text: bytes, first: int, quote: bytes) -> int | None:
    """Where the quote closes that opened as `quote`, escaped as often as it was."""
    end = text.find(quote, first, first + _LONGEST)
    while end > 0 and quote[:1] != b"\\" and text[end - 1 : end] == b"\\" and text[end - 2 : end] != b"\\\\":
        end = text.find(quote, end + 1, first + _LONGEST)
    if end <= 0 or b"\n" in text[first:end]:
        return None
    return end


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
