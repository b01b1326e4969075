"""What a push brings to another repository, seen before it is sent and where it arrives."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from linter.hook_ranges import of_pre_commit, pushed, received
from linter.model import Error
from tests.command import COMMAND, Twlint
from tests.git_repositories import Repository, create
from tests.invented import github_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOUND = b"GitHub personal access token"
ZEROS = "0" * 40


def install(repository: Repository, kind: str) -> None:
    """Install a hook of plain git."""
    command = (*COMMAND, "hook", "install", "--hook", kind)
    subprocess.run(command, cwd=repository.path, capture_output=True, check=True)


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


@pytest.fixture
def server(tmp_path: Path) -> Repository:
    """A bare repository that scans what it is sent."""
    server = create(tmp_path / "server.git", "--bare")
    install(server, "pre-receive")
    return server


@pytest.fixture
def sender(project: Path, server: Repository) -> Repository:
    """A repository that has pushed a first commit, hooks aside."""
    repository = create(project)
    repository.git("remote", "add", "origin", server.path)
    repository.commit({"a": "a\n"})
    return repository


def push(repository: Repository, *arguments: str | Path) -> tuple[bool, bytes]:
    """Push with hooks; whether that went well, and what was said."""
    env = {"TWLINT_CACHE_DIR": os.environ["TWLINT_CACHE_DIR"]}
    done = repository.run("push", *arguments, env=env, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def a_branch(repository: Repository) -> tuple[str, ...]:
    return ("origin", "main")


def many_branches(repository: Repository) -> tuple[str, ...]:
    tip = repository.tip()
    repository.checkout("main~1")
    for number in range(3):
        repository.branch(f"harmless-{number}", "main~1")
    repository.git("branch", "z-leak", tip)
    repository.git("branch", "--force", "main", "main~1")
    return ("--all", "origin")


def an_annotated_tag(repository: Repository) -> tuple[str, ...]:
    repository.tag("v1", "a version")
    return ("origin", "v1")


def a_tag_of_a_file(repository: Repository) -> tuple[str, ...]:
    repository.git("tag", "file", repository.tip("HEAD:a"))
    return ("origin", "refs/tags/file")


def a_note(repository: Repository) -> tuple[str, ...]:
    repository.note((repository.path / "a").read_text())
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    return ("origin", "refs/notes/commits")


def a_forced_branch(repository: Repository) -> tuple[str, ...]:
    repository.git("push", "--quiet", "--no-verify", "origin", "main~1:refs/heads/main")
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.git("commit", "--quiet", "--no-verify", "-m", "all anew")
    return ("--force", "origin", "other:main")


PUSHES = [a_branch, many_branches, an_annotated_tag, a_tag_of_a_file, a_note, a_forced_branch]


@pytest.mark.parametrize("is_leak", [True, False], ids=["leak", "clean"])
@pytest.mark.parametrize("prepare", PUSHES, ids=lambda prepare: prepare.__name__)
@pytest.mark.parametrize("kind", ["pre-receive", "pre-push"])
def test_every_kind_of_push_is_scanned(
    kind: str, prepare: Callable[[Repository], tuple[str, ...]], is_leak: bool, sender: Repository, server: Repository
) -> None:
    if kind == "pre-push":
        (server.path / "hooks" / "pre-receive").unlink()
        install(sender, "pre-push")
    sender.commit({"a": leak() if is_leak else "GITHUB_TOKEN=none\n"})
    went_well, said = push(sender, *prepare(sender))
    assert (FOUND in said, went_well) == (is_leak, not is_leak), said
    assert github_token().encode() not in said


def test_what_the_server_has_is_not_told_again(sender: Repository, server: Repository) -> None:
    hook = server.path / "hooks" / "pre-receive"
    hook.rename(hook.with_name("away"))
    sender.commit({"old": leak()})
    push(sender, "origin", "main")
    hook.with_name("away").rename(hook)
    sender.branch("topic")
    sender.commit({"new": "x\n"})
    went_well, said = push(sender, "origin", "topic")
    assert went_well, said
    assert b"received: 1 commit" in said


def test_a_refused_push_leaves_nothing_behind(sender: Repository, server: Repository) -> None:
    sender.commit({"a": leak()})
    assert not push(sender, "origin", "main")[0]
    assert server.git("for-each-ref") == ""
    assert server.git("cat-file", "--batch-all-objects", "--batch-check") == ""


def test_a_push_that_only_deletes_passes(sender: Repository, server: Repository) -> None:
    install(sender, "pre-push")
    sender.branch("topic")
    assert push(sender, "origin", "main", "topic")[0]
    went_well, said = push(sender, "origin", "--delete", "topic")
    assert went_well, said
    assert b"only deletes" in said


def test_a_push_to_one_remote_does_not_count_for_another(sender: Repository, tmp_path: Path) -> None:
    """What a private repository holds is new to a public one."""
    install(sender, "pre-push")
    public = create(tmp_path / "public.git", "--bare")
    sender.git("remote", "add", "public", public.path)
    sender.commit({"a": leak()})
    (tmp_path / "server.git" / "hooks" / "pre-receive").unlink()
    sender.git("push", "--quiet", "--no-verify", "origin", "main")
    went_well, said = push(sender, "public", "main")
    assert (went_well, FOUND in said) == (False, True)


def test_a_push_of_which_nothing_is_told_scans_what_head_has(sender: Repository, twlint: Twlint) -> None:
    """Some that call hooks keep the lines of git to themselves."""
    sender.commit({"a": leak()})
    result = twlint("hook", "--stage", "pre-push", "--", "origin", "address")
    assert (result.returncode, "git names no branch" in result.stdout) == (1, True)


def test_a_pre_receive_hook_without_lines_is_bad_input(sender: Repository, twlint: Twlint) -> None:
    result = twlint("hook", "--stage", "pre-receive")
    assert (result.returncode, "nothing to scan" in result.stderr) == (2, True)


# Data in, data out.


@pytest.mark.parametrize("line", ["a", "refs/heads/a x refs/heads/a y", f"a {ZEROS} b -x", f"a {ZEROS[1:]} b {ZEROS}"])
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(Error, match="standard input"):
        pushed(line, "origin")
    with pytest.raises(Error, match="standard input"):
        received(line)


def test_the_lines_of_a_push_become_its_tips_and_what_was_there() -> None:
    new, old = "a" * 40, "b" * 40
    lines = f"HEAD@{{1 day ago}} {new} refs/heads/x {old}\nrefs/heads/y {new} refs/heads/y {ZEROS}\n"
    asked = pushed(lines, "origin")
    assert asked is not None
    assert (asked.tips, asked.hints, asked.known) == ((new,), (old,), "refs/remotes/origin/")
    assert pushed(f"(delete) {ZEROS} refs/heads/x {old}\n", "origin") is None
    assert received(f"{old} {ZEROS} refs/heads/x\n") is None


def test_pre_commit_names_a_push_with_or_without_what_was_there() -> None:
    named = {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_LOCAL_BRANCH": "refs/heads/x"}
    first = of_pre_commit(named)
    later = of_pre_commit({**named, "PRE_COMMIT_FROM_REF": "a", "PRE_COMMIT_TO_REF": "b"})
    assert first is not None
    assert later is not None
    assert (first.tips, first.hints) == (("refs/heads/x",), ())
    assert (later.tips, later.hints, later.known) == (("b",), ("a",), "refs/remotes/origin/")
    assert of_pre_commit({}) is None
