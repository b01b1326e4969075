"""What other tools were told to ignore: `.gitleaksignore`, reports of gitleaks, `.secrets.baseline`."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.model import Finding, Occurrence

__all__ = ["Known", "covers", "parse"]

# gitleaks writes `commit:file:rule:line`, and `file:rule:line` outside of git; a file may have colons.
_GITLEAKS = re.compile(r"(?:(?P<commit>[0-9a-f]{40,64}):)?(?P<path>.+):(?P<rule>[^:]+):(?P<line>\d+)")
_PEM_HEADER = re.compile(rb"BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?")


class Known(NamedTuple):
    """One entry of another tool. What it does not say is None.

    `sha1` is of the secret, so a match is proved; without it only the place is known.
    """

    path: str
    rule: str
    line: int | None
    commit: str | None
    sha1: str | None
    note: str


def parse(data: bytes, name: str) -> list[Known]:
    """The entries in a file of another tool; its kind is seen from its content.

    Raises:
        Error: it is of no kind that is known.
    """
    text = data.decode("utf-8-sig", "replace")
    try:
        if text.lstrip().startswith(("{", "[")):
            return list(_in_json(json.loads(text), name))
        return [_in_ignore_file(line, f"{name}:{number}") for number, line in _lines(text)]
    except (ValueError, RecursionError):
        raise Error(f"{name}: not JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise Error(f"{name}: neither a baseline of detect-secrets nor a report of gitleaks") from None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def _in_ignore_file(line: str, where: str) -> Known:
    fields = _GITLEAKS.fullmatch(line)
    if fields is None:
        raise Error(f"{where}: gitleaks writes `commit:file:rule:line` or `file:rule:line`")
    note = f"ignored for gitleaks as {fields['rule']}"
    return Known(_path(fields["path"]), fields["rule"], int(fields["line"]), fields["commit"], None, note)


def _in_json(value: Any, name: str) -> Iterator[Known]:
    if isinstance(value, list):
        for finding in value:
            yield _in_ignore_file(finding["Fingerprint"], name)
        return
    for path, results in value["results"].items():
        for result in results:
            rule, verdict = str(result["type"]), result.get("is_secret")
            told = "" if verdict is None else ", judged a secret" if verdict else ", judged no secret"
            note = f"in the baseline of detect-secrets as {rule}{told}"
            yield Known(_path(path), rule, result.get("line_number"), None, str(result["hashed_secret"]), note)


def _path(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/"))


def covers(known: Known, finding: Finding, relative: Callable[[str], str] = str) -> bool:
    """True if `known` means this finding: by the hash of its secret in that file, else by the place."""
    places = [each for each in finding.occurrences if relative(each.path) == known.path]
    if known.sha1 is not None:
        return bool(places) and _is_hashed(known, finding, places)
    return any(each.line == known.line and known.commit in (None, each.commit) for each in places)


def _is_hashed(known: Known, finding: Finding, places: list[Occurrence]) -> bool:
    if finding.secret is None:
        return False
    value = finding.secret.reveal()
    if _sha1(value) == known.sha1:
        return True
    # Of a private key detect-secrets knows the header only, which does not tell one from another.
    header = _PEM_HEADER.search(value)
    is_here = any(each.line == known.line for each in places)
    return is_here and header is not None and _sha1(header[0]) == known.sha1


def _sha1(value: bytes) -> str:
    return hashlib.sha1(value, usedforsecurity=False).hexdigest()
