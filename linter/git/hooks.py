"""Where git looks for the hooks of a repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from linter.git.program import find_program, runner
from linter.model import Error

if TYPE_CHECKING:
    from pathlib import Path

    from linter.repository import Layout

__all__ = ["hooks_folder"]


def hooks_folder(layout: Layout) -> Path:
    """The folder whose hooks git runs in the user's own repository at `layout`.

    This is the one question that is put to git with the configuration of the user and of the repository in force:
    `core.hooksPath` may stand in either.

    Raises:
        Error: git does not answer.
    """
    from git.exc import GitCommandError

    top = layout.worktree or layout.git_dir
    program = find_program()
    try:
        told = runner(program, top).execute(
            [program, "rev-parse", "--git-path", "hooks"],
            env={"GIT_DIR": str(layout.git_dir)},
            strip_newline_in_stdout=True,
        )
    except GitCommandError as error:
        raise Error(f"{layout.git_dir}: git does not tell where its hooks are: {error.stderr}") from None
    return top / os.fsdecode(str(told))
