"""Which git runs, and GitPython's means of running it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from linter.model import Error

if TYPE_CHECKING:
    from pathlib import Path

    from git import Git

__all__ = ["find_program", "runner"]

MINIMUM_VERSION = (2, 30)


def runner(program: str, folder: Path) -> Git:
    """GitPython's means of running git, with `folder` as its current directory.

    Importing GitPython runs git to ask its version, so it is told before which one.

    Raises:
        Error: git is too old.
    """
    os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
    try:
        from git import Git
    except ImportError as error:
        told = str(error).strip().splitlines()
        raise Error(f"{program} does not work: {told[0] if told else 'it does not tell its version'}") from None

    git = Git(str(folder))
    if git.version_info[:2] < MINIMUM_VERSION:
        wanted = ".".join(map(str, MINIMUM_VERSION))
        raise Error(f"{program} is git {'.'.join(map(str, git.version_info))}; {wanted} or later is needed")
    return git


def find_program() -> str:
    """The absolute path of git.

    Raises:
        Error: there is none on PATH (where `.` and other relative folders do not count), or it is too old.
    """
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    program = shutil.which("git", path=os.pathsep.join(folders))
    if program is None:
        raise Error("git was not found on PATH; install git 2.30 or later, or name files that are in no repository")
    return program
