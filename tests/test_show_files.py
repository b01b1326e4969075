"""`twlint scan --show-files`: the files that would be scanned, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import git_repositories
from tests.invented import github_token

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint


def test_the_files_of_a_folder_are_listed_and_none_is_scanned(twlint: Twlint, project: Path) -> None:
    (project / "b").mkdir()
    (project / "b" / "c.txt").write_text(github_token())
    (project / "a.txt").write_text("x")
    (project / "left.lock").write_text("x")
    (project / ".twlint.yaml").write_text("exclude: ['*.lock']\n")

    result = twlint("scan", "--show-files")

    assert (result.returncode, result.stdout, result.stderr) == (0, ".twlint.yaml\na.txt\nb/c.txt\n", "")


def test_what_git_ignores_and_what_only_the_history_has_is_not_listed(twlint: Twlint, project: Path) -> None:
    repository = git_repositories.create(project)
    repository.commit({"gone.txt": "x", ".gitignore": "*.log\n"})
    repository.git("rm", "-q", "gone.txt")
    repository.write({"new.txt": "x", "a.log": "x", "added.txt": "x"})
    repository.git("add", "added.txt")

    assert twlint("scan", "--show-files").stdout == ".gitignore\nadded.txt\nnew.txt\n"
    assert twlint("scan", "--show-files", "--staged").stdout == "added.txt\n"


def test_the_files_listed_are_those_that_a_scan_counts(twlint: Twlint, project: Path) -> None:
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "a.txt").write_text("x")

    listed = twlint("scan", "--show-files", "one", "two/a.txt").stdout.splitlines()

    assert listed == ["one/a.txt", "two/a.txt"]
    assert twlint.json("one", "two/a.txt")["coverage"]["files"] == len(listed)


def test_a_name_stays_on_its_line_and_steers_no_terminal(twlint: Twlint, project: Path) -> None:
    (project / "a\n\x1b[2J.txt").write_text("x")

    assert twlint("scan", "--show-files").stdout == "a\\x0a\\x1b[2J.txt\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--range", "HEAD~..HEAD"], "--show-files lists files"),
        (["--since", "HEAD"], "--show-files lists files"),
        (["--history"], "--show-files lists files"),
        (["--reflog"], "--show-files lists files"),
        (["nowhere"], "nowhere: No such file"),
        (["--exclude", "*"], "every path is excluded"),
    ],
)
def test_bad_input_ends_with_2(arguments: list[str], words: str, twlint: Twlint, project: Path) -> None:
    (project / "a.txt").write_text("x")

    result = twlint("scan", "--show-files", *arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr


def test_a_bare_repository_has_no_files(twlint: Twlint, project: Path, tmp_path: Path) -> None:
    git_repositories.create(project).commit({"a.txt": "x"})
    git_repositories.create(tmp_path / "other").git("clone", "-q", "--bare", str(project), str(tmp_path / "bare"))

    result = twlint("scan", "--show-files", tmp_path / "bare")

    assert (result.returncode, result.stdout) == (2, "")
    assert "has no files, only a history" in result.stderr
