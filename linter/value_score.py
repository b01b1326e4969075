"""How much a literal looks like a live credential, from its characters and the name it has.

0: it is none; 1: a word or a number, as only a password may be; 2: plausible; 3: random, or as good as random.
"""

from __future__ import annotations

import re

from linter import credential_names, plausibility
from linter.word_sets import word_set

__all__ = ["UUID", "is_wordlike", "score"]

_LEET = str.maketrans("01345@$!", "oieasasi")
_MIXED, _MIXED_LENGTH = 4, 9
_PHRASE_LENGTH = 12
_SHORTEST, _SHORTEST_PASSWORD = 8, 4
_LONGEST = 8192

_PRINTABLE = re.compile(r"[!-~]+(?: [!-~]+)?|[a-z]{4}(?: [a-z]{4}){3}")
_TEMPLATE = re.compile(r"\$[{(]|\{\{|\}\}|<[^<>]+>|%[(sdr]|\{[A-Za-z_]*\}")
_WHOLE_TEMPLATE = re.compile(r"\{.*\}|\$[A-Za-z_]\w*|%\w+%|\[.*\]|@\w+@|__\w+__")
_ENV_NAME = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
_LOCATION = re.compile(
    r"[a-z][a-z0-9+.-]*://|arn:|urn:|www\.|[A-Za-z]:\\|~/|\.{1,2}/|(?:/[a-z_.-]{2,}){2,}", re.IGNORECASE
)
_FILE = re.compile(r"[\w./~-]+\.(?:key|pem|crt|cer|json|ya?ml|toml|txt|ini|cfg|env|py|html?|js|xml|csv|p12|pfx|jks)")
_EXPRESSION = re.compile(r"\(\?|\[\^|\\[dwsbS]|\[[a-zA-Z]-[a-zA-Z]|\{\d+,\d*\}|\.\*|^\^.*\$$")
_HASH = re.compile(
    r"\$?(?:pbkdf2|bcrypt|argon2|scrypt|sha\d*|md5|crypt)[\w:-]*\$|\$[0-9a-z]{1,3}\$|\{SS?HA\}|sha\d+[:-]"
)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}|[\w.+-]+@[\w-]+\.[\w.]+")
_ALPHABET = re.compile(r"(?:abc|ABC|012|123|234).*(?:xyz|XYZ|789|890)", re.DOTALL)
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,:/-][0-9]+)*")
_DIGIT = re.compile(r"[0-9]")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LOWER = re.compile(r"[a-z]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_VOWEL = re.compile(r"[aeiouy]")
_WORD_SHARE = 0.7
_DIGITS_OF_WORDS = 6
_FEW, _MEAN = 4, 3.4
_TRAILING = re.compile(r"[0-9!@#$%^&*?._-]+$")

_LABELS = word_set(
    "bearer basic digest oauth oauth2 token none null true false string str int bool boolean empty hs256 hs384 hs512"
    " rs256 rs384 rs512 es256 es384 es512 eddsa sha1 sha256 sha512 md5 aes required optional hidden text secret"
    " password passwd passphrase pass pwd username user changeme changeit change_me test tests testing tester example"
    " sample dummy fake mock foo bar baz foobar foobarbaz blah xxx yyy todo tbd unset undefined default disabled"
    " enabled anonymous unknown invalid wrong incorrect correct valid private public key apikey mykey value hello"
    " mytoken mysecret mypassword my_password my_secret my_token notset letmein abc abcd 1234 asdf qwerty spam"
    " eggs credentials authorization client_credentials authorization_code refresh_token redacted masked removed"
    " opaque error external internal automatic auto static dynamic plain plaintext ask prompt env environment"
    " vault keyring"
)
_TEST_WORDS = word_set(
    "test tests testing tester example examples sample dummy fake mock mocked foo bar baz placeholder demo insert"
    " your my some changeme redacted stub fixture invalid wrong bogus none null empty"
)
_ACRONYMS = word_set(
    "db sql http https ssl tls xml dev prd qa api aws gcp jwt key pg mq ws id url uri my v ok cli sdk s3 ec2 vpc dns"
    " passphrase ssh rsa csrf xsrf html css js md txt cfg ldap smtp ftp hmac sha md5 pkcs x509 str ptr tmp src dst"
    " usr bin lib"
)


def score(text: str, name: str = "", *, chosen: bool = False) -> int:
    """How much `text` looks like a credential; `chosen` for passwords, and `name` for what it is called."""
    if not _is_possible(text, name, chosen=chosen):
        return 0
    return _password(text) if chosen else _random(text)


def _is_possible(text: str, name: str, *, chosen: bool) -> bool:
    shortest = _SHORTEST_PASSWORD if chosen else _SHORTEST
    if not shortest <= len(text) <= _LONGEST or not _PRINTABLE.fullmatch(text) or (" " in text and not chosen):
        return False
    lowered = text.lower()
    if lowered.strip("'\"`-_.*#<>:") in _LABELS or _ENV_NAME.fullmatch(text) or _is_name(lowered, name):
        return False
    if _TEMPLATE.search(text) or _WHOLE_TEMPLATE.fullmatch(text) or _ALPHABET.search(text):
        return False
    if _LOCATION.match(text) or _FILE.fullmatch(text) or _HASH.match(text) or _ADDRESS.fullmatch(text):
        return False
    if _EXPRESSION.search(text) or text[-1] in ":?":
        return False
    return not _names_a_test(lowered) and not plausibility.is_placeholder(text.encode())


def _is_name(lowered: str, name: str) -> bool:
    """True if the value repeats its name or says what it is: `refresh_token = "refresh_token"`."""
    plain, called = _NOT_PLAIN.sub("", lowered), _NOT_PLAIN.sub("", name.lower())
    if called and (plain == called or (len(plain) >= 4 and plain in called)):
        return True
    return is_wordlike(lowered) and credential_names.classify(lowered).strength > 0 and plain != "pass"


def _names_a_test(lowered: str) -> bool:
    """True if the value is made of words and says that it is a dummy: `test-token`, `dummy-key-for-tests`."""
    return not _TEST_WORDS.isdisjoint(_LOWER.findall(lowered)) and is_wordlike(lowered)


def is_wordlike(text: str) -> bool:
    """True if `text` is made of words, in any case, and a few digits: an identifier, a slug, a phrase."""
    digits = len(_DIGIT.findall(text))
    if digits > _DIGITS_OF_WORDS:
        return False
    parts = _PART.findall(text)
    letters = sum(map(len, parts))
    if not letters or digits > letters or (len(parts) > _FEW and letters / len(parts) < _MEAN):
        return False
    return sum(len(part) for part in parts if _is_word(part.lower())) / letters >= _WORD_SHARE


def _is_word(part: str) -> bool:
    if len(part) < 3 or part in _ACRONYMS:
        return part in _ACRONYMS
    vowels = len(_VOWEL.findall(part))
    return 0.18 <= vowels / len(part) <= 0.8 and not _CONSONANTS.search(part)


def _is_common(text: str) -> bool:
    """True if a password is made of words that stand for one in examples."""
    stem = _TRAILING.sub("", text).lower()
    return stem in _LABELS or stem in _TEST_WORDS or plausibility.is_common_password(text.encode())


def _random(text: str) -> int:
    if UUID.fullmatch(text):
        return 2
    if _NUMBER.fullmatch(text):
        return 0
    is_hex = _HEX.fullmatch(text)
    if not is_hex and is_wordlike(text):
        return 0
    size, entropy = len(text), plausibility.entropy(text.encode())
    if is_hex:
        return 3 if size >= 24 and entropy > 2.8 else 2 if size >= 16 and entropy > 2.5 else 1
    digits = len(_DIGIT.findall(text))
    if digits >= 2 and size >= 20 and entropy >= 3.3:
        return 3
    if digits and size >= 12 and entropy >= 3.0:
        return 2
    if not digits and size >= 16 and entropy >= 3.2 and plausibility.classes(text.encode()) <= 3:
        return 2
    return 1


def _password(text: str) -> int:
    if _APP_PASSWORD.fullmatch(text):
        return 3
    stem = _TRAILING.sub("", text)
    size, classes = len(text), plausibility.classes(text.encode())
    if not stem or _NUMBER.fullmatch(text) or _is_common(text) or _is_common(stem.translate(_LEET)):
        return 1
    if is_wordlike(stem):
        return 2 if (classes >= _MIXED and size >= _MIXED_LENGTH) or (classes >= 3 and size >= _PHRASE_LENGTH) else 1
    if size >= 8 and classes >= 3:
        return 3
    if size >= 24 and _HEX.fullmatch(text):
        return 3
    return 2 if size >= 6 and (classes >= 2 or size >= 12) else 1
