"""Hooks of plain git: written where there is none, and removed where they are ours."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from linter import git
from linter.model import Error

if TYPE_CHECKING:
    from pathlib import Path

    from linter.repository import Layout

__all__ = ["COMMANDS", "install", "uninstall"]

COMMANDS = {
    "pre-commit": "hook",
    "pre-merge-commit": "hook",
    "pre-push": 'hook --stage pre-push -- "$@"',
    "pre-receive": "hook --stage pre-receive",
}
"""The hooks there are, and what each runs."""

_TEMPLATE = """\
#!/bin/sh
# Written by `twlint hook install`; `twlint hook uninstall` removes it.
program={program}
if [ ! -x "$program" ]; then
  echo "twlint: $program is gone; run 'twlint hook install' again, or remove $0" >&2
  exit 2
fi
exec "$program" {command}
"""


def install(layout: Layout, name: str, program: Path) -> Path:
    """Write the hook `name`, which runs `program`; one that we wrote before is written anew.

    Raises:
        Error: there is a hook that is not ours, or the file cannot be written. The message says which line to add.
    """
    file = git.hooks_folder(layout) / name
    quoted = shlex.quote(str(program))
    if os.path.lexists(file) and not _is_ours(file, name):
        line = f"{quoted} {COMMANDS[name]} || exit"
        raise Error(f"{file}: there is a hook already, and it stays as it is; add this line to it:\n  {line}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f"{file.name}.twlint-{os.getpid()}")
        beside.write_text(_TEMPLATE.format(program=quoted, command=COMMANDS[name]))
        beside.chmod(0o755)
        beside.replace(file)
    except OSError as error:
        raise Error(f"{file}: the hook cannot be written: {error.strerror}") from None
    return file


def uninstall(layout: Layout, name: str) -> Path | None:
    """Remove the hook `name` if it is there, and give its place.

    Raises:
        Error: it is not ours, or was changed; or it cannot be removed.
    """
    file = git.hooks_folder(layout) / name
    if not os.path.lexists(file):
        return None
    if not _is_ours(file, name):
        raise Error(f"{file}: this is not as `twlint hook install` wrote it, so it stays; take the line out by hand")
    try:
        file.unlink()
    except OSError as error:
        raise Error(f"{file}: the hook cannot be removed: {error.strerror}") from None
    return file


def _is_ours(file: Path, name: str) -> bool:
    """True if the file is as we write it, whatever program it runs."""
    if file.is_symlink() or not file.is_file():
        return False
    lines = file.read_text("utf-8", "replace").split("\n")
    ours = _TEMPLATE.format(program="", command=COMMANDS[name]).split("\n")
    return len(lines) == len(ours) and all(
        line == wanted or (wanted == "program=" and line.startswith(wanted))
        for line, wanted in zip(lines, ours, strict=True)
    )
