"""Files of every kind: read whole, named right, never followed out of the target."""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from linter.examine import Examiner
from linter.model import Batch
from linter.sources import files, windows
from linter.sources.files import Files
from tests import awkward, invented
from tests.batches import batch_of
from tests.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.matcher import PatternEngine
    from linter.rules import PatternRule
    from tests.command import Report, Twlint

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="making devices needs root")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")

LINES = {name: lines for name, lines in awkward.lines().items()}


def _path(place: dict[str, str]) -> str:
    """The path of a location of a JSON report, as the system knows it."""
    return os.fsdecode(base64.b64decode(place["path_b64"])) if "path_b64" in place else place["path"]


def _lines(report: Report) -> dict[str, dict[str, int]]:
    """By path, the line at which each rule found something."""
    lines: dict[str, dict[str, int]] = defaultdict(dict)
    for finding in report["findings"]:
        for place in finding["occurrences"]:
            lines[_path(place)][finding["rule"]] = place["line"]
    return dict(lines)


def _expected(lines: dict[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    return {name: dict(zip(awkward.RULES, numbers, strict=True)) for name, numbers in lines.items()}


def test_awkward_files_are_read_and_their_lines_are_right(twlint: Twlint, project: Path) -> None:
    expected = _expected(awkward.write(project))
    report = twlint.json()
    assert _lines(report) == expected
    assert report["coverage"]["complete"]
    assert report["coverage"]["files"] == len(expected)


@pytest.mark.parametrize("name", LINES)
def test_awkward_content_is_read_from_standard_input(name: str, twlint: Twlint, project: Path) -> None:
    awkward.write(project)
    report = twlint.json("-", stdin=(project / name).read_bytes())
    assert _lines(report) == _expected({"(standard input)": LINES[name]})
