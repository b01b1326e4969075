"""How likely a value that is bound to a name is a live secret: a weighted sum of what can be seen of both.

The weights stand in `likelihood.json`, which `tests/benchmarks/train_likelihood.py` makes from labelled files. What is
seen is a mapping of features to numbers, each of them described where it is made; a feature that is not set is 0.
Nothing depends on the path, so that a value in the history is judged as one in the tree is.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from linter import plausibility, value_score
from linter.credential_names import classify, words
from linter.structures.encoding import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.bindings import Binding

__all__ = ["Letters", "Likelihood", "features", "is_no_secret", "load"]

_HEADS = frozenset({"password", "secret", "token", "key", "bearer", "authorization", "credential", "salt"})
_SHORT, _LONG, _LONGER, _LONGEST = 6, 16, 24, 40
_FEW_LETTERS = 4
_LETTERS_SHARE = 0.6
_WORDS = 0.4

# Names that talk about a secret; of these words none is a head noun of `credential_names` alone.
_ABOUT = re.compile(
    r"public|pub_|pub$|cert|fingerprint|hash|digest|sha|md5|sort|cache|primary|foreign|partition|id$|_id|uid|name|ur[li]"
    r"|path|file|type|label|field|header|param|column|attr|prefix|suffix|msg|message|error|text|title|hint|desc|help"
    r"|regex|pattern|placeholder|len|size|count|num|expire|ttl|time|date|version|alg|format|policy|rule|mode|method"
    r"|status|state|event|action|enabled|required",
    re.IGNORECASE,
)
_EXAMPLE_WORD = re.compile(
    r"test|exampl|sampl|dummy|fake|mock|foo|bar|demo|your|change|secret|passw|token|key|invalid|wrong|valid|hello|user"
    r"|admin|default|none|null|true|false|string|value|qwerty|1234|abc|letmein|xxx",
    re.IGNORECASE,
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
_CLASSES = re.compile(r"[0-9]"), re.compile(r"[a-z]"), re.compile(r"[A-Z]")
_RUN = re.compile(r"[a-z]{2,}")
_CAMEL = re.compile(r"([a-z])([A-Z])")
_FIELD = re.compile(r"""\\*["']\s*:\s*\\*["']([^"'\\]+)""")

_COOKIE = re.compile(r"(?P<name>[\w.-]{1,40})=(?P<value>[^=\s;][^\s;]*)(?:;|$)")
_OF_SESSION = re.compile(r"sess|sid$|auth|token|jwt|secret|remember", re.IGNORECASE)
_SMALL = re.compile(r"[0-9]{1,9}")
_IDENTIFIER = re.compile(r"[a-z]{3,}(?:_[a-z]{3,})*_[a-z]{3,}[0-9]{1,2}")
_PUBLIC = re.compile(r"publi(?:c|shable)[_-]?(?:api[_-]?)?key|site[_-]?key", re.IGNORECASE)
_PAIR = re.compile(rb"[ -~\xa0-\xff]+:([ -~\xa0-\xff]+)")

# Masked; encrypted by Jasypt, Spring or sops; a public key (RFC 5280 4.1.2.7, of RSA or an elliptic curve); a number of
# at most 32 bits; an object identifier; a call of a method.
_NO_SECRET = re.compile(
    r".*(?:\*{3}|\.{3}|\u2026|\u2022{2})|ENC[(\[]|\{cipher\}"
    r"|MI[\w+/]{2,6}(?:MA0GCSqGSIb3DQEBAQUAA4|ANBgkqhkiG9w0BAQEFAAOC)|MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"
    r"|0[xX][0-9a-fA-F]{1,8}[uUlL]*,?$|[0-9]+(?:\.[0-9]+){3,}$|[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+\("
)


class Letters:
    """How much a text reads like words: for three letters in a row, how much likelier they are in words than by chance.

    `table` has a letter for each of `^a-z`, `a-z` and `a-z$` (a word's start and end), in that order: `A` is -4.0, and
    each next one a quarter more.
    """

    _FLOOR, _STEP = -4.0, 0.25

    def __init__(self, table: str) -> None:
        self._table = table
        self._values: dict[str, float] = {}

    @staticmethod
    def place(before: str, middle: str, after: str) -> int:
        """Where these three stand in a table."""
        first = 0 if before == "^" else ord(before) - 96
        last = 26 if after == "$" else ord(after) - 97
        return (first * 26 + ord(middle) - 97) * 27 + last

    @classmethod
    def written(cls, value: float) -> str:
        """The letter that stands for `value`, a natural logarithm, in a table."""
        return chr(65 + min(25, max(0, round((value - cls._FLOOR) / cls._STEP))))

    def likeness(self, text: str) -> tuple[float, int]:
        """The sum over the letters of `text`, above 0 for words and below for random letters, and their number."""
        total, letters = 0.0, 0
        for run in _RUN.findall(_CAMEL.sub(r"\1 \2", text).lower()):
            word = f"^{run}$"
            for at in range(len(run)):
                three = word[at : at + 3]
                if (value := self._values.get(three)) is None:
                    value = self._FLOOR + (ord(self._table[self.place(*three)]) - 65) * self._STEP
                    self._values[three] = value
                total += value
            letters += len(run)
        return total, letters

    def are_words(self, text: str) -> bool:
        """True if `text` has no digit and reads like words: a name, never a value that a machine made."""
        if any(digit in text for digit in "0123456789"):
            return False
        likeness, letters = self.likeness(text)
        return letters > 0 and likeness / letters > _WORDS


class Likelihood:
    """The trained judgement; `weights` are those of the features, `bias` is what is added to their sum."""

    def __init__(self, weights: Mapping[str, float], bias: float, letters: Letters) -> None:
        self._weights = weights
        self._bias = bias
        self._letters = letters

    def of(self, binding: Binding) -> float:
        """How likely the value of `binding` is a secret, from 0 to 1."""
        weights = self._weights
        if is_no_secret(binding):
            return 0.0
        if not classify(binding.name).chosen and self._letters.are_words(binding.value):
            return 0.0  # as most values are; it saves the look at all the rest
        found = features(binding, self._letters)
        total = self._bias + sum(weights[name] * value for name, value in found.items() if name in weights)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def load() -> Likelihood:
    """The judgement that comes with twlint."""
    stored = json.loads(Path(__file__).with_suffix(".json").read_text("ascii"))
    return Likelihood(stored["weights"], stored["bias"], Letters(stored["letters"]))


def is_no_secret(binding: Binding) -> bool:
    """True if a value is none by its form: masked, encrypted, public, a small number, a call, an ordinary cookie."""
    name, value = binding.name, binding.value
    cookie = _COOKIE.match(value) if name.lower().endswith("cookie") else None
    is_number = binding.form == "plain" and _SMALL.fullmatch(value)
    return bool(
        plausibility.is_no_secret(value.encode())
        or _NO_SECRET.match(value)
        or _PUBLIC.search(name)
        or _counts(value)
        or (name.endswith("-") and binding.operator.startswith(">"))  # a member of what has the name
        or (cookie and not _OF_SESSION.search(cookie["name"]))
        or (not classify(name).chosen and (_IDENTIFIER.fullmatch(value) or is_number))
    )


def _counts(text: str) -> bool:
    """True if digits follow one another, upwards or downwards, or are all the same."""
    if not text.isdecimal():
        return False
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(text)}
    return steps in ({0}, {1}, {9})


def features(binding: Binding, letters: Letters) -> dict[str, float]:
    """What is seen of a binding, without what is 0."""
    value = _Value(_opaque(binding.value), letters)
    found = _of_name(binding.name) | value.shape | value.kind | _of_words(binding, value) | _of_place(binding)
    return {name: float(seen) for name, seen in found.items() if seen}


def _opaque(text: str) -> str:
    """What of a value is secret: of an object its longest field, of a cookie and of Basic what stands behind a name."""
    if text.startswith("{"):
        return max(_FIELD.findall(text), key=len, default=text)
    if cookie := _COOKIE.match(text):
        return cookie["value"]
    if pair := _PAIR.fullmatch(decoded(text.encode()) or b""):
        return pair[1].decode("latin-1")
    return text


def _of_name(name: str) -> dict[str, float]:
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


class _Value:
    """A value, and what its characters show."""

    def __init__(self, text: str, letters: Letters) -> None:
        self.text = text
        self.likeness, self.letters = letters.likeness(text)
        self.mean = self.likeness / self.letters if self.letters else 0.0
        self.digits, self.lower, self.upper = (len(kind.findall(text)) for kind in _CLASSES)
        self.others = len(text) - self.digits - self.lower - self.upper

    @cached_property
    def shape(self) -> dict[str, float]:
        """Length, classes of characters, and whether the letters are those of words."""
        size = len(self.text)
        return {
            "value: short": size < _SHORT,
            "value: 16 or more": size >= _LONG,
            "value: 24 or more": size >= _LONGER,
            "value: 40 or more": size >= _LONGEST,
            "value: share of capitals": self.upper / size,
            "value: share of others": self.others / size,
            "value: has others": bool(self.others),
            "value: two digits or more": self.digits >= 2,
            "value: both cases": bool(self.lower and self.upper),
            "value: all capitals": self.upper == size,
            "value: lower case and digits": bool(self.lower and self.digits) and not self.upper and not self.others,
            "value: distinct characters": len(set(self.text)) / size,
            "value: no letters": not self.letters,
            "letters: like words": self.mean,
            "letters: like words, of letters": self.mean if (self.lower + self.upper) / size > _LETTERS_SHARE else 0,
            "letters: like words, in all": max(-40.0, min(20.0, self.likeness)) / 40,
            "letters: like chance": self.letters >= _FEW_LETTERS and self.mean < -0.5,
        }

    @cached_property
    def kind(self) -> dict[str, float]:
        """What the value is by its form, if it has one."""
        text = self.text
        return {
            "form: UUID": bool(value_score.UUID.fullmatch(text)),
            "form: hexadecimal": bool(_HEX.fullmatch(text)),
            "form: reference": bool(_REFERENCE.match(text)),
            "form: snake case": bool(_SNAKE.fullmatch(text)),
            "form: path": bool(_PATH.search(text)),
            "form: call": "(" in text or ")" in text,
            "form: repeats": bool(_REPEAT.search(text)),
            "form: counts": bool(_SEQUENCE.search(text)),
            "form: template": bool(_TEMPLATE.search(text)),
            "form: number": text.replace("_", "").replace(".", "").isdigit(),
        }


def _of_words(binding: Binding, value: _Value) -> dict[str, float]:
    """What the words of the value say, and the scores of a value made by a machine and of one that people choose."""
    text, data = value.text, value.text.encode()
    is_chosen = classify(binding.name).chosen
    says_example = bool(_EXAMPLE_WORD.search(text))
    scored = f"score: {'chosen' if is_chosen else 'random'} {value_score.score(text, binding.name, chosen=is_chosen)}"
    return {
        scored: 1,
        f"{scored}, {binding.form}": 1,
        "words: placeholder": plausibility.is_placeholder(data),
        "words: common": plausibility.is_common_password(data),
        "words: only words": value_score.is_wordlike(text),
        "words: of an example": says_example,
        "words: of an example, chosen": says_example and is_chosen,
        "letters: like words, chosen": value.mean if is_chosen else 0,
    }


def _of_place(binding: Binding) -> dict[str, float]:
    """What the syntax and the rest of the line show."""
    operator, before, after = binding.operator, binding.before, binding.after.strip()
    return {
        f"syntax: {binding.form}": 1,
        "syntax: comparison": "==" in operator or "!=" in operator,
        "syntax: arrow": "=>" in operator,
        "syntax: colon": ":" in operator and ":=" not in operator,
        "syntax: blanks before =": " =" in operator,
        "syntax: escaped quote": "\\" in operator,
        "line: sets a variable": bool(_SETS.search(before)),
        "line: names a user": bool(_OF_USER.search(before)),
        "line: asserts": bool(_ASSERTS.search(before)),
        "line: declares": bool(_DECLARES.search(before)),
        "line: in a call": "(" in before,
        "line: starts here": not before.strip(),
        "line: ends here": not after or after in ('"', "'", '",', "',", '"]'),
        "line: goes on with a comma": after[:2] in ('",', "',") or after[:1] == ",",
        "line: ends a statement": ";" in after[:3],
        "line: continues": after.endswith("\\"),
    }
