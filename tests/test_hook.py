"""The hook in the situations in which people commit: each with a leak that is stopped, and without one.

Every situation is tried with the real pre-commit and prek, which run what `.pre-commit-hooks.yaml` says, and with the
hooks that `twlint hook install` writes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from linter import strict_yaml
from tests.command import COMMAND, Twlint
from tests.git_repositories import Repository, clone, create
from tests.invented import github_token

if TYPE_CHECKING:
    from collections.abc import Callable

Ended = subprocess.CompletedProcess[bytes]

PROJECT = Path(__file__).parents[1]
LEAK = f"GITHUB_TOKEN={github_token()}\n"
CLEAN = "GITHUB_TOKEN=taken from the environment\n"
FOUND = b"GitHub personal access token"


def manifest() -> list[dict[str, Any]]:
    """The hooks of `.pre-commit-hooks.yaml`."""
    hooks: Any = strict_yaml.load((PROJECT / ".pre-commit-hooks.yaml").read_bytes(), "hooks").value
    return list(hooks)


def configuration(*changes: tuple[str, Any]) -> str:
    """A configuration of pre-commit with the hooks of the manifest, run by this Python; `changes` are made to each."""
    command = " ".join(f"'{part}'" for part in COMMAND)
    hooks = []
    for hook in manifest():
        # The loader of ours leaves every value as it is written.
        typed = {key: {"true": True, "false": False}.get(str(value), value) for key, value in hook.items()}
        entry = command + hook["entry"].removeprefix("twlint")
        hooks.append({**typed, "language": "system", "entry": entry, **dict(changes)})
    return json.dumps({"repos": [{"repo": "local", "hooks": hooks}]})


MANAGERS = ("pre-commit", "prek")


def manage(manager: str, repository: Repository, *arguments: str) -> Ended:
    """Run pre-commit or prek in a repository."""
    program = shutil.which(manager, path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip(f"there is no {manager}")
    return subprocess.run([program, *arguments], cwd=repository.path, capture_output=True, check=False)


def git(repository: Repository, *arguments: str | Path) -> Ended:
    """Run git with hooks, and with the cache of the tests."""
    return repository.run(*arguments, env={"TWLINT_CACHE_DIR": os.environ["TWLINT_CACHE_DIR"]}, check=False)


def commit(repository: Repository, *options: str) -> Ended:
    """Commit with hooks."""
    return git(repository, "commit", "--quiet", "-m", "x", *options)


def install(repository: Repository, manager: str) -> None:
    """Install the hooks of a repository."""
    if manager in MANAGERS:
        repository.write({".pre-commit-config.yaml": configuration()})
        kinds = [f"--hook-type={kind}" for kind in ("pre-commit", "pre-merge-commit", "pre-push")]
        done = [manage(manager, repository, "install", *kinds)]
    else:
        command = (*COMMAND, "hook", "install", "--hook")
        done = [
            subprocess.run([*command, kind], cwd=repository.path, capture_output=True, check=False)
            for kind in ("pre-commit", "pre-push")
        ]
    assert [each.returncode for each in done] == [0] * len(done), done


def manager_of(repository: Repository) -> str:
    """Which manager wrote the hook of a repository."""
    hook = (repository.path / ".git" / "hooks" / "pre-commit").read_text()
    return next((manager for manager in reversed(MANAGERS) if manager in hook), "git")


@pytest.fixture(autouse=True)
def _homes_of_managers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PREK_HOME", str(tmp_path / "prek"))


@pytest.fixture(params=["git", *(pytest.param(manager, marks=pytest.mark.slow) for manager in MANAGERS)])
def hooked(request: pytest.FixtureRequest, project: Path) -> Repository:
    """A repository with one commit, whose commits and pushes are scanned from now on."""
    repository = create(project)
    install(repository, request.param)
    repository.commit({"a": "a\n", "b": "b\n", "folder/c": "c\n" * 20, ".gitignore": ".pre-commit-config.yaml\n"})
    return repository


def a_commit(repository: Repository, line: str) -> Ended:
    repository.stage({"folder/new": line})
    return commit(repository)


def a_commit_of_all(repository: Repository, line: str) -> Ended:
    repository.write({"a": line})
    return commit(repository, "--all")


def a_commit_of_one_file(repository: Repository, line: str) -> Ended:
    repository.stage({"b": "staged, and not part of it\n"})
    repository.write({"a": line})
    return commit(repository, "--", "a")


def a_partly_staged_file(repository: Repository, line: str) -> Ended:
    repository.stage({"a": line})
    repository.write({"a": LEAK if line == CLEAN else CLEAN})
    return commit(repository)


def a_rename(repository: Repository, line: str) -> Ended:
    repository.git("mv", "folder/c", "renamed")
    repository.stage({"renamed": "c\n" * 20 + line})
    return commit(repository)


def a_first_commit(repository: Repository, line: str) -> Ended:
    repository.git("checkout", "--quiet", "--orphan", "unborn")
    repository.git("rm", "-r", "--quiet", "--cached", ".")
    repository.stage({"a": line})
    return commit(repository)


def a_merge(repository: Repository, line: str) -> Ended:
    repository.branch("side")
    repository.commit({"side": line})
    repository.checkout("main")
    repository.commit({"b": "main\n"})
    return git(repository, "merge", "--no-edit", "--no-ff", "side")


def a_resolved_conflict(repository: Repository, line: str) -> Ended:
    repository.branch("side")
    repository.commit({"a": "side\n"})
    repository.checkout("main")
    repository.commit({"a": "main\n"})
    repository.run("merge", "side", check=False)
    repository.stage({"a": line})
    return commit(repository)


def a_linked_work_tree(repository: Repository, line: str) -> Ended:
    folder = repository.path.parent / "linked"
    repository.git("worktree", "add", "--quiet", "-b", "linked", folder)
    linked = Repository(folder)
    config = repository.path / ".pre-commit-config.yaml"
    linked.write({".pre-commit-config.yaml": config.read_bytes()} if config.exists() else {})
    linked.stage({"a": line})
    return commit(linked)


def a_commit_inside_a_submodule(repository: Repository, line: str) -> Ended:
    origin = create(repository.path.parent / "origin")
    origin.commit({"a": "a\n", ".gitignore": ".pre-commit-config.yaml\n"})
    repository.git("submodule", "--quiet", "add", origin.path, "inner")
    inner = Repository(repository.path / "inner")
    install(inner, manager_of(repository))
    inner.stage({"a": line})
    return commit(inner)


def a_submodule_that_is_added(repository: Repository, line: str) -> Ended:
    origin = create(repository.path.parent / "origin")
    origin.commit({"a": LEAK})
    repository.git("submodule", "--quiet", "add", origin.path, "inner")
    repository.stage({"beside": line})
    return commit(repository)


def an_emptied_index(repository: Repository, line: str) -> Ended:
    repository.git("rm", "-r", "--quiet", "--cached", ".")
    repository.stage({"only": line} if line == LEAK else {})
    return commit(repository)


def an_amended_commit(repository: Repository, line: str) -> Ended:
    repository.stage({"a": line})
    return commit(repository, "--amend")


def a_commit_from_a_folder_below(repository: Repository, line: str) -> Ended:
    repository.stage({"folder/c": line})
    below = Repository(repository.path / "folder")
    return commit(below)


def a_file_with_the_name_of_an_option(repository: Repository, line: str) -> Ended:
    repository.stage({"--exit-zero": "x\n", "install": line, "--exclude=*": "x\n"})
    return commit(repository)


def a_git_directory_that_is_named(repository: Repository, line: str) -> Ended:
    """Files of a home folder, say, whose git directory is elsewhere."""
    away = repository.path.parent / "away.git"
    (repository.path / ".git").rename(away)
    named = Repository(repository.path)
    options = (f"--git-dir={away}", f"--work-tree={repository.path}")
    (repository.path / "a").write_text(line)
    named.git(*options, "add", "a")
    return git(named, *options, "commit", "--quiet", "-m", "x")


def a_push(repository: Repository, line: str) -> Ended:
    server = create(repository.path.parent / "server.git", "--bare")
    repository.git("remote", "add", "origin", server.path)
    repository.git("push", "--quiet", "--no-verify", "origin", "main")
    repository.commit({"a": line})
    repository.commit({"a": "removed again\n"})
    return git(repository, "push", "origin", "main")


def a_first_push(repository: Repository, line: str) -> Ended:
    server = create(repository.path.parent / "server.git", "--bare")
    repository.commit({"a": line})
    repository.commit({"a": "removed again\n"})
    return git(repository, "push", server.path, "main")


def a_push_of_a_new_branch(repository: Repository, line: str) -> Ended:
    """The leak that the remote has already is not told again."""
    server = create(repository.path.parent / "server.git", "--bare")
    repository.commit({"old": LEAK})
    repository.git("remote", "add", "origin", server.path)
    repository.git("push", "--quiet", "--no-verify", "origin", "main")
    repository.branch("topic")
    repository.commit({"a": line.replace("=", "=x " + github_token(1)) if line == LEAK else line})
    return git(repository, "push", "origin", "topic")


SITUATIONS = [
    a_commit,
    a_commit_of_all,
    a_commit_of_one_file,
    a_partly_staged_file,
    a_rename,
    a_first_commit,
    a_merge,
    a_resolved_conflict,
    a_linked_work_tree,
    a_commit_inside_a_submodule,
    a_submodule_that_is_added,
    an_emptied_index,
    an_amended_commit,
    a_commit_from_a_folder_below,
    a_file_with_the_name_of_an_option,
    a_push,
    a_first_push,
    a_push_of_a_new_branch,
]


@pytest.mark.parametrize("line", [LEAK, CLEAN], ids=["leak", "clean"])
@pytest.mark.parametrize("attempt", SITUATIONS, ids=lambda attempt: attempt.__name__)
def test_a_leak_is_stopped_and_a_clean_change_passes(
    attempt: Callable[[Repository, str], Ended], line: str, hooked: Repository
) -> None:
    ended = attempt(hooked, line)
    output = ended.stdout + ended.stderr
    assert (FOUND in output) == (line == LEAK), output
    assert (ended.returncode != 0) == (line == LEAK), output
    assert github_token().encode() not in output


@pytest.mark.parametrize("line", [LEAK, CLEAN], ids=["leak", "clean"])
def test_a_git_directory_that_is_named_is_the_one_that_is_scanned(line: str, project: Path) -> None:
    repository = create(project)
    install(repository, "git")
    repository.commit({"a": "a\n"})
    ended = a_git_directory_that_is_named(repository, line)
    assert (FOUND in ended.stdout + ended.stderr) == (line == LEAK)
    assert (ended.returncode != 0) == (line == LEAK), ended.stderr


# What only pre-commit and prek have.


@pytest.fixture(params=MANAGERS)
def manager(request: pytest.FixtureRequest) -> str:
    """The program that runs the hook."""
    return str(request.param)


@pytest.fixture
def managed(project: Path) -> Repository:
    """A repository with a configuration of pre-commit."""
    repository = create(project)
    repository.commit({".pre-commit-config.yaml": configuration(), "a": "a\n"})
    return repository


@pytest.mark.parametrize("line", [LEAK, CLEAN], ids=["leak", "clean"])
def test_all_files_are_scanned_on_request(line: str, manager: str, managed: Repository) -> None:
    managed.commit({"old": line, "folder/older": "x\n"})
    ended = manage(manager, managed, "run", "twlint", "--all-files", "--verbose")
    assert (ended.returncode != 0, FOUND in ended.stdout) == (line == LEAK, line == LEAK), ended.stdout
    assert b"the files named, as the index has it: 4 paths" in ended.stdout


@pytest.mark.parametrize("line", [LEAK, CLEAN], ids=["leak", "clean"])
def test_what_commits_brought_in_is_scanned(line: str, manager: str, managed: Repository) -> None:
    """A leak that a later commit removes is in neither of the two states that the manager compares."""
    managed.commit({"before": f"{github_token(3)}\n"})
    start = managed.tip()
    managed.commit({"a": line})
    managed.commit({"a": "removed again\n"})
    ended = manage(manager, managed, "run", "twlint", "--from-ref", start, "--to-ref", "HEAD", "--verbose")
    assert (ended.returncode != 0, FOUND in ended.stdout) == (line == LEAK, line == LEAK), ended.stdout
    assert b"2 commits" in ended.stdout


def test_pre_commit_run_with_a_commit_that_is_not_there_fails(managed: Repository, tmp_path: Path) -> None:
    managed.commit({"a": "b\n"})
    start = managed.tip()
    managed.commit({"a": "c\n"})
    shallow = clone(managed.path, tmp_path / "shallow", "--depth=1")
    command = (*COMMAND, "hook", "--")
    named = {"PRE_COMMIT_FROM_REF": start, "PRE_COMMIT_TO_REF": "HEAD"}
    ended = subprocess.run(command, cwd=shallow.path, env={**os.environ, **named}, capture_output=True, check=False)
    assert ended.returncode == 2
    assert b"git fetch --unshallow" in ended.stderr


def test_own_arguments_may_leave_out_the_two_dashes(manager: str, project: Path) -> None:
    """The names of files then stand where options do; one that looks like an option ends the hook."""
    repository = create(project)
    repository.commit({".pre-commit-config.yaml": configuration(("args", ["--ignore", "aws"]))})
    repository.stage({"install": LEAK})
    assert FOUND in manage(manager, repository, "run", "twlint").stdout
    repository.stage({"--exit-zero": "x\n"})
    ended = manage(manager, repository, "run", "twlint")
    assert ended.returncode != 0
    assert b"put `--` before the names of files" in ended.stdout


def test_the_hook_says_what_it_scanned(managed: Repository, twlint: Twlint) -> None:
    managed.stage({"a": "more\n", "b": "b\n"})
    result = twlint("hook")
    assert result.returncode == 0
    assert "what is staged, as the index has it: 2 paths" in result.stdout
    assert "Scanned 2 files" in result.stdout
