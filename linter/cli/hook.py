"""`twlint hook`: what git and pre-commit call before a commit is made or a push is sent or taken in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linter.cli import completion
from linter.cli.exit_codes import CLEAN
from linter.cli.options import run, scan_options
from linter.model import Error

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from linter.ranges import Range
    from linter.repository import Layout

__all__ = ["command"]

_EXAMPLES = """\b
Examples:
  twlint hook                                 what is staged
  twlint hook install                         scan before each commit
  twlint hook install --hook pre-push         scan before each push
"""

STAGES = ("pre-commit", "pre-push", "pre-receive")


class _Hook(click.Group):
    """A group whose command is `run` wherever the first argument is not the name of another.

    Under pre-commit all arguments that are no options are names of files, and none of them may act as an option.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args[0] if args else ""
        is_other = named in ("-h", "--help") or (named in ("install", "uninstall") and not os.environ.get("PRE_COMMIT"))
        is_other |= not args and ctx.resilient_parsing
        return super().parse_args(ctx, args if is_other else ["run", *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return scan.shell_complete(ctx, incomplete)
        return [*completion.files(ctx, None, incomplete), *super().shell_complete(ctx, incomplete)]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with click.Context(scan, info_name=ctx.command_path, help_option_names=ctx.help_option_names) as inner:
            scan.format_help(inner, formatter)
        self.format_commands(ctx, formatter)
        self.format_epilog(ctx, formatter)


class _Scan(click.Command):
    """The scan of a hook: a file may have a name like an option's, and must not act as one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for argument in args[: args.index("--")] if "--" in args else args:
            if argument.startswith("-") and argument != "-" and os.path.lexists(argument):
                raise Error(f"{argument}: a file has this name; put `--` before the names of files")
        return super().parse_args(ctx, args)


@click.group("hook", cls=_Hook, epilog=_EXAMPLES)
def command() -> None:
    """Scan what is about to be committed or pushed."""


@command.command("run", cls=_Scan, hidden=True)
@click.argument("files", nargs=-1, metavar="[--] [FILE]…", shell_complete=completion.files)
@click.option("--stage", type=click.Choice(STAGES), default="pre-commit", help="The hook of git that runs this.")
@scan_options
def scan(files: tuple[str, ...], stage: str, **given: Any) -> int:
    """Scan what the index holds of FILES, or all that is staged if none is given.

    The content is read from the index, so it is what would be committed, not what stands in the work tree. Where
    pre-commit names commits (--from-ref, --to-ref), it is what these brought in. At the stage pre-push, what the
    remote has not yet; at pre-receive, on a server, what no reference has yet.
    """
    from linter.targets import Request

    commits = _commits(files, stage)
    if commits is not None:
        return run(Request(commits=commits, is_hook=True), given)
    if stage != "pre-commit":
        click.echo("twlint: this push only deletes: there is nothing to scan", err=True)
        return CLEAN
    return run(Request(indexed=files, is_hook=True), given)


def _commits(arguments: tuple[str, ...], stage: str) -> Range | None:
    """The commits that the hook is about, or None if it is about the index, or a push that only deletes."""
    from linter import hook_ranges

    if stage == "pre-receive":
        return hook_ranges.received(_lines())
    named = hook_ranges.of_pre_commit(os.environ)
    if named is not None or stage == "pre-commit":
        return named
    return hook_ranges.pushed(_lines(), arguments[0] if arguments else None)


def _lines() -> str:
    """What git gives the hook on standard input; nothing where a person sits there."""
    return "" if sys.stdin.isatty() else sys.stdin.buffer.read().decode("utf-8", "surrogateescape")


def _hook_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--hook", "stage", type=click.Choice(STAGES), default="pre-commit", show_default=True)(command)


@command.command("install", short_help="Write the hook of git that runs twlint.")
@_hook_option
def install(stage: str) -> None:
    """Write the hook of git that runs twlint; with pre-commit, also the one for merges."""
    from linter import hooks

    for name in _names(stage):
        click.echo(f"wrote {hooks.install(_own_repository(), name, _program())}")


@command.command("uninstall", short_help="Remove the hook that install wrote.")
@_hook_option
def uninstall(stage: str) -> None:
    """Remove the hook that `twlint hook install` wrote."""
    from linter import hooks

    removed = [hooks.uninstall(_own_repository(), name) for name in _names(stage)]
    for file in removed:
        if file is not None:
            click.echo(f"removed {file}")
    if not any(removed):
        click.echo(f"there is no {stage} hook")


def _names(stage: str) -> tuple[str, ...]:
    """The hooks of git that a stage needs: it runs one of its own before the commit of a merge."""
    return (stage, "pre-merge-commit") if stage == "pre-commit" else (stage,)


def _own_repository() -> Layout:
    from linter import repository

    layout = repository.find(Path())
    if layout is None:
        raise Error("not in a git repository; hooks belong to one")
    return layout


def _program() -> Path:
    """The command `twlint` that belongs to this Python: unlike `python -m`, it imports nothing of the repository."""
    beside = shutil.which("twlint", path=str(Path(sys.executable).parent))
    if beside is None:
        raise Error(f"there is no command twlint beside {sys.executable}; install twlint with pip")
    return Path(beside)
