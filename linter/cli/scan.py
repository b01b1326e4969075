"""`twlint scan`: a one-off audit or a CI gate."""

from __future__ import annotations

from typing import Any

import click

from linter.cli.options import run, scan_options

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
    from linter.targets import requested

    names = ("history", "since", "commits", "staged", "reflog", "all_objects", "allow_shallow")
    return run(requested(targets, **{name: given[name] for name in names}), given)
