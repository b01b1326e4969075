"""How likely a value is a live secret, judged from its characters alone."""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from collections import Counter

__all__ = ["classes", "entropy", "is_common_password", "is_no_secret", "is_placeholder", "is_trivial_password"]

# Words that a random value holds by chance less than once in ten million. They are sought in lower case: without
# regard to case, the search would try each of them at each byte.
_PLACEHOLDER_WORDS = re.compile(
    rb"example|placeholder|redacted|changeme|change_me|replace|your_?(?:api|app|key|token|secret|access|auth)"
    rb"|insert_|dummy_|_here\b|not_?a_?real|notareal|xxxx|\*{3}|\.{3}|\xe2\x80\xa6"
)
_PLACEHOLDER_STARTS = re.compile(
    rb"(?:your|insert|change|dummy|fake|todo)[_\-A-Z<]|my[_\-<]|[<\[{$%]|\\?\$\{|%\(", re.IGNORECASE
)
_IDENTIFIER = re.compile(rb"[a-z]{2,}(?:[A-Z][a-z]{2,})+")
# What names a thing: a call, a field of the `struct passwd` of POSIX's <pwd.h>, a URN (RFC 8141), a magnet link.
_REFERENCE = re.compile(
    rb"[A-Za-z]\w{0,40}[_.][\w.]{1,40}\([\w.,&* ]{0,80}\);?|pw_(?:name|passwd|uid|gid|gecos|dir|shell)"
    rb"|(?:magnet:\?|urn:[a-z0-9-]{2,31}:)\S+"
)
_REPEATED = re.compile(rb"(?:([A-Za-z0-9])\1{2,}[-_.])+([A-Za-z0-9])\2{2,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{7,62}={0,2}")
_CLASSES = re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"), re.compile(rb"[^A-Za-z0-9]")
_SEQUENCE_LENGTH = 8
_SEQUENCE_STEPS = (-1, 0, 1)
_DISTINCT_FLOOR = 12
_DISTINCT_LENGTH = 40

# Words that stand for a password in examples, or name one; a password of such words may still be real.
_COMMON_WORDS = (
    b"pass passwd password passw?[0o]rd pwd pw secret my your our some the this user username name admin administrator"
    b" root guest test testing tests demo sample foo bar baz qux token key api pat changeme change me none null nil"
    b" undefined default login auth db database data mysql postgres postgresql mongo mongodb redis rabbit rabbitmq"
    b" master slave main new old random super strong secure invalid inactive wrong bad good real fake dummy prod"
    b" production nonprod dev development local staging app service hello world value here abc xyz xxx yyy"
    b" letmein qwerty scott tiger"
)
_COMMON = re.compile(b"(?:%s)+" % b"|".join(sorted(_COMMON_WORDS.split(), reverse=True)))
_NAMES_A_PASSWORD = re.compile(rb"[a-z]+(?:[_.-][a-z]+)*[_.-](?:pass|passwd|password|pwd|secret|token|key)")
_PLAIN_WORDS = frozenset(b"pass passwd password pwd pw secret user username p x token key none null pat".split())
# "Password" in the languages of the prompts that ansible and expect scripts wait for.
_TRANSLATIONS = frozenset(
    "adgangskode contrasenya contraseña hasło heslo jelszó lösenord lozinka parola parole parool pasahitza passord"
    " passwort salasana sandi senha slaptažodis wachtwoord пароль парола лозинка".encode().split()
)
_DIGITS_OF_EXAMPLES = 5
_ESCAPE = re.compile(rb"%[0-9a-f]{2}")
_LETTERS = re.compile(rb"[a-z]+")
_COUNTING = re.compile(rb"0?1234?5?6?7?8?9?0?|123123|123321|112233|654321|111111|000000")


def entropy(value: bytes) -> float:
    """Shannon's entropy of the bytes of `value`, in bits a byte."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values()) if size else 0.0


def classes(value: bytes) -> int:
    """How many of lower case, upper case, digits and others `value` holds."""
    return sum(bool(kind.search(value)) for kind in _CLASSES)


def is_placeholder(value: bytes) -> bool:
    """True if `value` stands for a credential in a text, or names something, rather than being one."""
    return bool(
        _PLACEHOLDER_STARTS.match(value)
        or _PLACEHOLDER_WORDS.search(value.lower())
        or _IDENTIFIER.fullmatch(value)
        or _has_sequence(value)
        or is_no_secret(value)
        or (len(value) >= _DISTINCT_LENGTH and len(set(value)) < _DISTINCT_FLOOR)
    )


def is_no_secret(value: bytes) -> bool:
    """True if `value` is none whatever it is called.

    A call, a URN, groups of one character each, "password" in another language, a login without a password in base64.
    """
    is_said = _REFERENCE.fullmatch(value) or _REPEATED.fullmatch(value) or value.lower() in _TRANSLATIONS
    return bool(is_said) or _is_encoded_example(value)


def is_trivial_password(value: bytes) -> bool:
    """True if `value` is a word that says where the password would stand, as in `user:password@host`."""
    lowered = value.lower().strip(b"'\"`_-*.")
    return not lowered or lowered in _PLAIN_WORDS or len(set(lowered)) == 1


def is_common_password(value: bytes) -> bool:
    """True if `value` is made of words of examples and a few digits (`test123`), or names a password (`db_pass`)."""
    lowered = _ESCAPE.sub(b"-", value.lower())
    if _COUNTING.fullmatch(lowered):
        return True
    if len(lowered) - len(lowered.translate(None, b"0123456789")) > _DIGITS_OF_EXAMPLES:
        return False
    if _NAMES_A_PASSWORD.fullmatch(lowered):
        return True
    words = _LETTERS.findall(lowered.replace(b"p@ss", b"pass").replace(b"passw0rd", b"password"))
    return all(_COMMON.fullmatch(word) for word in words)


def _is_encoded_example(value: bytes) -> bool:
    """True if it is the base64 of a user's name, a colon and the name again, or a word that stands for a password."""
    if len(value) % 4 or not _BASE64.fullmatch(value):
        return False
    try:
        text = base64.b64decode(value, validate=True)
        is_text = text.decode().isprintable()
    except (binascii.Error, UnicodeDecodeError):
        return False
    user, colon, password = text.partition(b":")
    return (
        bool(colon)
        and is_text
        and (is_trivial_password(password) or password.lower() in (user.lower(), *_TRANSLATIONS))
    )


def _has_sequence(value: bytes) -> bool:
    """True if eight characters in a row are the same, or follow one another in the alphabet, up or down."""
    # Of any eight in a row, one of the first six stands at a multiple of six, and two follow it.
    threes = zip(value[::6], value[1::6], value[2::6], strict=False)
    if not any(middle - before == after - middle in _SEQUENCE_STEPS for before, middle, after in threes):
        return False
    run, step = 1, 0
    for before, after in itertools.pairwise(value):
        difference = after - before
        run = run + 1 if difference == step and difference in _SEQUENCE_STEPS else 2
        step = difference
        if run >= _SEQUENCE_LENGTH:
            return True
    return False
