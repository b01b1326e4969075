"""Where repositories are found, and that git reads of them only what it is asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter.git import Sterile, is_object_id
from linter.repository import Layout, find
from tests.git_repositories import Repository, create
from tests.invented import github_token
from tests.scans import SHOWN, run, scan, values

if TYPE_CHECKING:
    from tests.command import Twlint

Entry = Callable[[Repository, Path], Path]
"""Makes another way into a repository, below a folder, and gives its path."""


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


@pytest.fixture
def repository(project: Path) -> Repository:
    """Two leaks in the history, one of them on another branch; the work tree is clean."""
    repository = create(project)
    repository.commit({"readme": "hello\n"})
    repository.commit({".env": leak(1)})
    repository.commit({".env": None})
    repository.branch("other")
    repository.commit({".env": leak(2)})
    repository.checkout("main")
    return repository


# Entry points.


def the_top(repository: Repository, _: Path) -> Path:
    return repository.path


def the_git_directory(repository: Repository, _: Path) -> Path:
    return repository.path / ".git"


def a_relative_path(repository: Repository, _: Path) -> Path:
    return Path("..") / repository.path.name


def a_bare_clone(repository: Repository, folder: Path) -> Path:
    repository.git("clone", "--quiet", "--bare", "--template=", repository.path, folder / "bare.git")
    return folder / "bare.git"


def a_mirror_without_config(repository: Repository, folder: Path) -> Path:
    repository.git("clone", "--quiet", "--mirror", "--template=", repository.path, folder / "mirror")
    (folder / "mirror" / "config").unlink()
    return folder / "mirror"


def a_linked_work_tree(repository: Repository, folder: Path) -> Path:
    repository.git("worktree", "add", "--quiet", "--detach", folder / "linked")
    return folder / "linked"


def a_separate_git_directory(repository: Repository, folder: Path) -> Path:
    repository.git("init", "--quiet", f"--separate-git-dir={folder / 'separate'}")
    assert (repository.path / ".git").is_file()
    return repository.path


def a_relative_git_file(repository: Repository, folder: Path) -> Path:
    (repository.path / ".git").rename(folder / "elsewhere")
    (repository.path / ".git").write_text(f"gitdir: ../{folder.name}/elsewhere\n")
    return repository.path


def a_linked_git_directory(repository: Repository, folder: Path) -> Path:
    (repository.path / ".git").rename(folder / "elsewhere")
    (repository.path / ".git").symlink_to(folder / "elsewhere")
    return repository.path


def a_link_to_the_top(repository: Repository, folder: Path) -> Path:
    (folder / "link").symlink_to(repository.path)
    return folder / "link"


def a_submodule(repository: Repository, folder: Path) -> Path:
    outer = create(folder / "outer")
    outer.git("submodule", "--quiet", "add", repository.path, "inner")
    outer.git("-C", "inner", "fetch", "--quiet", "origin", "+refs/heads/*:refs/heads/*", "--update-head-ok")
    return outer.path / "inner"


ENTRIES = (
    the_top,
    the_git_directory,
    a_relative_path,
    a_bare_clone,
    a_mirror_without_config,
    a_linked_work_tree,
    a_separate_git_directory,
    a_relative_git_file,
    a_linked_git_directory,
    a_link_to_the_top,
    a_submodule,
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_way_into_a_repository_gives_the_same_findings(
    entry: Entry, repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    folder = tmp_path / "ways"
    folder.mkdir()
    report = scan(twlint, entry(repository, folder))
    assert values(report) == {github_token(1), github_token(2)}
    assert report["coverage"]["complete"]
    assert {finding["location"]["path"] for finding in report["findings"]} == {".env"}


@pytest.mark.parametrize("entry", [the_top, a_linked_work_tree, a_separate_git_directory, a_submodule])
def test_every_work_tree_shows_what_it_holds_and_has_not_committed(
    entry: Entry, repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    folder = tmp_path / "ways"
    folder.mkdir()
    top = entry(repository, folder)
    (top / "draft").write_text(leak(3))
    report = scan(twlint, "--no-history", top)
    assert values(report) == {github_token(3)}


def test_a_folder_without_a_repository_has_none(tmp_path: Path) -> None:
    assert find(tmp_path) is None


def test_a_folder_of_a_work_tree_belongs_to_its_repository(repository: Repository) -> None:
    folder = repository.path / "a" / "b"
    folder.mkdir(parents=True)
    git_dir = repository.path / ".git"
    assert find(folder) == Layout(git_dir, git_dir, repository.path)


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    bare = create(tmp_path / "bare.git", "--bare")
    assert find(bare.path) == Layout(bare.path, bare.path, None)


def test_a_linked_work_tree_shares_the_objects_of_its_repository(repository: Repository, tmp_path: Path) -> None:
    layout = find(a_linked_work_tree(repository, tmp_path))
    assert layout is not None
    assert layout.worktree == tmp_path / "linked"
    assert layout.common_dir.resolve() == repository.path / ".git"
    assert layout.git_dir.resolve() == repository.path / ".git" / "worktrees" / "linked"


@pytest.mark.parametrize("content", ["", "gitdir: \n", "gitdir: /nonexistent\n", "gitdir: .\n", "x" * 9_999])
def test_a_git_file_that_names_no_repository_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / ".git").write_text(content)
    assert find(tmp_path) is None


def test_a_repository_inside_a_work_tree_is_one_of_its_own(repository: Repository) -> None:
    inner = create(repository.path / "inner")
    layout = find(inner.path)
    assert layout is not None
    assert layout.worktree == inner.path


# What the caller's environment says of git.


def other_repository(folder: Path) -> Repository:
    """A repository with a leak of its own."""
    other = create(folder)
    other.commit({"other": leak(9)})
    return other


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "{other}/.git"},
        {"GIT_DIR": "/nonexistent"},
        {"GIT_COMMON_DIR": "{other}/.git"},
        {"GIT_WORK_TREE": "{other}"},
        {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"},
        {"GIT_ALTERNATE_OBJECT_DIRECTORIES": "{other}/.git/objects"},
        {"GIT_INDEX_FILE": "{other}/.git/index"},
        {"GIT_NAMESPACE": "other"},
        {"GIT_SHALLOW_FILE": "{shallow}"},
        {"GIT_GRAFT_FILE": "{shallow}"},
        {"GIT_CEILING_DIRECTORIES": "/"},
        {"GIT_DEFAULT_HASH": "sha256"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "nonsense"},
        {"GIT_CONFIG_COUNT": "nonsense"},
        {"GIT_CONFIG_PARAMETERS": "'core.worktree=/nonexistent'"},
        {"GIT_CONFIG_PARAMETERS": "nonsense"},
        {"GIT_LITERAL_PATHSPECS": "0", "GIT_GLOB_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1"},
        {"GIT_REPLACE_REF_BASE": "refs/heads/"},
        {"GIT_EXTERNAL_DIFF": "/nonexistent", "GIT_PAGER": "/nonexistent", "PAGER": "/nonexistent"},
        {"GIT_TRACE": "2", "GIT_TRACE_SETUP": "1"},
        {"GIT_PYTHON_TRACE": "full"},
        {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_the_environment_of_git_changes_nothing(
    variables: dict[str, str], repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    other = other_repository(tmp_path / "other")
    (tmp_path / "shallow").write_text(repository.tip() + "\n")
    places = {"other": other.path, "shallow": tmp_path / "shallow"}
    env = {name: value.format(**places) for name, value in variables.items()}
    undisturbed = twlint("scan", *SHOWN)
    assert values(undisturbed.report) == {github_token(1), github_token(2)}
    assert twlint("scan", *SHOWN, env=env) == undisturbed


def test_the_users_own_list_of_ignored_files_counts(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    repository.write({"draft.private": leak(3)})
    (tmp_path / "ignored").write_text("*.private\n")
    (tmp_path / "gitconfig").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignored'}\n")
    assert github_token(3) in values(scan(twlint))
    env = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}
    assert github_token(3) not in values(scan(twlint, env=env))


# Which git is run.


def fake_git(folder: Path, text: str) -> Path:
    """A program called git, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize("version", ["2.20.1", "2.29.9", "1.9"])
