"""One finding, shown in the terminal, and what the user decides about it."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from linter.cli.output import wants_colour
from linter.formats.text import printable, render_findings
from linter.model import Coverage, Error, Report, State, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.model import Finding, Occurrence

__all__ = ["Answer", "ask"]

_QUESTION = "[i]gnore with a reason, [k]eep it reported, [o]pen in the editor, [s]kip, [q]uit"
_TO_A_LINE = {"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe", "mg"}
_GOTO = {"code", "codium", "cursor"}


class Answer(NamedTuple):
    """What was decided: a reason to ignore the finding, that it is reported, or that this was the last; or nothing."""

    reason: str | None = None
    is_reported: bool = False
    is_last: bool = False


def ask(finding: Finding, locate: Callable[[str], Path]) -> Answer:
    """Show a finding and ask until there is an answer; `locate` tells where its files stand."""
    report = Report((replace(finding, status=Status.NEW),), Coverage(), ())
    click.echo(render_findings(report, is_coloured=wants_colour("auto")))
    if finding.status is Status.BASELINED:
        click.echo(f"  accepted    {printable(finding.status_reason)}\n")
    while True:
        choice = click.prompt(_QUESTION, type=click.Choice(["i", "k", "o", "s", "q"]), show_choices=False)
        if choice == "i":
            return Answer(reason=_reason())
        if choice == "k":
            return Answer(is_reported=True)
        if choice == "s":
            return Answer()
        if choice == "q":
            return Answer(is_last=True)
        _open(finding.occurrences[0], locate)


def _reason() -> str:
    while True:
        reason: str = click.prompt("Reason", type=str)
        if reason.strip():
            return reason


def _open(occurrence: Occurrence, locate: Callable[[str], Path]) -> None:
    """Open the file in the editor, at the line if the editor is one whose options are known."""
    path = Path(os.path.abspath(locate(occurrence.path)))
    if occurrence.state is not State.WORKTREE or not path.is_file():
        click.echo(f"It stands only in git; to see it: git show {occurrence.blob or occurrence.commit}")
        return
    program = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or _default_editor())
    name = Path(program[0]).stem
    if name in _TO_A_LINE:
        arguments = [f"+{occurrence.line}", str(path)]
    elif name in _GOTO:
        arguments = ["--goto", f"{path}:{occurrence.line}"]
    else:
        arguments = [str(path)]
    try:
        subprocess.run([*program, *arguments], check=False)
    except OSError as error:
        raise Error(f"{program[0]}: {error.strerror}; set VISUAL or EDITOR") from None


def _default_editor() -> str:
    return "notepad" if os.name == "nt" else "vi"
