"""`twlint scan`: a one-off audit or a CI gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linter import scanning
from linter.cli import completion
from linter.cli.exit_codes import CLEAN
from linter.cli.options import options_of, run, scan_options
from linter.formats.text import printable
from linter.model import Error

if TYPE_CHECKING:
    from linter.targets import Request

__all__ = ["command"]


_EXAMPLES = """\b
Examples:
  twlint scan                                  this folder, its whole history
  twlint scan --no-history src deploy.yaml     files alone
  twlint scan --since origin/main              what this branch brings in
  twlint scan -o sarif=t.sarif -o junit=t.xml  reports for machines
  twlint scan --select twitter,github -        standard input, some rules
"""


@click.command("scan", epilog=_EXAMPLES)
@click.argument("targets", nargs=-1, metavar="[TARGET]…", shell_complete=completion.files)
@click.option("--history/--no-history", default=None, help="Scan git's history too (default), or only files.")
@click.option("--staged", is_flag=True, help="Only what would be committed now.")
@click.option("--since", metavar="REV", help="Only what commits after REV, up to HEAD, brought in.")
@click.option("--range", "commits", metavar="A..B", help="Only what the commits of this range brought in.")
@click.option("--reflog", is_flag=True, help="Also commits that only reflogs name.")
@click.option("--all-objects", is_flag=True, help="Also objects that nothing names.")
@click.option("--allow-shallow", is_flag=True, help="A history that is cut off counts as complete.")
@click.option("--show-files", is_flag=True, help="List the files that would be scanned, and scan none.")
@scan_options
def command(targets: tuple[str, ...], *, show_files: bool, **given: Any) -> int:
    """Find leaked credentials in files and in the history of git.

    TARGET is a folder, a repository, a file, or - for standard input; without one it is the current folder.
    """
    from linter.targets import requested

    names = ("history", "since", "commits", "staged", "reflog", "all_objects", "allow_shallow")
    request = requested(targets, **{name: given[name] for name in names})
    return _show_files(request, given) if show_files else run(request, given)


def _show_files(request: Request, given: dict[str, Any]) -> int:
    """Print the files that would be scanned, one a line."""
    if request.history or request.commits or request.reflog or request.all_objects:
        raise Error("--show-files lists files; leave out the options that choose from the history")
    options = options_of(given)
    for path in scanning.files(request, scanning.settle(request, options)):
        click.echo(printable(path))
    return CLEAN
