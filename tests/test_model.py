"""A secret never prints itself, whatever is done with it."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from typing import TYPE_CHECKING

import pytest

from linter.model import Confidence, Coverage, Extent, Frame, Match, Secret, Severity, Skip, SkipKind
from tests import invented

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = invented.github_token()
SECRET = Secret(TOKEN.encode(), prefix="ghp" + "_")
MATCH = Match("a-rule", Severity.HIGH, Confidence.HIGH, SECRET, (), Extent(1, 1, 1, 41), Frame(1, ("",)))


def _logged(secret: Secret) -> str:
    record = logging.LogRecord("a", logging.INFO, "b", 1, "%s %r", (secret, secret), None)
    return logging.Formatter().format(record)


def _raised(secret: Secret) -> str:
    try:
        raise ValueError(secret)
    except ValueError as error:
        return "".join(traceback.format_exception(error)) + repr(error)


SHOWN: dict[str, Callable[[Secret], str]] = {
    "str": str,
    "repr": repr,
    "f-string": lambda secret: f"{secret} {secret!r} {secret!s} {secret!a} {secret:>50}",
    "format": lambda secret: "{0} {0!r} {0:<60}".format(secret),  # noqa: UP032
    "percent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031
    "json": lambda secret: json.dumps({"secret": secret}, default=str),
    "pickle": lambda secret: pickle.dumps(secret).decode("latin-1"),
    "unpickled": lambda secret: repr(pickle.loads(pickle.dumps(secret))),
    "copy": lambda secret: repr((copy.copy(secret), copy.deepcopy(secret))),
    "asdict": lambda secret: repr(dataclasses.asdict(dataclasses.replace(MATCH, secret=secret))),
    "astuple": lambda secret: repr(dataclasses.astuple(dataclasses.replace(MATCH, secret=secret))),
    "dataclass": lambda secret: repr(dataclasses.replace(MATCH, secret=secret)),
    "container": lambda secret: repr([{"a": (secret,)}]),
    "log": _logged,
    "exception": _raised,
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_a_secret_never_prints_itself(show: Callable[[Secret], str]) -> None:
    shown = show(SECRET)
    assert not any(TOKEN[place : place + 8] in shown for place in range(4, len(TOKEN) - 8))


def test_revealing_is_explicit() -> None:
    assert SECRET.reveal() == TOKEN.encode()


def test_a_pickled_secret_cannot_be_revealed() -> None:
    secret = pickle.loads(pickle.dumps(SECRET))
    assert (secret.redacted, secret.length) == (SECRET.redacted, SECRET.length)
    with pytest.raises(ValueError, match="cannot be revealed"):
        secret.reveal()


@pytest.mark.parametrize(
    ("prefix", "is_chosen", "redacted", "length"),
    [
        ("", False, "…(12)", 12),
        ("ab_", False, "ab_…(12)", 12),
        ("github_pat_", False, "gith…(12)", 12),
        ("", True, "…", None),
        ("ab_", True, "…", None),
    ],
)
def test_the_redaction_is_a_short_prefix_and_the_length(
    prefix: str, is_chosen: bool, redacted: str, length: int | None
) -> None:
    secret = Secret(b"k" * 12, prefix=prefix, chosen=is_chosen)
    assert (str(secret), secret.redacted, secret.length) == (redacted, redacted, length)


def test_secrets_are_equal_by_value() -> None:
    assert Secret(b"a", prefix="x") == Secret(b"a")
    assert len({Secret(b"a"), Secret(b"a", chosen=True), Secret(b"b")}) == 2
    assert Secret(b"a") != b"a"


def test_a_secret_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        SECRET.value = b""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "is_complete"),
    [(SkipKind.EXCLUDED, True), (SkipKind.LIMITED, False), (SkipKind.FAILED, False)],
)
def test_only_what_the_user_excluded_leaves_a_scan_complete(kind: SkipKind, is_complete: bool) -> None:
    assert Coverage(skipped=(Skip("a", "b", kind),)).complete is is_complete


def test_severities_are_ordered_by_reach() -> None:
    labels = [severity.label for severity in sorted(Severity)]
    assert labels == ["info", "low", "medium", "high", "critical"]
