"""Hooks of plain git are written where git looks for them, and nobody else's hook is touched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.git_repositories import Repository, create
from tests.invented import github_token

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

FOREIGN = "#!/bin/sh\necho theirs\n"


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository with a commit."""
    repository = create(project)
    repository.commit({"a": "a\n"})
    return repository


def hook(repository: Repository, name: str = "pre-commit") -> Path:
    """Where git looks for a hook by default."""
    return repository.git_dir / "hooks" / name


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("pre-commit", ["pre-commit", "pre-merge-commit"]),
        ("pre-push", ["pre-push"]),
        ("pre-receive", ["pre-receive"]),
    ],
)
def test_hooks_are_written_and_removed(kind: str, names: list[str], repository: Repository, twlint: Twlint) -> None:
    written = twlint("hook", "install", "--hook", kind)
    assert (written.returncode, written.stdout.count("wrote ")) == (0, len(names))
    assert sorted(path.name for path in hook(repository).parent.iterdir()) == names
    assert all(os.access(hook(repository, name), os.X_OK) for name in names)
    assert twlint("hook", "install", "--hook", kind).returncode == 0, "once more changes nothing"
    removed = twlint("hook", "uninstall", "--hook", kind)
    assert (removed.returncode, removed.stdout.count("removed ")) == (0, len(names))
    assert list(hook(repository).parent.iterdir()) == []
    assert "there is no" in twlint("hook", "uninstall", "--hook", kind).stdout


def foreign(file: Path) -> None:
    """Another's hook."""
    file.write_text(FOREIGN)


def changed(file: Path) -> None:
    """A hook of ours to which a line was added."""
    file.write_text(file.read_text() + "echo mine\n")


def linked(file: Path) -> None:
    """A link to another's hook."""
    file.unlink(missing_ok=True)
    (file.parent / "elsewhere").write_text(FOREIGN)
    file.symlink_to("elsewhere")


@pytest.mark.parametrize("other", [foreign, changed, linked], ids=lambda other: other.__name__)
def test_a_hook_that_is_not_ours_stays_as_it_is(
    other: object, repository: Repository, twlint: Twlint, project: Path
) -> None:
    twlint("hook", "install")
    assert callable(other)
    other(hook(repository))
    before = hook(repository).read_text()
    for command in ("install", "uninstall"):
        result = twlint("hook", command)
        assert result.returncode == 2
        assert hook(repository).read_text() == before
    assert "it stays as it is; add this line" in twlint("hook", "install").stderr


def test_the_line_to_add_works(repository: Repository, twlint: Twlint) -> None:
    hook(repository).parent.mkdir()
    hook(repository).write_text(FOREIGN)
    told = twlint("hook", "install").stderr
    line = told.splitlines()[-1].removeprefix("twlint: ").strip()
    hook(repository).write_text(f"{FOREIGN}{line}\necho end\n")
    hook(repository).chmod(0o755)
    env = {"TWLINT_CACHE_DIR": os.environ["TWLINT_CACHE_DIR"]}
    repository.stage({"a": f"{github_token()}\n"})
    assert repository.run("commit", "-m", "x", env=env, check=False).returncode != 0
    repository.stage({"a": "x\n"})
    passed = repository.run("commit", "-m", "x", env=env, check=False)
    assert (passed.returncode, b"end" in passed.stdout + passed.stderr) == (0, True)


@pytest.mark.parametrize("folder", ["shared hooks", "{tmp}/global"])
def test_the_folder_that_is_configured_is_used(
    folder: str, repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    configured = folder.format(tmp=tmp_path)
    repository.git("config", "core.hooksPath", configured)
    assert twlint("hook", "install").returncode == 0
    assert (repository.path / configured / "pre-commit").exists()
    assert not hook(repository).exists()
    below = repository.path / "below"
    below.mkdir()
    assert twlint("hook", "uninstall", cwd=below).returncode == 0
    assert not (repository.path / configured / "pre-commit").exists()


def test_the_folder_of_the_user_is_used(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"[core]\n\thooksPath = {tmp_path}/mine\n")
    assert twlint("hook", "install", env={"GIT_CONFIG_GLOBAL": str(config)}).returncode == 0
    assert (tmp_path / "mine" / "pre-commit").exists()


def test_linked_work_trees_share_their_hooks(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", "--detach", tmp_path / "linked")
    assert twlint("hook", "install", cwd=tmp_path / "linked").returncode == 0
    assert hook(repository).exists()


def test_a_program_that_is_gone_stops_the_commit(repository: Repository, twlint: Twlint) -> None:
    twlint("hook", "install")
    text = hook(repository).read_text()
    (line,) = [each for each in text.split("\n") if each.startswith("program=")]
    hook(repository).write_text(text.replace(line, "program=/nowhere/twlint"))
    repository.stage({"a": "x\n"})
    stopped = repository.run("commit", "-m", "x", check=False)
    assert (stopped.returncode != 0, b"is gone" in stopped.stderr) == (True, True)
    assert twlint("hook", "install").returncode == 0, "it is ours, whatever program it names"


def test_a_hook_belongs_to_a_repository(twlint: Twlint) -> None:
    result = twlint("hook", "install")
    assert (result.returncode, "not in a git repository" in result.stderr) == (2, True)
