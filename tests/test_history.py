"""The history: every object is read once, whatever the repository says of itself, or the report says what is not."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.git_repositories import (
    Repository,
    clone,
    create,
    flip,
    forge_commit_graph,
    forge_multi_pack_index,
    hidden_from_git,
    loose_objects,
    packs,
    remove,
)
from tests.invented import github_token
from tests.scans import delivered_blobs, failures, run, scan, values

if TYPE_CHECKING:
    from tests.command import Twlint

REPOSITORIES = os.environ.get("TWLINT_TEST_REPOSITORIES", "")
"""Real repositories for the slow tests; read before the environment is scrubbed."""

Plant = Callable[[Repository, str], None]
"""Puts a text where a row of the table says."""


@pytest.fixture
def repository(project: Path) -> Repository:
    """An empty repository in the current folder."""
    return create(project)


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


def tokens(*seeds: int) -> set[str]:
    """The credentials of the lines `leak` gives."""
    return {github_token(seed) for seed in seeds}


def leaked_and_removed(repository: Repository, text: str) -> list[str]:
    """Three commits of which only the middle one has `text`; their ids."""
    return [
        repository.commit({"readme": "hello\n"}),
        repository.commit({".env": text}),
        repository.commit({".env": None}),
    ]


def linear(repository: Repository, count: int) -> set[str]:
    """`count` commits, each with another credential in the same file; the credentials."""
    for seed in range(count):
        repository.commit({f"folder{seed % 3}/.env": leak(seed) + "#" * seed * 40, "number": str(seed)})
    return tokens(*range(count))


# H1: what a walk over patches does not show.


def plant_without_diff(repository: Repository, text: str) -> None:
    repository.commit({".gitattributes": "*.env -diff\n", "a.env": text})


def plant_in_a_merge(repository: Repository, text: str) -> None:
    repository.commit({"a": "base\n"})
    repository.branch("side")
    repository.commit({"b": "side\n"})
    repository.checkout("main")
    repository.commit({"c": "main\n"})
    repository.merge("side", {"a": text})


def plant_behind_a_nul(repository: Repository, text: str) -> None:
    repository.commit({"a.env": b"x\0\n" + text.encode()})


def plant_over_the_threshold(repository: Repository, text: str) -> None:
    repository.git("config", "core.bigFileThreshold", "10")
    repository.commit({"a.env": text})


def plant_in_a_tag(repository: Repository, text: str) -> None:
    repository.commit({"a": "a\n"})
    repository.tag("v1", f"Release\n\n{text}")


def plant_in_a_message(repository: Repository, text: str) -> None:
    repository.commit({"a": "a\n"}, f"A change\n\n{text}")


def plant_in_the_reflog(repository: Repository, text: str) -> None:
    repository.commit({"a.env": text})
    repository.write({"a.env": "nothing\n"})
    repository.git("commit", "--quiet", "--amend", "--all", "-m", "amended")


def plant_in_a_dropped_stash(repository: Repository, text: str) -> None:
    repository.commit({"a": "a\n"})
    repository.stash({"a": text})
    repository.git("stash", "drop", "--quiet")


def plant_behind_a_commit_graph(repository: Repository, text: str) -> None:
    forge_commit_graph(repository, leaked_and_removed(repository, text)[-1])


def plant_behind_a_graft(repository: Repository, text: str) -> None:
    tip = leaked_and_removed(repository, text)[-1]
    repository.git("config", "advice.graftFileDeprecated", "false")
    repository.write({".git/info/grafts": f"{tip}\n"})


def plant_behind_a_replacement(repository: Repository, text: str) -> None:
    repository.git("replace", "--graft", leaked_and_removed(repository, text)[-1])


def plant_behind_a_hostile_diff(repository: Repository, text: str) -> None:
    repository.git("config", "color.ui", "always")
    repository.git("config", "diff.noprefix", "true")
    repository.git("config", "diff.orderFile", "/nonexistent/order")
    repository.commit({"a.env": text})


@pytest.mark.parametrize(
    ("plant", "options"),
    [
        (plant_without_diff, ()),
        (plant_in_a_merge, ()),
        (plant_behind_a_nul, ()),
        (plant_over_the_threshold, ()),
        (plant_in_a_tag, ()),
        (plant_in_a_message, ()),
        (plant_in_the_reflog, ("--reflog",)),
        (plant_in_a_dropped_stash, ("--all-objects",)),
        (plant_behind_a_commit_graph, ()),
        (plant_behind_a_graft, ()),
        (plant_behind_a_replacement, ()),
        (plant_behind_a_hostile_diff, ()),
    ],
)
def test_what_patches_do_not_show_is_found(
    plant: Plant, options: tuple[str, ...], repository: Repository, twlint: Twlint
) -> None:
    plant(repository, leak())
    assert hidden_from_git(repository, github_token()), "the row must need an object walk"
    result = run(twlint, "--history", *options)
    assert result.returncode == 1
    assert values(result.report) == tokens(0)
    assert result.report["coverage"]["complete"]


@pytest.mark.parametrize("plant", [plant_in_the_reflog, plant_in_a_dropped_stash])
def test_what_no_reference_reaches_is_not_scanned_by_default(
    plant: Plant, repository: Repository, twlint: Twlint
) -> None:
    plant(repository, leak())
    result = run(twlint)
    assert (result.returncode, values(result.report)) == (0, set())


# H2: the account against git's own.


def random_history(repository: Repository, seed: int) -> None:
    """Branches, merges, renames, tags, notes and a stash, as `seed` has it; a credential in every blob."""
    dice = random.Random(seed)
    repository.commit({"root": leak(1_000 * seed)})
    branches = ["main"]
    for step in range(1, dice.randrange(6, 16)):
        name = f"{dice.choice(['', 'a/', 'a/b/'])}{dice.randrange(5)}{'é' * dice.randrange(2)}"
        repository.commit({name + ".env": leak(1_000 * seed + step)})
        if dice.random() < 0.3:
            branches.append(f"branch{step}")
            repository.branch(branches[-1])
        if dice.random() < 0.3:
            repository.merge(dice.choice(branches), {f"merge{step}": leak(1_000 * seed + 100 + step)})
        if dice.random() < 0.3:
            repository.checkout(dice.choice(branches))
        if dice.random() < 0.2:
            repository.tag(f"v{step}", "a tag")
    repository.note("a note")
    if dice.random() < 0.5:
        repository.stash({"root": leak(1_000 * seed + 999)})
    if dice.random() < 0.5:
        repository.repack()


@pytest.mark.parametrize("seed", range(8))
def test_every_blob_that_git_reaches_is_scanned(seed: int, repository: Repository) -> None:
    random_history(repository, seed)
    expected = repository.reachable_blobs()
    assert len(expected) > 5
    assert expected - delivered_blobs(repository.path) == set()


@pytest.mark.slow
def test_every_blob_of_real_repositories_is_scanned() -> None:
    assert REPOSITORIES, "name repositories in TWLINT_TEST_REPOSITORIES, separated by colons"
    for path in map(Path, REPOSITORIES.split(os.pathsep)):
        expected = Repository(path).reachable_blobs()
        assert expected, path
        assert expected - delivered_blobs(path) == set(), path


# What references name.


def test_every_stash_is_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    for seed in range(3):
        repository.stash({"a": leak(seed)})
    assert values(scan(twlint)) == tokens(0, 1, 2)


def test_notes_are_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.note(leak())
    assert values(scan(twlint)) == tokens(0)


def test_a_tag_of_a_tag_and_a_tag_of_a_file_are_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.tag("inner", leak(1))
    repository.tag("outer", leak(2), "inner")
    repository.tag("file", leak(3), repository.blob(leak(4)))
    repository.git("tag", "light", repository.blob(leak(5)))
    report = scan(twlint)
    assert values(report) == tokens(1, 2, 3, 4, 5)
    assert all(finding["location"]["path"] for finding in report["findings"])


def test_the_author_field_is_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"}, author=("Ada", f"{github_token()}@acme.test"))
    assert values(scan(twlint)) == tokens(0)


def test_branches_of_remotes_are_scanned(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    source = create(tmp_path / "source")
    source.commit({"a": "a\n"})
    source.branch("other")
    source.commit({"a": leak()})
    source.checkout("main")
    copy = clone(source.path, tmp_path / "copy")
    assert values(scan(twlint, copy.path)) == tokens(0)


def test_a_detached_head_is_scanned(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.git("checkout", "--quiet", "--detach")
    repository.commit({"a": leak()})
    repository.commit({"a": "a\n"})
    assert values(scan(twlint)) == tokens(0)


def test_the_heads_of_all_work_trees_are_scanned(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    repository.commit({"a": "a\n"})
    repository.git("worktree", "add", "--quiet", "--detach", tmp_path / "linked")
    linked = Repository(tmp_path / "linked")
    linked.commit({"a": leak(1)})
    linked.commit({"a": "a\n"})
    repository.git("checkout", "--quiet", "--detach")
    repository.commit({"a": leak(2)})
    repository.commit({"a": "a\n"})
    assert values(scan(twlint)) == tokens(1, 2)
    assert values(scan(twlint, linked.path)) == tokens(1, 2)


def test_reflog_finds_what_every_reference_forgot(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.branch("other")
    repository.commit({"a": leak(1)})
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    repository.checkout("main")
    repository.commit({"a": leak(2)})
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    assert values(scan(twlint, "--reflog")) == tokens(1, 2)
    assert values(scan(twlint)) == set()


def test_all_objects_finds_a_blob_that_was_never_committed(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    name = repository.blob(leak())
    report = scan(twlint, "--all-objects")
    (finding,) = report["findings"]
    assert (finding["secret"]["value"], finding["state"]) == (github_token(), "unreachable")
    assert finding["location"]["blob"] == name


def test_content_that_many_commits_hold_is_scanned_once(repository: Repository, twlint: Twlint) -> None:
    for name in "abc":
        repository.commit({name: leak()})
    report = scan(twlint, "--history")
    assert report["coverage"]["blobs"] == 1
    assert report["coverage"]["commits"] == 3
    assert len(report["findings"]) == 1


# Ranges.


def test_since_scans_only_what_came_in_after(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": leak(1)})
    old = repository.commit({"b": leak(2)})
    repository.commit({"c": leak(3)}, f"A change\n\n{leak(4)}")
    assert values(scan(twlint, "--since", old)) == tokens(3, 4)


def test_a_range_ends_where_it_says(repository: Repository, twlint: Twlint) -> None:
    first = repository.commit({"a": leak(1)})
    second = repository.commit({"a": leak(2)})
    repository.commit({"a": leak(3)})
    assert values(scan(twlint, "--range", f"{first}..{second}")) == tokens(2)


def test_a_range_holds_what_a_merge_brought_in(repository: Repository, twlint: Twlint) -> None:
    base = repository.commit({"a": "a\n"})
    repository.branch("side")
    repository.commit({"b": leak(1)})
    repository.commit({"b": "b\n"})
    repository.checkout("main")
    repository.commit({"c": "c\n"})
    repository.merge("side", {"a": leak(2)})
    assert values(scan(twlint, "--since", base)) == tokens(1, 2)


@pytest.mark.parametrize("options", [("--since", "HEAD"), ("--range", "HEAD..HEAD~")])
def test_a_range_without_commits_is_clean_and_says_so(
    options: tuple[str, str], repository: Repository, twlint: Twlint
) -> None:
    leaked_and_removed(repository, leak())
    result = run(twlint, *options)
    assert result.returncode == 0
    assert any("nothing to scan" in notice for notice in result.report["notices"])


@pytest.mark.parametrize("option", ["--since", "--range"])
@pytest.mark.parametrize("revision", ["nothing", "--output=x", "-u", "@{99}", ":(glob)*", "HEAD:readme"])
def test_an_unknown_revision_is_bad_input(option: str, revision: str, repository: Repository, twlint: Twlint) -> None:
    leaked_and_removed(repository, leak())
    written = revision if option == "--since" else f"{revision}..HEAD"
    result = run(twlint, f"{option}={written}")
    assert result.returncode == 2
    assert "internal" not in result.stderr
    assert sorted(path.name for path in repository.path.iterdir()) == [".git", "readme"]


def test_a_branch_without_commits_is_clean_and_says_so(repository: Repository, twlint: Twlint) -> None:
    result = run(twlint)
    assert result.returncode == 0
    assert any("no commits yet" in notice for notice in result.report["notices"])


# R1: a history that is cut off.


def shallow_clone(source: Repository, path: Path, depth: int | None) -> Repository:
    """A clone of `depth`, or a whole one into which a cut is planted."""
    if depth:
        return clone(source.path, path, f"--depth={depth}")
    copy = clone(source.path, path)
    (copy.git_dir / "shallow").write_text(copy.tip() + "\n")
    return copy


@pytest.mark.parametrize("depth", [1, 5, None])
def test_a_cut_history_is_incomplete_unless_it_is_allowed(depth: int | None, twlint: Twlint, tmp_path: Path) -> None:
    source = create(tmp_path / "source")
    leaked_and_removed(source, leak())
    for number in range(6):
        source.commit({"number": str(number)})
    copy = shallow_clone(source, tmp_path / "copy", depth)
    refused, allowed = run(twlint, copy.path), run(twlint, "--allow-shallow", copy.path)
    assert refused.returncode == 3
    assert failures(refused.report) == ["history"]
    assert "unshallow" in refused.stdout
    assert allowed.returncode == 0
    assert any("cut off" in notice for notice in allowed.report["notices"])


# R2: objects that a partial clone does not have.


def partial_clone(source: Repository, path: Path) -> Repository:
    """A clone without blobs and without a work tree; its remote would deliver them."""
    source.git("config", "uploadpack.allowFilter", "true")
    source.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return clone(source.path, path, "--filter=blob:none", "--no-checkout")


def test_what_a_partial_clone_lacks_is_counted_and_never_fetched(twlint: Twlint, tmp_path: Path) -> None:
    source = create(tmp_path / "source")
    linear(source, 6)
    copy = partial_clone(source, tmp_path / "copy")
    before = sorted((copy.git_dir / "objects").rglob("*"))
    result = run(twlint, copy.path)
    lacking = source.reachable_blobs()
    assert result.returncode == 3
    assert {name.removeprefix("object ") for name in failures(result.report)} == lacking
    assert sorted((copy.git_dir / "objects").rglob("*")) == before
    copy.git("cat-file", "-p", min(lacking))
    assert sorted((copy.git_dir / "objects").rglob("*")) != before, "git itself must fetch here"


# R3 to R5: damage.


class Damage(NamedTuple):
    """One byte to change."""

    file: Path
    offset: int
    mask: int


@contextmanager
def damaged(damage: Damage) -> Iterator[None]:
    """The file has the damage while the block runs."""
    flip(*damage)
    try:
        yield
    finally:
        flip(*damage)


def loose_damages(repository: Repository, count: int) -> list[Damage]:
    """`count` random bytes of loose objects."""
    dice = random.Random(count)
    files = [dice.choice(loose_objects(repository)) for _ in range(count)]
    return [Damage(file, dice.randrange(file.stat().st_size), 1 << dice.randrange(8)) for file in files]


def pack_damages(repository: Repository, count: int) -> list[Damage]:
    """`count` random bytes of the pack."""
    dice = random.Random(count)
    (pack,) = packs(repository)
    size = pack.stat().st_size
    return [Damage(pack, dice.randrange(size), 1 << dice.randrange(8)) for _ in range(count)]


def check_damage(twlint: Twlint, reference: set[str], *options: str | Path) -> None:
    """The same findings, or a report that says it is incomplete, or a refusal; never a clean bill."""
    result = run(twlint, *options)
    assert "internal error" not in result.stderr
    if result.returncode == 2:
        assert result.stderr
        return
    if result.report["coverage"]["complete"]:
        assert values(result.report) == reference
    else:
        assert failures(result.report)
    assert result.returncode == (1 if values(result.report) else 3)


def check_damages(repository: Repository, twlint: Twlint, count: int) -> None:
    reference = linear(repository, 12)
    repository.loosen()
    for damage in loose_damages(repository, count):
        with damaged(damage):
            check_damage(twlint, reference, "--history")
    repository.repack()
    for damage in pack_damages(repository, count):
        with damaged(damage):
            check_damage(twlint, reference, "--history")


def test_a_changed_byte_never_hides_a_finding(repository: Repository, twlint: Twlint) -> None:
    check_damages(repository, twlint, 5)


@pytest.mark.slow
def test_a_hundred_changed_bytes_never_hide_a_finding(repository: Repository, twlint: Twlint) -> None:
    check_damages(repository, twlint, 50)


def test_the_damaged_object_is_named_and_the_others_are_scanned(repository: Repository, twlint: Twlint) -> None:
    linear(repository, 4)
    name = repository.id_of(leak(0))
    flip(repository.git_dir / "objects" / name[:2] / name[2:], 10)
    result = run(twlint, "--history")
    assert values(result.report) == tokens(1, 2, 3)
    assert failures(result.report) == [f"object {name}"]


def test_a_scan_with_damage_and_without_findings_is_incomplete(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    name = repository.id_of("a\n")
    flip(repository.git_dir / "objects" / name[:2] / name[2:], 10)
    assert run(twlint, "--history").returncode == 3
    assert run(twlint, "--history", "--exit-zero").returncode == 3


def pack_offset(repository: Repository, name: str) -> int:
    """Where in the pack an object starts."""
    (pack,) = packs(repository)
    listed = repository.git("verify-pack", "-v", pack.with_suffix(".idx"))
    return next(int(line.split()[4]) for line in listed.splitlines() if line.startswith(name))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(2, id="tree", marks=pytest.mark.xfail(reason="the kinds in the pack are believed")),
        pytest.param(1, id="commit"),
        pytest.param(4, id="tag"),
    ],
)
def test_a_blob_whose_header_says_it_is_something_else_is_told(
    kind: int, repository: Repository, twlint: Twlint
) -> None:
    leaked_and_removed(repository, leak())
    name = repository.id_of(leak())
    repository.repack()
    flip(packs(repository)[0], pack_offset(repository, name), (3 ^ kind) << 4)
    result = run(twlint, "--history")
    assert result.returncode in {1, 3}
    assert values(result.report) == tokens(0) or failures(result.report)


def commits_and_trees(repository: Repository) -> list[str]:
    """The ids of all commits and trees."""
    listed = repository.git("cat-file", "--batch-all-objects", "--batch-check")
    return [line.split()[0] for line in listed.splitlines() if line.split()[1] in {"commit", "tree"}]


def check_broken_walks(repository: Repository, twlint: Twlint, count: int) -> None:
    """Damage `count` commits and trees, one after the other: all blobs are scanned nevertheless."""
    reference = linear(repository, 8)
    repository.branch("other", "HEAD~2")
    reference |= tokens(100)
    repository.commit({"other.env": leak(100)})
    for number, name in enumerate(random.Random(1).sample(commits_and_trees(repository), count)):
        file = repository.git_dir / "objects" / name[:2] / name[2:]
        content = file.read_bytes()
        remove(file)
        if number % 2:
            file.write_bytes(content[: len(content) // 2])
        result = run(twlint, "--history")
        assert "internal error" not in result.stderr
        assert failures(result.report), name
        assert "hint" not in result.stdout
        assert values(result.report) == reference
        file.unlink(missing_ok=True)
        file.write_bytes(content)


def test_a_broken_commit_or_tree_is_told_and_all_else_is_scanned(repository: Repository, twlint: Twlint) -> None:
    check_broken_walks(repository, twlint, 5)


@pytest.mark.slow
def test_twenty_broken_commits_and_trees_are_told(repository: Repository, twlint: Twlint) -> None:
    check_broken_walks(repository, twlint, 20)


def test_a_detached_head_that_cannot_be_read_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": leak()})
    tip = repository.tip()
    repository.git("checkout", "--quiet", "--detach")
    repository.git("branch", "-D", "main")
    remove(repository.git_dir / "objects" / tip[:2] / tip[2:])
    report = scan(twlint, "--history")
    assert failures(report) == [f"object {tip}"]


@pytest.mark.parametrize("content", ["garbage\n", "", "0" * 40 + "\n"])
def test_a_reference_that_cannot_be_read_is_told(content: str, repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.branch("other")
    repository.commit({"a": leak()})
    repository.checkout("main")
    (repository.git_dir / "refs" / "heads" / "other").write_text(content)
    report = scan(twlint, "--history")
    assert failures(report) == ["refs/heads/other"]
    assert values(report) == tokens(0), "what the branch held is scanned nevertheless"


def test_a_reference_whose_name_is_not_allowed_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    (repository.git_dir / "refs" / "heads" / "a..b").write_text(repository.tip() + "\n")
    result = run(twlint, "--history")
    assert (result.returncode, failures(result.report)) == (3, ["refs/heads/a..b"])


def test_a_symbolic_reference_to_a_branch_that_is_gone_is_no_fault(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert run(twlint).returncode == 0


def test_a_corrupt_object_that_nothing_names_is_told_when_all_objects_are_asked_for(
    repository: Repository, twlint: Twlint
) -> None:
    repository.commit({"a": "a\n"})
    name = repository.blob(leak())
    flip(repository.git_dir / "objects" / name[:2] / name[2:], 10)
    assert run(twlint).returncode == 0
    result = run(twlint, "--all-objects")
    assert (result.returncode, failures(result.report)) == (3, [f"object {name}"])


def test_a_reflog_entry_that_cannot_be_read_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    lost = repository.commit({"a": leak()})
    repository.git("reset", "--quiet", "--hard", "HEAD~")
    flip(repository.git_dir / "objects" / lost[:2] / lost[2:], 10)
    result = run(twlint, "--reflog")
    assert result.returncode in {2, 3}, result.stdout


def test_a_folder_whose_repository_is_broken_is_not_clean(repository: Repository, twlint: Twlint) -> None:
    leaked_and_removed(repository, leak())
    (repository.path / ".git" / "HEAD").unlink()
    result = run(twlint)
    assert (result.returncode, failures(result.report)) == (3, [".git"])
    assert run(twlint, "--no-history").returncode == 0


def test_files_that_look_like_a_repository_do_not_hide_the_one_around_them(
    repository: Repository, twlint: Twlint
) -> None:
    planted = {"HEAD": "ref: refs/heads/main\n", "objects/a": "a\n", "refs/a": "a\n"}
    repository.commit({**planted, ".env": leak(1)})
    repository.commit({".env": leak(2)})
    assert values(scan(twlint)) == tokens(1, 2)


def test_a_reference_to_a_missing_object_is_told(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": "a\n"})
    (repository.git_dir / "refs" / "heads" / "other").write_text("1" * 40 + "\n")
    result = run(twlint, "--history")
    assert result.returncode == 3
    assert failures(result.report) == [f"object {'1' * 40}"]


def truncate_pack(repository: Repository) -> None:
    pack = packs(repository)[0]
    content = pack.read_bytes()
    remove(pack)
    pack.write_bytes(content[: len(content) // 2])


def empty_pack(repository: Repository) -> None:
    pack = packs(repository)[0]
    remove(pack)
    pack.touch()


def remove_pack(repository: Repository) -> None:
    remove(packs(repository)[0])


def remove_index(repository: Repository) -> None:
    remove(packs(repository)[0].with_suffix(".idx"))


def truncate_index(repository: Repository) -> None:
    index = packs(repository)[0].with_suffix(".idx")
    content = index.read_bytes()
    remove(index)
    index.write_bytes(content[: len(content) // 2])


def garble_index(repository: Repository) -> None:
    index = packs(repository)[0].with_suffix(".idx")
    for offset in range(1_040, 1_060):
        flip(index, offset)


def remove_loose(repository: Repository) -> None:
    for file in loose_objects(repository):
        remove(file)


def empty_loose(repository: Repository) -> None:
    for file in loose_objects(repository):
        remove(file)
        file.touch()


def lose_alternate(repository: Repository) -> None:
    target = repository.path.parent / "elsewhere"
    (repository.git_dir / "objects" / "pack").rename(target)
    (repository.git_dir / "objects" / "info" / "alternates").write_text("/nonexistent/objects\n")


@pytest.mark.parametrize(
    "damage",
    [
        truncate_pack,
        empty_pack,
        remove_pack,
        remove_index,
        truncate_index,
        garble_index,
        remove_loose,
        empty_loose,
        lose_alternate,
    ],
)
def test_a_store_that_is_lost_is_told_and_the_others_are_scanned(
    damage: Callable[[Repository], None], repository: Repository, twlint: Twlint
) -> None:
    linear(repository, 4)
    repository.repack()
    (repository.git_dir / "objects" / "info").mkdir(exist_ok=True)
    repository.commit({"loose.env": leak(50)})
    damage(repository)
    result = run(twlint, "--history")
    assert "internal error" not in result.stderr
    assert failures(result.report)
    expected = tokens(0, 1, 2, 3) if "loose" in damage.__name__ else tokens(50)
    assert values(result.report) >= expected


def test_a_folder_in_the_place_of_an_object_is_told(repository: Repository, twlint: Twlint) -> None:
    linear(repository, 4)
    for file in loose_objects(repository):
        remove(file)
        file.mkdir()
    result = run(twlint, "--history")
    assert result.returncode == 1, "the work tree has credentials"
    assert failures(result.report)


def test_an_alternate_that_is_gone_and_held_nothing_needed_changes_nothing(
    repository: Repository, twlint: Twlint
) -> None:
    linear(repository, 2)
    (repository.git_dir / "objects" / "info").mkdir(exist_ok=True)
    (repository.git_dir / "objects" / "info" / "alternates").write_text("/nonexistent/objects\n")
    report = scan(twlint)
    assert report["coverage"]["complete"]
    assert values(report) == tokens(0, 1)


# R6: git dies.


def dying_git(folder: Path, command: str, size: int, *, once: bool, end: str = "kill -9 $$") -> dict[str, str]:
    """An environment whose git is killed by signal 9, or comes to its `end`, after `size` bytes of what it answers."""
    real = shutil.which("git")
    folder.mkdir()
    marker = folder / "killed"
    test = f"[ ! -e '{marker}' ]" if once else "true"
    script = folder / "git"
    script.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *{command}*)\n'
        f"if {test}; then touch '{marker}'; '{real}' \"$@\" | head -c {size}; {end}; fi;; esac\n"
        f"exec '{real}' \"$@\"\n"
    )
    script.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


COMMANDS = (
    "'cat-file --batch --buffer'",
    "'cat-file --batch-all-objects'",
    "'cat-file --batch-check'",
    "'rev-list --objects'",
    "for-each-ref",
    "ls-tree",
    "ls-files",
    "'log '",
)


def check_dying(twlint: Twlint, reference: set[str], env: dict[str, str], *options: str) -> bool:
    """The findings are those of an undisturbed scan or the scan is not complete; whether git was killed."""
    result = run(twlint, *options, env=env)
    assert "internal error" not in result.stderr
    if result.returncode == 2:
        assert result.stderr
    elif result.report["coverage"]["complete"]:
        assert values(result.report) == reference
        assert result.returncode == 1
    return (Path(env["PATH"].partition(os.pathsep)[0]) / "killed").exists()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("options", [(), ("--all-objects",)], ids=["", "all-objects"])
def test_findings_are_the_same_or_incomplete_when_git_dies(
    command: str, options: tuple[str, ...], repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    reference = linear(repository, 6)
    if options:
        repository.blob(leak(60))
        reference |= tokens(60)
    for size in (0, 60, 300):
        env = dying_git(tmp_path / f"bin{size}", command, size, once=False)
        assert check_dying(twlint, reference, env, *options)


def test_git_that_dies_once_is_started_again(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    reference = linear(repository, 6)
    env = dying_git(tmp_path / "bin", "'cat-file --batch --buffer'", 700, once=True)
    report = scan(twlint, env=env)
    assert (tmp_path / "bin" / "killed").exists()
    assert values(report) == reference
    assert report["coverage"]["complete"]


def test_a_list_of_objects_that_ends_early_is_told(repository: Repository, twlint: Twlint, tmp_path: Path) -> None:
    repository.blob(leak())
    assert values(scan(twlint, "--all-objects")) == tokens(0)
    env = dying_git(tmp_path / "bin", "'cat-file --batch-all-objects'", 0, once=False)
    result = run(twlint, "--all-objects", env=env)
    assert (result.returncode, failures(result.report)) == (3, ["history"])


def test_an_object_that_is_missing_once_is_asked_for_again(
    repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    reference = linear(repository, 4)
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "git"
    script.write_text(
        "#!/bin/sh\n"
        f"case \"$*\" in *'cat-file --batch --buffer'*) [ -e '{folder}/asked' ] || "
        f"{{ touch '{folder}/asked'; exec sed 's/$/ missing/'; }};; esac\n"
        f"exec '{shutil.which('git')}' \"$@\"\n"
    )
    script.chmod(0o755)
    report = scan(twlint, env={"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"})
    assert (folder / "asked").exists()
    assert values(report) == reference
    assert report["coverage"]["complete"]


@pytest.mark.slow
def test_findings_are_the_same_or_incomplete_at_a_hundred_deaths(
    repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    reference = linear(repository, 12)
    dice = random.Random(6)
    for number in range(100):
        size = dice.randrange(6_000)
        command = dice.choice(COMMANDS)
        env = dying_git(tmp_path / f"bin{number}", command, size, once=dice.random() < 0.5)
        check_dying(twlint, reference, env)


# R7: git tidies up meanwhile.


@contextmanager
def repacking(repository: Repository) -> Iterator[None]:
    """The repository is packed and unpacked without pause while the block runs."""
    done = threading.Event()

    def repack() -> None:
        while not done.is_set():
            repository.git("repack", "-a", "-d", "-f", "--quiet")
            repository.git("pack-refs", "--all")
            repository.git("prune-packed", "--quiet")

    thread = threading.Thread(target=repack)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("end", ["exit 0", "exit 128"])
@pytest.mark.parametrize("size", [0, 300])
def test_what_git_walks_and_does_not_list_is_read_too(
    size: int, end: str, repository: Repository, twlint: Twlint, tmp_path: Path
) -> None:
    reference = linear(repository, 12)
    env = dying_git(tmp_path / "bin", COMMANDS[1], size, once=False, end=end)
    report = scan(twlint, env=env)
    assert values(report) == reference
    assert report["coverage"]["complete"]
    assert report["coverage"] == scan(twlint)["coverage"]
    if end != "exit 0":  # what nothing reaches is known from that list alone
        assert not scan(twlint, "--all-objects", env=env)["coverage"]["complete"]


def check_repacking(repository: Repository, twlint: Twlint, count: int) -> None:
    reference = linear(repository, 25)
    with repacking(repository):
        for _ in range(count):
            report = scan(twlint)
            assert values(report) == reference
            assert report["coverage"]["complete"]


def test_a_repack_during_the_scan_loses_nothing(repository: Repository, twlint: Twlint) -> None:
    check_repacking(repository, twlint, 4)


@pytest.mark.slow
def test_a_repack_during_twenty_scans_loses_nothing(repository: Repository, twlint: Twlint) -> None:
    check_repacking(repository, twlint, 20)


# R8: what git believes about a repository.


def forge_index_of_packs(repository: Repository, text: str) -> None:
    leaked_and_removed(repository, text)
    repository.repack()
    forge_multi_pack_index(repository, repository.id_of(text))
    hidden = repository.run("cat-file", "-e", repository.id_of(text), check=False)
    assert hidden.returncode != 0, "git must believe the forged index"


def forge_bitmap(repository: Repository, text: str) -> None:
    leaked_and_removed(repository, text)
    repository.git("repack", "-a", "-d", "-b", "--quiet")
    (bitmap,) = (repository.git_dir / "objects" / "pack").glob("*.bitmap")
    for offset in range(32, bitmap.stat().st_size - 20):
        flip(bitmap, offset)


@pytest.mark.parametrize(
    "forge",
    [
        plant_behind_a_commit_graph,
        plant_behind_a_graft,
        plant_behind_a_replacement,
        forge_index_of_packs,
        forge_bitmap,
    ],
)
def test_a_forged_account_of_the_history_is_not_believed(forge: Plant, repository: Repository, twlint: Twlint) -> None:
    forge(repository, leak())
    report = scan(twlint)
    assert values(report) == tokens(0)
    assert report["coverage"]["complete"]


def test_a_replaced_blob_is_read_as_it_was_committed(repository: Repository, twlint: Twlint) -> None:
    repository.commit({"a": leak()})
    repository.git("replace", repository.id_of(leak()), repository.blob("nothing\n"))
    repository.write({"a": "nothing\n"})
    report = scan(twlint)
    assert values(report) == tokens(0)


# R9: objects of another repository.


def test_objects_of_an_alternate_are_scanned_only_on_request(twlint: Twlint, tmp_path: Path) -> None:
    source = create(tmp_path / "source")
    source.commit({"a": leak(1)})
    Repository(tmp_path).git("clone", "--quiet", "--shared", source.path, tmp_path / "copy")
    source.commit({"b": leak(2)})
    assert values(scan(twlint, tmp_path / "copy")) == tokens(1)
    assert values(scan(twlint, "--all-objects", tmp_path / "copy")) == tokens(1, 2)


# R10: forms of storage.


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["loose", "packed"])
def test_every_form_of_storage_gives_the_same_findings(
    object_format: str, *, is_packed: bool, project: Path, twlint: Twlint
) -> None:
    repository = create(project, object_format=object_format)
    repository.commit({"a/b.env": leak(1)})
    repository.branch("other")
    repository.commit({"a/b.env": leak(2)}, f"A change\n\n{leak(3)}")
    repository.checkout("main")
    repository.tag("v1", leak(4))
    if is_packed:
        repository.repack()
        repository.git("pack-refs", "--all")
    report = scan(twlint)
    assert report["coverage"]["complete"]
    places = {
        finding["secret"]["value"]: (finding["location"]["path"].partition(" ")[0], finding["state"])
        for finding in report["findings"]
    }
    assert places == {
        github_token(1): ("a/b.env", "worktree"),
        github_token(2): ("a/b.env", "other-ref"),
        github_token(3): ("(commit", "history"),
        github_token(4): ("(tag", "history"),
    }


def test_two_scans_give_the_same_report(repository: Repository, twlint: Twlint) -> None:
    random_history(repository, 3)
    first, second = (twlint("scan", "--format", "json", "--jobs", jobs) for jobs in ("1", "8"))
    assert first.stdout == second.stdout


def test_an_object_that_is_larger_than_the_buffer_is_read_to_its_end(repository: Repository, twlint: Twlint) -> None:
    for seed, size in enumerate(((4 << 20) - 100, (4 << 20) - 45, 4 << 20, 9 << 20)):
        repository.commit({f"{seed}.txt": "x " * (size // 2) + "\n" + leak(seed)})
    report = scan(twlint, "--history")
    assert values(report) == tokens(0, 1, 2, 3)
    assert report["coverage"]["complete"]


def test_the_program_that_kills_git_in_these_tests_does_so(tmp_path: Path) -> None:
    env = dying_git(tmp_path / "bin", "for-each-ref", 0, once=False)
    done = subprocess.run(
        ["git", "for-each-ref"], env={**os.environ, **env}, capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == -9
