"""`twlint ci`: a gate for what a pull request or a push brings in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from linter.cli.options import run, scan_options
from linter.model import Error

__all__ = ["command"]


_EXAMPLES = """\b
Examples:
  twlint ci                             what this pull request brings in
  twlint ci -o markdown=summary.md      the report for a comment
  twlint ci --range origin/main..HEAD   where the CI is not known
"""


@click.command("ci", epilog=_EXAMPLES)
@click.option("--range", "commits", metavar="A..B", help="These commits, whatever the environment says.")
@click.option("--allow-shallow", is_flag=True, help="A history that is cut off counts as complete.")
@scan_options
def command(commits: str | None, *, allow_shallow: bool, **given: Any) -> int:
    """Scan what this pull request or push brings in.

    The commits are found from the variables that GitHub, GitLab, Bitbucket, Azure, Jenkins, CircleCI, Buildkite and
    Travis set. The report says which they are and why. A clone that is too shallow ends with code 2 and the setting
    that mends it.
    """
    from linter import ci_environment, ranges
    from linter.targets import Request

    if commits is not None:
        start, end = ranges.written(commits)
        asked = ranges.Range("as asked", (end,), (start,), is_strict=True)
    else:
        asked = ci_environment.requested(os.environ, _event(ci_environment.event_file(os.environ)))
    return run(Request(commits=asked, allow_shallow=allow_shallow), given)


def _event(file: str | None) -> dict[str, Any]:
    """The event in `file`, or an empty one where there is no file.

    Raises:
        Error: it cannot be read.
    """
    if file is None:
        return {}
    try:
        event = json.loads(Path(file).read_bytes())
    except OSError as error:
        raise Error(f"{file}: the event cannot be read: {error.strerror}") from None
    except ValueError:
        raise Error(f"{file}: the event is not JSON") from None
    return event if isinstance(event, dict) else {}
