"""`twlint hook`: what pre-commit calls before a commit is made."""

from __future__ import annotations

from typing import Any

import click

from linter.cli.options import run, scan_options

__all__ = ["command"]


@click.command("hook")
@click.argument("files", nargs=-1, metavar="[FILE]…")
@scan_options
def command(files: tuple[str, ...], **given: Any) -> int:
    """Scan what the index holds of FILES, or all that is staged if none is given.

    The content is read from the index, so it is what would be committed, not what stands in the work tree.
    """
    from linter.targets import Request

    return run(Request(indexed=files), given)
