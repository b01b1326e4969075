"""What can be seen of a value that is bound to a name, and of that name: numbers, by the names of features."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from linter import plausibility, value_score
from linter.credential_names import classify, words
from linter.likelihood.no_secret import COOKIE
from linter.structures.encoding import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.bindings import Binding
    from linter.likelihood.letters import Letters

__all__ = ["FEATURES", "Seen", "features", "of_name"]

_HEADS = frozenset({"password", "secret", "token", "key", "bearer", "authorization", "credential", "salt"})
_SHORT, _LONG, _LONGER, _LONGEST = 6, 16, 24, 40
_FEW_LETTERS = 4
_LETTERS_SHARE = 0.6

# Names that talk about a secret; of these words none is a head noun of `credential_names` alone.
_ABOUT = re.compile(
    r"public|pub_|pub$|cert|fingerprint|hash|digest|sha|md5|sort|cache|primary|foreign|partition|id$|_id|uid|name|ur[li]"
    r"|path|file|type|label|field|header|param|column|attr|prefix|suffix|msg|message|error|text|title|hint|desc|help"
    r"|regex|pattern|placeholder|len|size|count|num|expire|ttl|time|date|version|alg|format|policy|rule|mode|method"
    r"|status|state|event|action|enabled|required",
    re.IGNORECASE,
)
# Sought in lower case: without regard to case, the search would try each word at each character.
_EXAMPLE_WORD = re.compile(
    r"test|exampl|sampl|dummy|fake|mock|foo|bar|demo|your|change|secret|passw|token|key|invalid|wrong|valid|hello|user"
    r"|admin|default|none|null|true|false|string|value|qwerty|1234|abc|letmein|xxx"
)
_REFERENCE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{16,}")
_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_PATH = re.compile(r"://|^[./~]|/.*/|\\")
_REPEAT = re.compile(r"(.)\1{3}")
_SEQUENCE = re.compile(r"1234|abcd|qwer", re.IGNORECASE)
_TEMPLATE = re.compile(r"\$\{|\{\{|<[^>]+>|%[sdv(]|\$\(|#\{|\$[A-Za-z]")
_OF_USER = re.compile(r"user|login|email|uid", re.IGNORECASE)
_ASSERTS = re.compile(r"assert|expect|equal|should|test", re.IGNORECASE)
_DECLARES = re.compile(r"\b(?:const|let|var|final|static|[Ss]tring|def|char)\b")
_SETS = re.compile(r"(?:export|-e|ENV|set|SET|-)\s+$")
_DIGITS, _LOWER, _UPPER = b"0123456789", b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIELD = re.compile(r"""\\*["']\s*:\s*\\*["']([^"'\\]+)""")
_PAIR = re.compile(rb"[ -~\xa0-\xff]+:([ -~\xa0-\xff]+)")


def features(binding: Binding, letters: Letters) -> dict[str, float]:
    """What is seen of a binding, without what is 0."""
    seen = Seen(binding, letters)
    measured = {name: feature(seen) for name, feature in FEATURES.items()}
    found = of_name(binding.name) | measured | dict.fromkeys(seen.kinds(), 1.0)
    return {name: float(value) for name, value in found.items() if value}


def _opaque(text: str) -> str:
    """What of a value is secret: of an object its longest field, of a cookie and of Basic what stands behind a name."""
    if text.startswith("{"):
        return max(_FIELD.findall(text), key=len, default=text)
    if cookie := COOKIE.match(text):
        return cookie["value"]
    if pair := _PAIR.fullmatch(decoded(text.encode()) or b""):
        return pair[1].decode("latin-1")
    return text


def of_name(name: str) -> dict[str, float]:
    """What is seen of a name alone, and so of every value that has it."""
    named, parts = classify(name), words(name)
    head = parts[-1] if parts and parts[-1] in _HEADS else "other"
    return {
        f"name: strength {named.strength}": 1,
        f"name: head {head}": 1,
        "name: is a token": named.is_token,
        "name: in capitals": name.isupper(),
        "name: one word": len(parts) == 1,
        "name: about a secret": bool(_ABOUT.search(name)),
    }


class Seen:
    """A binding, and what its value shows that several features ask for."""

    def __init__(self, binding: Binding, letters: Letters) -> None:
        self.text = text = _opaque(binding.value)
        self.data = text.encode()
        self.size = len(text)
        self.digits, self.lower, self.upper = (_count(self.data, kind) for kind in (_DIGITS, _LOWER, _UPPER))
        self.others = self.size - self.digits - self.lower - self.upper
        self.likeness, self.letters = letters.likeness(text)
        self.mean = self.likeness / self.letters if self.letters else 0.0
        self.name, self.form, self.operator, self.before = binding.name, binding.form, binding.operator, binding.before
        self.after = binding.after.strip()
        self.is_chosen = classify(binding.name).chosen

    def kinds(self) -> Iterator[str]:
        """The features that are 1 because of the syntax, and of the score of a value of this kind in it."""
        score = value_score.score(self.text, self.name, chosen=self.is_chosen)
        scored = f"score: {'chosen' if self.is_chosen else 'random'} {score}"
        yield from (scored, f"{scored}, {self.form}", f"syntax: {self.form}")

    def says_example(self) -> bool:
        """True if a word of examples stands in the value."""
        return bool(_EXAMPLE_WORD.search(self.text.lower()))


def _count(data: bytes, kind: bytes) -> int:
    return len(data) - len(data.translate(None, kind))


# A judgement asks for those that have a weight, training for all.
FEATURES: dict[str, Callable[[Seen], float]] = {
    # Length, classes of characters, and whether the letters are those of words.
    "value: short": lambda seen: seen.size < _SHORT,
    "value: 16 or more": lambda seen: seen.size >= _LONG,
    "value: 24 or more": lambda seen: seen.size >= _LONGER,
    "value: 40 or more": lambda seen: seen.size >= _LONGEST,
    "value: share of capitals": lambda seen: seen.upper / seen.size,
    "value: share of others": lambda seen: seen.others / seen.size,
    "value: has others": lambda seen: seen.others > 0,
    "value: two digits or more": lambda seen: seen.digits >= 2,
    "value: both cases": lambda seen: seen.lower > 0 and seen.upper > 0,
    "value: all capitals": lambda seen: seen.upper == seen.size,
    "value: lower case and digits": lambda seen: 0 < seen.lower < seen.lower + seen.digits == seen.size,
    "value: distinct characters": lambda seen: len(set(seen.text)) / seen.size,
    "value: no letters": lambda seen: not seen.letters,
    "letters: like words": lambda seen: seen.mean,
    "letters: like words, of letters": lambda seen: (
        seen.mean if (seen.lower + seen.upper) / seen.size > _LETTERS_SHARE else 0
    ),
    "letters: like words, in all": lambda seen: max(-40.0, min(20.0, seen.likeness)) / 40,
    "letters: like words, chosen": lambda seen: seen.mean if seen.is_chosen else 0,
    "letters: like chance": lambda seen: seen.letters >= _FEW_LETTERS and seen.mean < -0.5,
    # What the value is by its form.
    "form: UUID": lambda seen: bool(value_score.UUID.fullmatch(seen.text)),
    "form: hexadecimal": lambda seen: bool(_HEX.fullmatch(seen.text)),
    "form: reference": lambda seen: bool(_REFERENCE.match(seen.text)),
    "form: snake case": lambda seen: bool(_SNAKE.fullmatch(seen.text)),
    "form: path": lambda seen: bool(_PATH.search(seen.text)),
    "form: call": lambda seen: "(" in seen.text or ")" in seen.text,
    "form: repeats": lambda seen: bool(_REPEAT.search(seen.text)),
    "form: counts": lambda seen: bool(_SEQUENCE.search(seen.text)),
    "form: template": lambda seen: bool(_TEMPLATE.search(seen.text)),
    "form: number": lambda seen: seen.text.replace("_", "").replace(".", "").isdigit(),
    # What the words of the value say.
    "words: placeholder": lambda seen: plausibility.is_placeholder(seen.data),
    "words: common": lambda seen: plausibility.is_common_password(seen.data),
    "words: only words": lambda seen: value_score.is_wordlike(seen.text),
    "words: of an example": lambda seen: seen.says_example(),
    "words: of an example, chosen": lambda seen: seen.is_chosen and seen.says_example(),
    # What stands between name and value, and the rest of the line.
    "syntax: comparison": lambda seen: "==" in seen.operator or "!=" in seen.operator,
    "syntax: arrow": lambda seen: "=>" in seen.operator,
    "syntax: colon": lambda seen: ":" in seen.operator and ":=" not in seen.operator,
    "syntax: blanks before =": lambda seen: " =" in seen.operator,
    "syntax: escaped quote": lambda seen: "\\" in seen.operator,
    "line: sets a variable": lambda seen: bool(_SETS.search(seen.before)),
    "line: names a user": lambda seen: bool(_OF_USER.search(seen.before)),
    "line: asserts": lambda seen: bool(_ASSERTS.search(seen.before)),
    "line: declares": lambda seen: bool(_DECLARES.search(seen.before)),
    "line: in a call": lambda seen: "(" in seen.before,
    "line: starts here": lambda seen: not seen.before.strip(),
    "line: ends here": lambda seen: not seen.after or seen.after in ('"', "'", '",', "',", '"]'),
    "line: goes on with a comma": lambda seen: seen.after[:2] in ('",', "',") or seen.after[:1] == ",",
    "line: ends a statement": lambda seen: ";" in seen.after[:3],
    "line: continues": lambda seen: seen.after.endswith("\\"),
}
