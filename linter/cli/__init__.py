"""The command line. Only this package imports click; each command is a module that is imported when it is called."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from linter import __version__
from linter.cli.exit_codes import BAD_INPUT, CLEAN, INTERRUPTED

__all__ = ["main", "run", "twlint"]

GC_THRESHOLD = 100_000
"""Objects by which a program may grow before cycles are looked for; Python's own is 700."""

_COMMANDS = {
    "scan": ("linter.cli.scan", "Find leaked credentials in files and in the history of git."),
    "hook": ("linter.cli.hook", "Scan what is about to be committed or pushed; install hooks of git."),
    "ci": ("linter.cli.ci", "Scan what a pull request or push brings in, found from the CI's environment."),
    "baseline": ("linter.cli.baseline", "Accept what is known, so that only what is new is reported."),
    "config": ("linter.cli.config", "Show the configuration, where each value comes from, and its schema."),
    "rules": ("linter.cli.rules", "List, show and test rules."),
    "explain": ("linter.cli.explain", "Tell what a rule finds, why it matters and what to do."),
}

_EPILOG = """\b
Examples:
  twlint scan                  this folder and its whole history
  twlint hook install          scan what is staged before each commit
  twlint scan --since main     what this branch brings in
  twlint explain RULE          what a finding means and what to do

Exit codes: 0 all was scanned and nothing found, 1 findings, 2 bad input or an
internal error, 3 nothing found but not all was scanned.

Words are completed by the shell after one line in its start file:

\b
  bash  eval "$(_TWLINT_COMPLETE=bash_source twlint)"
  zsh   eval "$(_TWLINT_COMPLETE=zsh_source twlint)"
  fish  _TWLINT_COMPLETE=fish_source twlint | source
"""


class _Commands(click.Group):
    """Commands whose modules are imported when they are needed, so that starting stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command {name!r}.{_hint(name)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _hint(name: str) -> str:
    """What may have been meant by `name`, which is no command."""
    from difflib import get_close_matches

    near = get_close_matches(name, _COMMANDS, n=1)
    if near:
        return f" Did you mean {near[0]!r}?"
    return f" To scan it: twlint scan {name}" if os.path.lexists(name) else ""


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name="twlint")
def twlint() -> None:
    """Find leaked keys, tokens and secrets, and say what to do about each.

    `twlint scan` scans the current folder and, if it is a git repository, its whole history.
    """


def main() -> NoReturn:
    """Run the command line and exit; every way to end has its exit code."""
    # The values of a scan are many and hold no cycles: looking for cycles among them takes a fortieth of its time.
    gc.set_threshold(GC_THRESHOLD)
    try:
        code = int(twlint(prog_name="twlint", standalone_mode=False) or CLEAN)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.Abort:
        code = INTERRUPTED
    except Exception as error:
        _complain(_told(error))
        code = BAD_INPUT
    sys.exit(_flushed(code))


def run() -> NoReturn:
    """`main` for a process that does nothing else.

    When it is over, all is written, closed and removed: to take the interpreter apart, object by object, would take a
    sixth of a hook's time.
    """
    try:
        main()
    except SystemExit as end:
        with contextlib.suppress(OSError):  # nobody may be reading
            sys.stderr.flush()
        os._exit(int(end.code or 0))


def _told(error: Exception) -> str:
    """What to tell the user of `error`, which ended the program."""
    from linter.model import Error

    if isinstance(error, click.ClickException):
        shown = io.StringIO()
        error.show(shown)
        return shown.getvalue().rstrip("\n")
    if isinstance(error, Error):
        return "twlint: " + str(error).replace("\n", "\ntwlint: ")
    if isinstance(error, OSError):
        return f"twlint: {error.filename or 'output'}: {error.strerror}"
    # A message may quote what was being read; only the kind of the error and where it arose are safe to show.
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"twlint: internal error: {type(error).__name__} at {os.path.basename(place)}; please report it"


def _complain(message: str) -> None:
    """Write `message` to standard error without what steers a terminal: it may quote names of the scanned files."""
    from linter.formats.text import printable

    click.echo("\n".join(printable(line) for line in message.split("\n")), err=True)


def _flushed(code: int) -> int:
    """`code`, or that of bad output if what was written last does not arrive."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _complain(f"twlint: output: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT
    return code
