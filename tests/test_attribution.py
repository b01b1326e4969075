"""Who brought a credential in, when, under which path, and where it can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.git_repositories import ADA, START, STEP, Repository, clone, create
from tests.invented import github_token
from tests.scans import scan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint

Finding = dict[str, Any]
BOB = ("Bob Example", "bob@acme.test")


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


@pytest.fixture
def repository(project: Path) -> Repository:
    """A repository with one harmless commit."""
    repository = create(project)
    repository.commit({"readme": "hello\n"})
    return repository


def the_finding(twlint: Twlint, *options: str | Path, seed: int = 0) -> Finding:
    """The one finding of a credential."""
    findings: list[Finding] = scan(twlint, *options)["findings"]
    (found,) = [each for each in findings if each["secret"]["value"] == github_token(seed)]
    return found


def places(finding: Finding) -> list[tuple[str, str | None]]:
    """The path and commit of every occurrence."""
    return [(each["path"], each["commit"]) for each in finding["occurrences"]]


# Introduced.


def test_the_commit_the_author_and_the_date_are_those_of_the_change(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({"a/b.env": leak()}, author=BOB)
    repository.commit({"other": "x\n"})
    found = the_finding(twlint)
    assert found["introduced"] == {
        "commit": sha,
        "author": BOB[0],
        "email": BOB[1],
        "date": "2023-11-15T00:13:20+00:00",
    }
    assert found["location"]["path"] == "a/b.env"
    assert found["location"]["commit"] == sha


def test_a_root_commit_introduces_what_it_holds(project: Path, twlint: Twlint) -> None:
    sha = create(project).commit({".env": leak()})
    assert the_finding(twlint)["introduced"]["commit"] == sha


def test_a_second_root_commit_introduces_what_it_holds(repository: Repository, twlint: Twlint) -> None:
    repository.git("checkout", "--quiet", "--orphan", "alone")
    sha = repository.commit({".env": leak()})
    assert the_finding(twlint)["introduced"]["commit"] == sha


def test_the_oldest_of_several_commits_introduces(repository: Repository, twlint: Twlint) -> None:
    first = repository.commit({"config": leak()})
    repository.commit({"config": leak() + "more\n"}, author=BOB)
    repository.commit({"config": "less\n" + leak() + "more\n"}, author=BOB)
    found = the_finding(twlint)
    assert found["introduced"]["commit"] == first
    assert found["introduced"]["author"] == ADA[0]
    assert len(found["occurrences"]) == 3
    assert found["location"]["line"] == 2


def test_what_only_a_merge_holds_is_introduced_by_the_merge(repository: Repository, twlint: Twlint) -> None:
    repository.branch("side")
    repository.commit({"b": "side\n"})
    repository.checkout("main")
    repository.commit({"c": "main\n"})
    merge = repository.merge("side", {"readme": leak()})
    assert the_finding(twlint)["introduced"]["commit"] == merge


def test_what_a_branch_holds_is_not_introduced_by_its_merge(repository: Repository, twlint: Twlint) -> None:
    repository.branch("side")
    sha = repository.commit({"b": leak()}, author=BOB)
    repository.checkout("main")
    repository.commit({"c": "main\n"})
    repository.merge("side", {})
    found = the_finding(twlint)
    assert (found["introduced"]["commit"], found["introduced"]["author"]) == (sha, BOB[0])


def test_a_cherry_pick_does_not_introduce_what_it_copies(repository: Repository, twlint: Twlint) -> None:
    repository.branch("side")
    sha = repository.commit({".env": leak()}, author=BOB)
    repository.checkout("main")
    repository.commit({"c": "main\n"})
    later = {"GIT_COMMITTER_DATE": f"{START + 100 * STEP} +0000"}
    repository.git("cherry-pick", "side", env=later)
    found = the_finding(twlint)
    assert found["introduced"]["commit"] == sha
    assert found["state"] == "worktree"


def test_a_clock_that_was_wrong_does_not_move_the_introduction(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak()}, date=START + 1_000_000)
    repository.branch("one")
    repository.commit({"b": "b\n"}, date=START + 10)
    repository.checkout("main")
    repository.commit({"c": "c\n"}, date=START + 20)
    assert the_finding(twlint)["introduced"]["commit"] == sha


def test_a_credential_in_a_message_is_introduced_by_its_commit(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({"a": "a\n"}, f"A change\n\n{leak()}", author=BOB)
    found = the_finding(twlint)
    assert (found["introduced"]["commit"], found["introduced"]["author"]) == (sha, BOB[0])
    assert found["location"]["path"] == f"(commit {sha[:12]})"


def test_the_message_of_a_tag_does_not_disturb_who_introduced_what(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak(1)})
    repository.tag("v1", leak(2))
    repository.tag("file", leak(3), repository.blob("x\n"))
    assert the_finding(twlint, seed=1)["introduced"]["commit"] == sha
    assert the_finding(twlint, seed=2)["location"]["path"].startswith("(tag ")
    assert the_finding(twlint, seed=3)["location"]["path"].startswith("(tag ")


def test_strange_names_of_authors_arrive_as_they_are(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": leak()}, author=("Zoë \x01 ,;:'“” Z", "z@acme.test"))
    assert the_finding(twlint)["introduced"]["author"] == "Zoë \x01 ,;:'“” Z"


def test_a_shallow_history_tells_the_oldest_commit_it_has(
    repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    repository.commit({".env": leak()})
    tip = repository.commit({"b": "b\n"})
    copy = clone(repository.path, tmp_path / "copy", "--depth=1")
    found = the_finding(twlint, "--allow-shallow", copy.path)
    assert found["introduced"]["commit"] == tip


# Paths.


def test_a_renamed_file_is_one_finding_with_both_paths(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({"old.env": leak()})
    repository.git("mv", "old.env", "new.env")
    repository.commit()
    found = the_finding(twlint)
    assert found["location"]["path"] == "new.env"
    assert found["introduced"]["commit"] == sha
    assert {path for path, _ in places(found)} == {"new.env", "old.env"}


def test_a_credential_that_moved_is_one_finding_with_all_its_places(repository: Repository, twlint: Twlint) -> None:
    first = repository.commit({"a.env": "# a\n" + leak()})
    second = repository.commit({"a.env": "# a\n", "b.env": leak() + "# b\n"}, author=BOB)
    found = the_finding(twlint)
    assert places(found) == [("b.env", second), ("a.env", first)]
    assert found["introduced"]["commit"] == first


def test_a_credential_in_two_files_is_one_finding(repository: Repository, twlint: Twlint) -> None:
    first = repository.commit({"a.env": leak()})
    second = repository.commit({"b.env": "# b\n" + leak()})
    found = the_finding(twlint)
    assert places(found) == [("a.env", first), ("b.env", second)]
    assert [each["line"] for each in found["occurrences"]] == [1, 2]


def test_a_file_and_its_copy_are_both_named(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a.env": leak(), "copy/a.env": leak()})
    found = the_finding(twlint)
    assert sorted(path for path, _ in places(found)) == ["a.env", "copy/a.env"]


def test_a_path_with_a_line_feed_is_one_path(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({"a\nb.env": leak()})
    assert places(the_finding(twlint)) == [("a\nb.env", sha)]


@pytest.mark.parametrize("name", ["ä é.env", "-dash", "tab\there", 'quo"te', "back\\slash", ":(glob)x", " "])
def test_strange_paths_in_the_history_arrive_as_they_are(name: str, repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit()
    repository.write({f"{name}/{name}": leak()})
    repository.git("add", "--all")
    sha = repository.commit()
    repository.git("rm", "-r", "--quiet", "--", ".")
    repository.commit()
    assert places(the_finding(twlint)) == [(f"{name}/{name}", sha)]


# States.


def test_what_is_not_committed_has_no_commit(repository: Repository, twlint: Twlint) -> None:
    repository.write({"draft": leak()})
    found = the_finding(twlint)
    assert (found["state"], found["introduced"], places(found)) == ("worktree", None, [("draft", None)])


def test_a_change_that_is_not_committed_is_in_the_work_tree(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak(1)})
    repository.write({".env": leak(2)})
    changed, old = the_finding(twlint, seed=2), the_finding(twlint, seed=1)
    assert (changed["state"], changed["introduced"]) == ("worktree", None)
    assert (old["state"], old["introduced"]["commit"]) == ("head", sha)


def test_a_file_that_is_deleted_and_not_committed_is_at_head(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": leak()})
    repository.write({".env": None})
    assert the_finding(twlint)["state"] == "head"


def test_what_the_work_tree_has_as_head_has_it_is_one_place(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak()})
    found = the_finding(twlint)
    assert (found["state"], places(found)) == ("worktree", [(".env", sha)])


def test_a_bare_repository_has_its_credentials_at_head(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    sha = repository.commit({".env": leak()})
    bare = clone(repository.path, tmp_path / "bare.git", "--bare")
    found = the_finding(twlint, bare.path)
    assert (found["state"], places(found)) == ("head", [(".env", sha)])


def test_what_another_branch_has_is_on_another_reference(repository: Repository, twlint: Twlint) -> None:
    repository.branch("other")
    sha = repository.commit({".env": leak()})
    repository.checkout("main")
    found = the_finding(twlint)
    assert (found["state"], places(found)) == ("other-ref", [(".env", sha)])


def test_what_only_a_tag_has_is_on_another_reference(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": leak()})
    repository.tag("v1", "release")
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    assert the_finding(twlint)["state"] == "other-ref"


def test_what_was_removed_is_in_the_history(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak()})
    repository.commit({".env": None})
    found = the_finding(twlint)
    assert (found["state"], places(found)) == ("history", [(".env", sha)])


def test_what_nothing_names_is_unreachable(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": leak()})
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    found = the_finding(twlint, "--all-objects")
    assert (found["state"], found["introduced"]) == ("unreachable", None)


def test_what_only_a_reflog_names_has_its_commit(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak()}, author=BOB)
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    found = the_finding(twlint, "--reflog")
    assert (found["introduced"]["commit"], found["introduced"]["author"]) == (sha, BOB[0])
    assert found["state"] == "history"


def test_a_range_attributes_as_the_whole_history_does(repository: Repository, twlint: Twlint) -> None:
    sha = repository.commit({".env": leak()})
    repository.commit({"b": "b\n"})
    found = the_finding(twlint, "--since", "HEAD~2")
    assert (found["introduced"]["commit"], found["location"]["path"]) == (sha, ".env")


# Suppression, which looks at where a credential stands now.

RULE = "github-personal-access-token"
IGNORED = f"  # {'twlint'}: ignore[{RULE}] a test"


def ignored_leak() -> str:
    """A line with a credential and a comment that covers it."""
    return leak().rstrip("\n") + IGNORED + "\n"


def test_a_comment_at_the_present_place_covers_the_past_ones(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": leak()})
    repository.commit({".env": ignored_leak()})
    found = the_finding(twlint)
    assert (found["status"], found["status_reason"]) == ("suppressed", "a test")


def test_a_comment_that_was_removed_covers_nothing(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": ignored_leak()})
    repository.commit({".env": leak()})
    assert the_finding(twlint)["status"] == "new"


def test_a_comment_on_one_place_does_not_cover_another(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a.env": ignored_leak(), "b.env": leak()})
    assert the_finding(twlint)["status"] == "new"


def test_a_comment_in_the_history_covers_what_is_only_there(repository: Repository, twlint: Twlint) -> None:
    repository.commit({".env": ignored_leak()})
    repository.commit({".env": None})
    assert the_finding(twlint)["status"] == "suppressed"


def test_a_comment_of_an_audited_repository_is_not_honoured(
    repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    repository.commit({".env": ignored_leak()})
    assert the_finding(twlint, "--isolated")["status"] == "new"
    other = tmp_path / "elsewhere"
    other.mkdir()
    findings = scan(twlint, repository.path, cwd=other)["findings"]
    assert [finding["status"] for finding in findings] == ["new"]
