"""What would be committed is scanned as it would be committed, whatever stands in the work tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import awkward
from tests.command import COMMAND, Twlint
from tests.git_repositories import ADA, Repository, create
from tests.invented import github_token
from tests.scans import failures, kinds, run, scan, values

if TYPE_CHECKING:
    from tests.command import Result

PROJECT = Path(__file__).parents[1]
MODES = [("scan", "--staged"), ("hook",)]


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository with one harmless commit."""
    repository = create(project)
    repository.commit({"a": "a\n", "folder/b": "b\n"})
    return repository


@pytest.fixture(params=MODES, ids=lambda mode: mode[0])
def mode(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that scans what is staged, and its options."""
    chosen: tuple[str, ...] = request.param
    return chosen


def staged(twlint: Twlint, mode: tuple[str, ...], cwd: Path | None = None) -> Result:
    """How a scan of what is staged ends."""
    command, *options = mode
    return run(twlint, *options, command=command, cwd=cwd)


def test_what_is_staged_is_found(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    repository.stage({"folder/.env": leak()})
    result = staged(twlint, mode)
    (finding,) = result.report["findings"]
    assert (result.returncode, finding["location"]["path"]) == (1, "folder/.env")
    assert finding["location"]["blob"] == repository.id_of(leak())


def test_what_only_the_work_tree_has_is_not_found(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"a": "staged\n"})
    repository.write({"a": leak(1), "untracked": leak(2)})
    result = staged(twlint, mode)
    assert (result.returncode, values(result.report)) == (0, set())
    assert result.report["coverage"]["files"] == 1


def test_a_leak_that_is_staged_and_then_mended_in_the_work_tree_is_found(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"a": leak()})
    repository.write({"a": "mended\n"})
    assert staged(twlint, mode).returncode == 1


def test_a_leak_that_is_staged_and_then_deleted_is_found(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"new": leak()})
    repository.write({"new": None})
    assert staged(twlint, mode).returncode == 1


def test_a_leak_that_was_committed_before_is_not_found_again(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.commit({"old": leak()})
    repository.stage({"a": "more\n"})
    assert staged(twlint, mode).returncode == 0


def test_a_renamed_file_is_scanned_under_its_new_name(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.commit({"old": leak()})
    repository.git("mv", "old", "new")
    (finding,) = staged(twlint, mode).report["findings"]
    assert finding["location"]["path"] == "new"


def test_the_first_commit_is_scanned(mode: tuple[str, ...], project: Path, twlint: Twlint) -> None:
    create(project).stage({"a": leak()})
    assert staged(twlint, mode).returncode == 1


def test_nothing_staged_is_clean_and_says_so(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    result = staged(twlint, mode)
    assert result.returncode == 0
    assert result.report["notices"] == ["nothing is staged: there is nothing to scan"]


def test_an_emptied_index_is_clean(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    repository.git("rm", "-r", "--cached", "--quiet", ".")
    assert staged(twlint, mode).returncode == 0


def test_a_broken_index_is_bad_input(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    (repository.git_dir / "index").write_bytes(b"DIRC nonsense")
    result = staged(twlint, mode)
    assert (result.returncode, result.stdout) == (2, "")


def test_an_entry_whose_content_is_gone_is_told(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    repository.stage({"a": leak(), "b": "b\n"})
    name = repository.id_of(leak())
    (repository.git_dir / "objects" / name[:2] / name[2:]).unlink()
    result = staged(twlint, mode)
    assert (result.returncode, failures(result.report)) == (3, ["a"])


def test_a_submodule_is_named_and_not_scanned(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    other = create(tmp_path / "other")
    other.commit({"a": leak()})
    repository.git("submodule", "--quiet", "add", other.path, "inner")
    result = staged(twlint, mode)
    assert (result.returncode, kinds(result.report)) == (0, {"inner": "excluded"})


def test_a_linked_work_tree_has_an_index_of_its_own(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    repository.git("worktree", "add", "--quiet", "--detach", tmp_path / "linked")
    Repository(tmp_path / "linked").stage({"a": leak(1)})
    repository.stage({"a": leak(2)})
    assert values(staged(twlint, mode, cwd=tmp_path / "linked").report) == {github_token(1)}
    assert values(staged(twlint, mode).report) == {github_token(2)}


def test_a_split_index_is_read(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    repository.git("update-index", "--split-index")
    repository.stage({"new": leak()})
    assert staged(twlint, mode).returncode == 1


def test_a_link_is_scanned_as_the_name_it_leads_to(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    (repository.path / "link").symlink_to(f"https://x:{github_token()}@acme.test")
    repository.git("add", "link")
    assert staged(twlint, mode).returncode == 1


def test_a_promise_to_add_holds_nothing(mode: tuple[str, ...], repository: Repository, twlint: Twlint) -> None:
    repository.write({"promised": leak()})
    repository.git("add", "--intent-to-add", "promised")
    assert staged(twlint, mode).returncode == 0


def test_a_promise_to_add_that_is_named_holds_nothing(repository: Repository, twlint: Twlint) -> None:
    repository.write({"promised": leak()})
    repository.git("add", "--intent-to-add", "promised")
    assert run(twlint, "promised", command="hook").returncode == 0


def test_the_same_content_at_two_paths_is_found_at_both(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.stage({"one": leak(), "two": leak()})
    (finding,) = staged(twlint, mode).report["findings"]
    assert [each["path"] for each in finding["occurrences"]] == ["one", "two"]


def test_a_merge_that_is_not_committed_is_scanned(
    mode: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    repository.branch("side")
    repository.commit({"side": leak(1)})
    repository.checkout("main")
    repository.commit({"a": "main\n"})
    repository.git("merge", "--no-commit", "--no-ff", "--quiet", "side")
    assert values(staged(twlint, mode).report) == {github_token(1)}


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_every_kind_of_object_id_is_read(
    object_format: str, mode: tuple[str, ...], project: Path, twlint: Twlint
) -> None:
    create(project, object_format=object_format).stage({"a": leak()})
    assert staged(twlint, mode).returncode == 1


# Files that are named.


def test_the_index_content_of_the_named_files_is_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.stage({"a": leak(1), "folder/b": leak(2), "c": leak(3)})
    repository.write({"a": "mended\n"})
    result = run(twlint, "a", "folder/b", command="hook")
    assert values(result.report) == {github_token(1), github_token(2)}


def test_names_are_those_of_the_current_folder(repository: Repository, twlint: Twlint) -> None:
    repository.stage({"folder/b": leak()})
    folder = repository.path / "folder"
    assert run(twlint, "b", command="hook", cwd=folder).returncode == 1
    assert run(twlint, repository.path / "folder" / "b", command="hook", cwd=folder).returncode == 1
    assert run(twlint, "../folder/b", command="hook", cwd=folder).returncode == 1


def test_a_named_file_that_is_not_in_the_index_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.write({"untracked": leak()})
    result = run(twlint, "untracked", command="hook")
    assert (result.returncode, failures(result.report)) == (3, ["untracked"])


# Awkward files.


@pytest.fixture
def awkward_lines(repository: Repository) -> dict[str, tuple[int, int]]:
    """All awkward files, staged; the lines of their credentials by name."""
    lines = awkward.write(repository.path)
    repository.git("add", "--all", "--force")
    return lines


def found_lines(findings: list[dict[str, object]]) -> dict[str, dict[str, list[int]]]:
    """By rule and path, the lines of its occurrences."""
    lines: dict[str, dict[str, list[int]]] = {}
    for finding in findings:
        by_path = lines.setdefault(str(finding["rule"]), {})
        occurrences = finding["occurrences"]
        assert isinstance(occurrences, list)
        for each in occurrences:
            by_path.setdefault(each["path"], []).append(each["line"])
    return lines


def check_awkward(findings: list[dict[str, object]], lines: dict[str, tuple[int, int]]) -> None:
    """Both credentials of every file are found, on their lines."""
    found = found_lines(findings)
    for place, rule in enumerate(awkward.RULES):
        expected = {os.fsencode(name).decode("utf-8", "replace"): [both[place]] for name, both in lines.items()}
        assert found[rule] == expected


def test_awkward_files_are_found_in_the_index(
    mode: tuple[str, ...], awkward_lines: dict[str, tuple[int, int]], twlint: Twlint
) -> None:
    check_awkward(staged(twlint, mode).report["findings"], awkward_lines)


def test_awkward_files_are_found_in_the_history(
    awkward_lines: dict[str, tuple[int, int]], repository: Repository, twlint: Twlint
) -> None:
    repository.commit()
    copy = repository.path.parent / "bare.git"
    repository.git("clone", "--quiet", "--bare", "--template=", repository.path, copy)
    check_awkward(scan(twlint, copy)["findings"], awkward_lines)


# Hooks of git itself, which sets variables for them.


def install_hook(folder: Path, name: str, *command: str) -> Path:
    """A hook of git that runs twlint and leaves its report."""
    log = folder.parent / f"{name}.log"
    hook = folder / "hooks" / name
    hook.parent.mkdir(parents=True, exist_ok=True)
    written = " ".join(f"'{part}'" for part in (*COMMAND, *command))
    hook.write_text(f"#!/bin/sh\nexec {written} >'{log}' 2>&1\n")
    hook.chmod(0o755)
    return log


def commit(repository: Repository, *options: str, cwd: Path | None = None) -> bool:
    """Commit with hooks; whether they let it pass."""
    command = ("commit", "--quiet", "-m", "x", *options)
    env = {"TWLINT_CACHE_DIR": os.environ["TWLINT_CACHE_DIR"]}
    return Repository(cwd or repository.path).run(*command, env=env, check=False).returncode == 0


@pytest.fixture
def hooked(repository: Repository) -> Repository:
    """A repository whose commits are scanned before they are made."""
    repository.commit({"tracked": "x\n", "other": "x\n"})
    install_hook(repository.git_dir, "pre-commit", "hook")
    return repository


def test_a_commit_with_a_leak_is_stopped(hooked: Repository) -> None:
    hooked.stage({"a": leak()})
    assert not commit(hooked)
    hooked.stage({"a": "mended\n"})
    assert commit(hooked)


def test_commit_all_is_stopped_though_nothing_is_staged(hooked: Repository) -> None:
    hooked.write({"tracked": leak()})
    assert commit(hooked, "--allow-empty"), "the leak is not staged"
    assert not commit(hooked, "--all")


def test_a_commit_of_one_file_looks_at_that_file(hooked: Repository) -> None:
    hooked.stage({"other": leak(1)})
    hooked.write({"tracked": "harmless\n"})
    assert commit(hooked, "--", "tracked"), "only a harmless file is committed"
    hooked.write({"tracked": leak(2)})
    assert not commit(hooked, "--", "tracked")


def test_a_commit_from_a_folder_below_is_stopped(hooked: Repository) -> None:
    hooked.stage({"folder/b": leak()})
    assert not commit(hooked, cwd=hooked.path / "folder")
    assert not commit(hooked, "--all", cwd=hooked.path / "folder")


def test_a_commit_in_a_linked_work_tree_is_stopped(hooked: Repository, tmp_path: Path) -> None:
    hooked.git("worktree", "add", "--quiet", "-b", "linked", tmp_path / "linked")
    linked = Repository(tmp_path / "linked")
    linked.write({"tracked": leak()})
    assert not commit(linked, "--all")
    linked.stage({"tracked": "mended\n"})
    assert commit(linked)


def test_an_amended_commit_is_stopped(hooked: Repository) -> None:
    hooked.stage({"a": leak()})
    assert not commit(hooked, "--amend")


def test_a_push_is_stopped_where_it_arrives(
    hooked: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = create(tmp_path / "server.git", "--bare")
    hooked.git("push", "--quiet", server.path, "main")
    hook = server.path / "hooks" / "pre-receive"
    hook.parent.mkdir()
    written = " ".join(f"'{part}'" for part in COMMAND)
    hook.write_text(f'#!/bin/sh\nread old new name\nexec {written} scan --range "$old..$new"\n')
    hook.chmod(0o755)
    hooked.commit({"harmless": "x\n"})
    pushed = hooked.run("push", server.path, "main", check=False)
    assert pushed.returncode == 0, pushed.stderr
    hooked.commit({"a": leak()})
    refused = hooked.run("push", server.path, "main", check=False)
    assert b"GitHub personal access token" in refused.stderr
    assert refused.returncode != 0


# pre-commit, the real one, with this project's own hook.


def pre_commit(repository: Repository, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run pre-commit in a repository."""
    command = (sys.executable, "-m", "pre_commit", *arguments)
    return subprocess.run(command, cwd=repository.path, capture_output=True, check=False)


@pytest.fixture(scope="module")
def hook_source(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """This project as it stands, as a repository that pre-commit can clone."""
    source = create(tmp_path_factory.mktemp("hooks") / "twlint")
    for name in ("linter", "rules"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(PROJECT / name, source.path / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(PROJECT / name, source.path / name)
    source.git("add", "--all", "--force")
    source.commit()
    return source


@pytest.mark.slow
def test_pre_commit_stops_a_leak_and_lets_a_clean_commit_pass(
    hook_source: Repository, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    configuration = f"repos: [{{repo: '{hook_source.path}', rev: '{hook_source.tip()}', hooks: [{{id: twlint}}]}}]\n"
    repository.commit({".pre-commit-config.yaml": configuration})
    installed = pre_commit(repository, "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    repository.stage({"a": "harmless\n"})
    assert commit(repository)
    repository.stage({"new file": leak(1)})
    repository.write({"new file": "mended in the work tree\n"})
    assert not commit(repository)
    listed = pre_commit(repository, "run", "twlint")
    assert b"GitHub personal access token" in listed.stdout
    assert github_token(1).encode() not in listed.stdout
    assert repository.git("log", "-1", "--format=%an") == ADA[0]


@pytest.mark.slow
def test_pre_commit_scans_every_file_on_request(
    hook_source: Repository, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    repository.commit({"old": leak()})
    tried = pre_commit(repository, "try-repo", str(hook_source.path), "twlint", "--all-files")
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert b"GitHub personal access token" in tried.stdout
