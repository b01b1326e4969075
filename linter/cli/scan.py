"""`twlint scan`: a one-off audit or a CI gate."""

from __future__ import annotations

from typing import Any

import click

from linter.cli.options import run, scan_options
from linter.model import Error

__all__ = ["command"]


@click.command("scan")
@click.argument("targets", nargs=-1, metavar="[TARGET]…")
@click.option("--history/--no-history", default=None, help="Scan git's history too (default), or only files.")
@click.option("--staged", is_flag=True, help="Only what would be committed now.")
@click.option("--since", metavar="REV", help="Only what commits after REV, up to HEAD, brought in.")
@click.option("--range", "commits", metavar="A..B", help="Only what the commits of this range brought in.")
@click.option("--reflog", is_flag=True, help="Also commits that only reflogs name.")
@click.option("--all-objects", is_flag=True, help="Also objects that nothing names.")
@click.option("--allow-shallow", is_flag=True, help="A history that is cut off counts as complete.")
@scan_options
def command(targets: tuple[str, ...], **given: Any) -> int:
    """Find leaked credentials in files and in the history of git.

    TARGET is a folder, a repository, a file, or - for standard input; without one it is the current folder.
    """
    from linter.ranges import Range, written
    from linter.targets import Request

    modes = [name for name in ("staged", "since", "commits") if given[name]]
    if len(modes) > 1 or (modes and given["history"] is not None):
        raise Error("--staged, --since, --range and --history exclude one another; give one of them")
    if (given["reflog"] or given["all_objects"]) and (modes or given["history"] is False):
        raise Error("--reflog and --all-objects widen the whole history; leave out what narrows it")
    commits = None
    if given["since"] or given["commits"]:
        start, end = (given["since"], "HEAD") if given["since"] else written(given["commits"])
        commits = Range("as asked", (end,), (start,))
    names = ("history", "staged", "reflog", "all_objects", "allow_shallow")
    request = Request(targets=targets or (".",), commits=commits, **{name: given[name] for name in names})
    return run(request, given)