def test_an_old_git_is_refused(version: str, repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    folder = fake_git(tmp_path / "bin", f"echo git version {version}")
    result = twlint("scan", env={"PATH": str(folder)})
    assert (result.returncode, result.stdout) == (2, "")
    assert version in result.stderr
    assert "2.30" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["exit 1", "echo nonsense", "kill -9 $$", "echo git version 99.0; exit 1"])
def test_a_git_that_does_not_work_is_refused(text: str, repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    result = twlint("scan", env={"PATH": str(fake_git(tmp_path / "bin", text))})
    assert (result.returncode, result.stdout) == (2, "")
    assert "internal error" not in result.stderr


def test_without_git_a_repository_is_bad_input(repository: Repository, twlint: Twlint) -> None:
    result = twlint("scan", env={"PATH": "/nonexistent"})
    assert (result.returncode, result.stdout) == (2, "")
    assert "git was not found on PATH" in result.stderr


def test_without_git_plain_files_are_scanned(project: Path, twlint: Twlint) -> None:
    (project / ".env").write_text(leak())
    result = twlint("scan", *SHOWN, env={"PATH": "/nonexistent"})
    assert (result.returncode, values(result.report)) == (1, {github_token()})


@pytest.mark.parametrize("path", [".", "", "bin"])
def test_git_in_a_relative_folder_of_path_is_not_run(path: str, repository: Repository, twlint: Twlint) -> None:
    for folder in (repository.path, repository.path / "bin"):
        fake_git(folder, "touch ran; echo git version 2.99.0")
    alone = twlint("scan", env={"PATH": path})
    assert (alone.returncode, alone.stdout) == (2, "")
    before = twlint("scan", *SHOWN, env={"PATH": f"{path}{os.pathsep}{os.environ['PATH']}"})
    assert before.returncode == 1
    assert not (repository.path / "ran").exists()


# What a scan leaves behind.


def state_of(folder: Path) -> dict[Path, tuple[int, int, bytes]]:
    """Every file below a folder: its mode, its time and its content."""
    return {
        path: (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("options", [(), ("--staged",), ("--since", "HEAD~"), ("--all-objects",)])
def test_a_scan_leaves_nothing_behind_and_changes_nothing(
    options: tuple[str, ...], repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    repository.stage({"staged": leak(3)})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = state_of(repository.path)
    result = twlint("scan", *SHOWN, *options, env={"TMPDIR": str(temporary)})
    assert result.returncode in {0, 1}
    assert list(temporary.iterdir()) == []
    assert state_of(repository.path) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_the_repository_of_another_user_is_scanned(repository: Repository, twlint: Twlint) -> None:
    for path in [repository.path, *repository.path.rglob("*")]:
        os.chown(path, 12_345, 12_345)
    refused = repository.run("log", check=False)
    assert b"dubious ownership" in refused.stderr, "git itself must refuse"
    report = scan(twlint)
    assert values(report) == {github_token(1), github_token(2)}
    assert report["coverage"]["complete"]


def test_a_closed_repository_has_no_folder_and_no_process(repository: Repository) -> None:
    layout = find(repository.path)
    assert layout is not None
    with Sterile(layout) as sterile:
        folder = Path(sterile.run("rev-parse", "--absolute-git-dir").output.decode().strip())
        assert folder.is_dir()
        assert sterile.object_format == "sha1"
        assert sterile.shallow == frozenset()
    assert not folder.exists()


def test_only_full_object_ids_are_object_ids() -> None:
    assert is_object_id("a" * 40)
    assert is_object_id("a" * 64)
    for text in ("a" * 39, "a" * 41, "A" * 40, "--all", "a" * 40 + "\n", "HEAD", "", "g" * 40):
        assert not is_object_id(text)


def test_a_repository_of_an_unknown_kind_is_bad_input(repository: Repository, twlint: Twlint) -> None:
    repository.git("config", "core.repositoryFormatVersion", "99")
    result = run(twlint)
    assert (result.returncode, result.stdout) == (2, "")
    assert "cannot read" in result.stderr


def test_the_head_of_a_repository_without_work_tree_is_known(repository: Repository, tmp_path: Path) -> None:
    bare = a_bare_clone(repository, tmp_path)
    layout = find(bare)
    assert layout is not None
    with Sterile(layout) as sterile:
        assert sterile.resolve("HEAD") == repository.tip()
        assert sterile.resolve("other") == repository.tip("other")
        assert sterile.resolve("--all") is None


def test_the_program_that_git_is_in_these_tests_is_the_real_one() -> None:
    assert shutil.which("git")
