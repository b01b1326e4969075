"""The values that flow through twlint: frozen, made of plain parts, never edited."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COMPLETE",
    "WHOLE",
    "Batch",
    "Commit",
    "Confidence",
    "Coverage",
    "Error",
    "Extent",
    "Finding",
    "Frame",
    "Guidance",
    "Match",
    "Occurrence",
    "Origin",
    "Part",
    "PartMatch",
    "Place",
    "Report",
    "Secret",
    "Severity",
    "Skip",
    "SkipKind",
    "State",
    "Status",
    "Tracking",
    "Version",
    "restored_secret",
]


class Error(Exception):
    """What the user can mend: bad input, a bad rule, no git. The command line ends with exit code 2.

    The message names the file, the place and the mend, and never holds a secret.
    """


class Severity(enum.IntEnum):
    """The reach of a leak, from the least to the greatest."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The name as it stands in rules, options and reports."""
        return self.name.lower()


class Confidence(enum.IntEnum):
    """How sure it is that a finding is a credential of its kind, from the least to the greatest."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @property
    def label(self) -> str:
        """The name as it stands in rules, options and reports."""
        return self.name.lower()


class Status(enum.Enum):
    """What the stages after matching decided about a finding."""

    NEW = "new"
    BASELINED = "baselined"
    SUPPRESSED = "suppressed"


class State(enum.Enum):
    """Where a credential can still be read, the nearest place first."""

    WORKTREE = "worktree"
    HEAD = "head"
    OTHER_REF = "other-ref"
    HISTORY = "history"
    UNREACHABLE = "unreachable"


class SkipKind(enum.Enum):
    """Why content was not, or not wholly, scanned."""

    EXCLUDED = "excluded"
    """The user's choice, or by nature not content of this repository. The scan stays complete."""
    LIMITED = "limited"
    """A limit was reached. The scan is incomplete."""
    DEGRADED = "degraded"
    """The pattern rules ran, the AST rules could not. The scan stays complete."""
    FAILED = "failed"
    """Unreadable, corrupt, missing or timed out. The scan is incomplete."""


COMPLETE = frozenset({SkipKind.EXCLUDED, SkipKind.DEGRADED})
"""The skips that leave a scan complete."""

REDACTED_PREFIX_LENGTH = 4


