"""The baseline: accepted findings, one line an entry, without secrets, line numbers and dates.

An entry says: hash, rule, `tree` or `history`, path, reason. The hash is of a finding's fingerprint, and that of a
value which people choose has eight bits: whoever holds every baseline and every report learns no more than those.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from linter.model import Error, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from linter.model import Finding, Occurrence

__all__ = [
    "HISTORY",
    "TREE",
    "UNJUDGED",
    "Baseline",
    "Entry",
    "accepted",
    "changed",
    "digest",
    "empty",
    "entry_of",
    "is_random",
    "one_a_path",
    "parse",
    "render",
]

UNJUDGED = "not yet judged"
"""The reason of what was accepted all at once."""

TREE, HISTORY = "tree", "history"

KEY_LIMIT = 8
_KEY_BYTES = 16
_HEAD = """\
# twlint baseline 1: accepted findings. A line is: hash, rule, tree or history, path, reason.
# `twlint baseline` writes it; reasons may be edited, lines may be removed, and their order does not matter.
"""
_KEY = re.compile(rf"key (?P<key>[0-9a-f]{{{2 * _KEY_BYTES}}})")
_ENTRY = re.compile(
    r"(?P<digest>[0-9a-f]{2,64}) (?P<rule>\S+) (?P<place>tree|history) "
    r'(?P<path>"(?:[^"\\]|\\.)*"|[^"\s]\S*) +(?P<reason>\S.*)'
)
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_PLAIN_PATH = re.compile(r"[!#-\[\]-~]+")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One credential that is accepted at one path.

    `place` is `tree` if it stood in the files, and `history` if only git still had it there.
    """

    digest: str
    rule: str
    path: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Entries and the keys of their hashes; more than one after a merge of two that were made apart."""

    keys: tuple[bytes, ...]
    entries: tuple[Entry, ...]


def empty() -> Baseline:
    """A baseline without entries, and with a key of its own."""
    return Baseline((os.urandom(_KEY_BYTES),), ())


def parse(data: bytes, name: str) -> Baseline:
    """Read what `render` wrote, whoever sorted or merged it.

    Raises:
        Error: a line is none of a baseline's; the message starts with `name:line`.
    """
    keys: set[bytes] = set()
    entries: list[Entry] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if key := _KEY.fullmatch(line.strip()):
            keys.add(bytes.fromhex(key["key"]))
        elif _CONFLICT.match(line):
            raise Error(f"{name}:{number}: a conflict of a merge: keep the lines of both sides, without its marks")
        else:
            entries.append(_entry(line, f"{name}:{number}"))
    if not 0 < len(keys) <= KEY_LIMIT:
        raise Error(f"{name}: a baseline has a line `key`, and {KEY_LIMIT} at most; `twlint baseline create` makes one")
    return Baseline(tuple(sorted(keys)), tuple(sorted(entries)))


def _entry(line: str, where: str) -> Entry:
    fields = _ENTRY.fullmatch(line.rstrip())
    if fields is None:
        raise Error(f"{where}: not an entry: write hash, rule, tree or history, path, reason")
    path = fields["path"]
    if path.startswith('"'):
        try:
            path = json.loads(path)
        except ValueError:
            raise Error(f"{where}: the path is not quoted as in JSON") from None
    return Entry(fields["digest"], fields["rule"], path, fields["place"], fields["reason"])


def render(baseline: Baseline) -> bytes:
    """The baseline as a file: its lines are sorted, and by hashes, so that lines of two branches rarely meet."""
    keys = (f"key {key.hex()}" for key in baseline.keys)
    lines = (
        f"{each.digest} {each.rule} {each.place} {_written_path(each.path)} {each.reason}" for each in baseline.entries
    )
    return (_HEAD + "".join(f"{line}\n" for line in (*keys, *sorted(lines)))).encode()


def _written_path(path: str) -> str:
    return path if _PLAIN_PATH.fullmatch(path) else json.dumps(path)


def digest(key: bytes, fingerprint: str) -> str:
    """The hash of a fingerprint, as long as it: 128 bits, or 8 for a value that people choose.

    One of the 256 short ones is only exchanged for another, so that no two become the same.
    """
    identity = bytes.fromhex(fingerprint)
    if len(identity) >= _KEY_BYTES:
        return hashlib.blake2b(identity, key=key, digest_size=len(identity)).hexdigest()
    mask = hashlib.blake2b(key=key, digest_size=len(identity)).digest()
    return bytes(byte ^ other for byte, other in zip(identity, mask, strict=True)).hex()


def accepted(
    baseline: Baseline, finding: Finding, reason: str, relative: Callable[[str], str] = str
) -> tuple[Entry, ...]:
    """The entries that accept a finding at every path where it stands."""
    entries = (entry_of(baseline, finding, each, relative, " ".join(reason.split())) for each in finding.occurrences)
    return one_a_path(entries)


def changed(baseline: Baseline, gone: Iterable[Entry], made: Iterable[Entry]) -> Baseline:
    """The baseline without the entries `gone`, and with `made`."""
    left = Counter(gone)
    entries = [*made]
    for entry in baseline.entries:
        if left[entry]:
            left[entry] -= 1
        else:
            entries.append(entry)
    return replace(baseline, entries=tuple(sorted(entries)))


def entry_of(
    baseline: Baseline, finding: Finding, occurrence: Occurrence, relative: Callable[[str], str], reason: str
) -> Entry:
    """The entry that accepts a finding where `occurrence` stands."""
    place = TREE if occurrence.state in (State.WORKTREE, State.HEAD) else HISTORY
    hashed = digest(baseline.keys[0], finding.fingerprint)
    return Entry(hashed, finding.rule, relative(occurrence.path), place, reason)


def one_a_path(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The first entry of each path; occurrences come nearest first."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        kept.setdefault(entry.path, entry)
    return tuple(kept.values())


def is_random(finding: Finding) -> bool:
    """True if a value like this is not chosen by people, so that its hash proves which one it is."""
    return len(finding.fingerprint) >= 2 * _KEY_BYTES