class Secret:
    """A credential that never prints itself.

    `str`, `repr`, format strings and pickles give the redaction: at most four leading characters, and only of
    the vendor's fixed prefix, and the length in bytes; neither for a value that people choose (a password).
    """

    __slots__ = ("_length", "_redacted", "_value")

    def __init__(self, value: bytes, *, prefix: str = "", chosen: bool = False) -> None:
        self._value: bytes | None = value
        self._length = None if chosen else len(value)
        head = "" if chosen else prefix[:REDACTED_PREFIX_LENGTH]
        self._redacted = f"{head}…" if chosen else f"{head}…({len(value)})"

    def reveal(self) -> bytes:
        """The credential itself.

        Raises:
            ValueError: this value came out of a pickle, which never holds the credential.
        """
        if self._value is None:
            raise ValueError("a secret that was pickled cannot be revealed")
        return self._value

    @property
    def redacted(self) -> str:
        """The text that may be shown."""
        return self._redacted

    @property
    def length(self) -> int | None:
        """The length in bytes, or None for a value that people choose."""
        return self._length

    def __str__(self) -> str:
        return self._redacted

    def __repr__(self) -> str:
        return f"Secret({self._redacted!r})"

    def __format__(self, spec: str) -> str:
        return format(self._redacted, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[object, tuple[None, str, int | None]]:
        return restored_secret, (None, self._redacted, self._length)


def restored_secret(value: bytes | None, redacted: str, length: int | None) -> Secret:
    """The secret of which these are the value, or None if it was left out, the redaction and the length."""
    secret = Secret.__new__(Secret)
    secret._value = value
    secret._redacted = redacted
    secret._length = length
    return secret


@dataclass(frozen=True, slots=True)
class Commit:
    """Who and when: full object id, author's name and e-mail address, author date in ISO 8601 with offset."""

    sha: str
    author: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a window of large content starts: what stands before it.

    `lines` are line feeds and `columns` the characters behind the last one; `returns` and `return_columns` say the
    same of carriage returns, which end the lines of content that has no line feed.
    """

    offset: int = 0
    lines: int = 0
    columns: int = 0
    returns: int = 0
    return_columns: int = 0


WHOLE = Origin()
"""The origin of content that is held whole."""


class Version(NamedTuple):
    """What a content shares with one that came before it, in the same batch or an earlier one of the same stream.

    `base` is the key of that content. `copies` are stretches, ascending: from the first to before the second offset
    in the content stands what starts at the third offset in the base.
    """

    base: bytes
    copies: tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class Batch:
    """Many small contents, or one window of a large one, in one buffer.

    Content `i` is `data[starts[i]:ends[i]]`; `keys[i]` is what its source knows it by. `size` bytes of the buffer
    are in use. A newline stands before and behind each content, so that line anchors hold there; around a window
    stands what precedes and follows it. `origin` says where the first content starts, and `last` is false for a
    window that does not end its content. `paths` are those of the contents, empty where the source does not know
    them; `versions` say what each shares with another, None where nothing is known, and are empty where the source
    does not know. The buffer is used again: a batch is valid until the next is asked for.
    """

    data: bytearray
    size: int
    starts: list[int]
    ends: list[int]
    keys: list[bytes]
    origin: Origin = WHOLE
    last: bool = True
    paths: list[bytes] = field(default_factory=list)
    versions: list[Version | None] = field(default_factory=list)

    def only(self, contents: Iterable[int]) -> Batch:
        """The same buffer with these contents alone; for a batch that knows paths."""
        chosen = list(contents)
        starts, ends = ([column[each] for each in chosen] for column in (self.starts, self.ends))
        keys, paths = ([column[each] for each in chosen] for column in (self.keys, self.paths))
        return replace(self, starts=starts, ends=ends, keys=keys, paths=paths, versions=[])


@dataclass(frozen=True, slots=True)
class Frame:
    """Lines of source around a match, every known secret masked. `first` is the number of the first line, from 1."""

    first: int
    lines: tuple[str, ...]


class Extent(NamedTuple):
    """Where something stands in a content. Lines and columns count from 1, columns in characters; half-open."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class PartMatch:
    """A credential of a set, and where it stands in the content."""

    rule: str
    secret: Secret
    evidence: tuple[str, ...]
    extent: Extent


@dataclass(frozen=True, slots=True)
class Match:
    """One place in one unit where a rule holds: what remains of a candidate after all filters."""

    rule: str
    severity: Severity
    confidence: Confidence
    secret: Secret
    evidence: tuple[str, ...]
    extent: Extent
    frame: Frame
    parts: tuple[PartMatch, ...] = ()
    cell: str | None = None
    """Which cell of a notebook holds it, in words."""
    sample: bool = False
    """True if it is a value that the provider's documentation prints."""
    path_words: tuple[str, ...] = ()
    """Words of which one must stand in the path, because none stands in the content; empty: no such need."""
    other_words: tuple[str, ...] = ()
    """Words of which none may stand in the path, for then the place belongs to another rule."""
    ignored: str | None = None
    """The reason of the inline comment that covers this place (it may be empty), or None."""


class Tracking(enum.Enum):
    """What git has to do with a file."""

    TRACKED = "tracked"
    UNTRACKED = "untracked"
    """Git neither has nor ignores it: the next `git add` may take it in."""
    NONE = "none"
    """The file is in no repository, or nobody asked."""


class Place(NamedTuple):
    """One path at which a content stands; `commit` is the id of the commit that first had it there."""

    path: str
    commit: str | None
    state: State
    tracking: Tracking = Tracking.NONE


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a credential stands: a path and, for content of git, its commit and blob.

    `site` is the id of the kind of place that it is, and `cell` the cell of a notebook, where there is one.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    state: State
    commit: str | None = None
    blob: str | None = None
    ignored: str | None = None
    site: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A credential of a set, and the nearest place where it stands."""

    rule: str
    name: str
    secret: Secret
    evidence: tuple[str, ...]
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a rule tells its reader: what to do and where, what a holder can do, what stops working, what it breaks."""

    advice: str
    rotate: str | None = None
    reach: str = ""
    breaks: str = ""
    policy: tuple[str, ...] = ()
    """Rules of the provider that the leak breaks, each with its link."""
    site: str = ""
    """What to do at the place that is shown."""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One credential, or one set, with every place where it stands; `occurrences[0]` is the one to show.

    `secret` is None where a practice is found, and no credential. `parts` are the credentials of a set, by rule.
    """

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    evidence: tuple[str, ...]
    secret: Secret | None
    fingerprint: str
    occurrences: tuple[Occurrence, ...]
    frame: Frame
    state: State
    status: Status
    status_reason: str
    introduced: Commit | None
    guidance: Guidance
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Content that was not, or not wholly, scanned; always counted and in the report."""

    path: str
    reason: str
    kind: SkipKind


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was scanned, in numbers of units, and what was not; `members` are those of archives, nested ones too."""

    files: int = 0
    blobs: int = 0
    commits: int = 0
    tags: int = 0
    members: int = 0
    bytes: int = 0
    skipped: tuple[Skip, ...] = ()

    @property
    def complete(self) -> bool:
        """True if everything that was asked for was scanned."""
        return all(skip.kind in COMPLETE for skip in self.skipped)


@dataclass(frozen=True, slots=True)
class Report:
    """What a format renders and the exit code is computed from.

    `findings` are sorted by path, line and rule, and hold every status; `notices` are sentences for the reader.
    """

    findings: tuple[Finding, ...]
    coverage: Coverage
    notices: tuple[str, ...]

    def new(self) -> list[Finding]:
        """The findings that nothing suppresses."""
        return [finding for finding in self.findings if finding.status is Status.NEW]
