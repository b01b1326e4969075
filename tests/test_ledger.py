"""The ledger: what was asked for was scanned or stands in the report, and a clean exit says that all was scanned."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import pytest

from linter import targets
from tests.git_repositories import Repository, create, flip, remove
from tests.invented import github_token
from tests.scans import SHOWN, failures, kinds, run, values

if TYPE_CHECKING:
    from contextlib import ExitStack

    from linter.stop import Stop
    from tests.command import Report, Twlint

Fault = Callable[[Path, random.Random], None]
"""Breaks something below a folder."""


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


# L1, files.


def write_tree(folder: Path, dice: random.Random) -> dict[str, str]:
    """Some files, each with a credential of its own; the credentials by path."""
    tokens = {}
    for number in range(dice.randrange(1, 9)):
        parents = [dice.choice("abc") for _ in range(dice.randrange(3))]
        path = "/".join([*parents, f"{number}.env"])
        seed = dice.randrange(10_000)
        padding = "#" * dice.choice([0, 10, 5_000_000 if dice.random() < 0.05 else 100])
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"{padding}\n{leak(seed)}")
        tokens[path] = github_token(seed)
    return tokens


def some_file(folder: Path, dice: random.Random) -> Path | None:
    """One of the files that are left."""
    found = [path for path in sorted(folder.rglob("*.env")) if path.is_file() and not path.is_symlink()]
    return dice.choice(found) if found else None


def delete(path: Path) -> None:
    path.unlink()


def hide(path: Path) -> None:
    path.rename(path.with_name(f".{path.name}-hidden"))


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_by_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def replace_by_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def forbid(path: Path) -> None:
    path.chmod(0)


def delete_folder(path: Path) -> None:
    if any(parent.name == "project" for parent in path.parent.parents):
        shutil.rmtree(path.parent)


def swap_folder(path: Path) -> None:
    """The folder becomes a link to itself under another name."""
    if any(parent.name == "project" for parent in path.parent.parents):
        other = path.parent.with_name(f"{path.parent.name}-moved")
        if not other.exists():
            path.parent.rename(other)
            path.parent.symlink_to(other)


FILE_FAULTS = (
    delete,
    hide,
    replace_by_folder,
    replace_by_pipe,
    replace_by_link,
    replace_by_circle,
    forbid,
    delete_folder,
    swap_folder,
)


@contextmanager
def between_listing_and_reading(act: Callable[[], None]) -> Iterator[None]:
    """`act` is called once all is listed and nothing is read."""
    plan = targets.plan

    def planned(request: targets.Request, stack: ExitStack, stop: Stop) -> targets.Plan:
        made = plan(request, stack, stop)
        act()
        return made

    with mock.patch.object(targets, "plan", planned):
        yield


@contextmanager
def failing_reads(dice: random.Random, share: float) -> Iterator[None]:
    """Reading a file fails now and then, as a bad disk does."""
    read = os.readv

    def readv(descriptor: int, buffers: list[memoryview]) -> int:
        if dice.random() < share:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(descriptor, buffers)

    with mock.patch.object(os, "readv", readv):
        yield


def check_tree(project: Path, twlint: Twlint, seed: int) -> None:
    """Scan a generated tree while it breaks; every file is accounted for."""
    dice = random.Random(seed)
    shutil.rmtree(project)
    project.mkdir()
    tokens = write_tree(project, dice)

    def act() -> None:
        for _ in range(dice.randrange(4)):
            if (path := some_file(project, dice)) is not None:
                dice.choice(FILE_FAULTS)(path)

    share = dice.choice([0, 0, 0.3])
    with between_listing_and_reading(act), failing_reads(dice, share):
        result = run(twlint, "--jobs", "1")
    report = result.report
    skipped = kinds(report)
    assert report["coverage"]["files"] + len(skipped) == len(tokens), (seed, skipped)
    assert set(skipped) <= set(tokens), seed
    found = values(report)
    linked = {path for path in tokens if (project / path).is_symlink()}
    for path, token in tokens.items():
        assert (token in found) == (path not in skipped and path not in linked), (seed, path)
    check_exit(result.returncode, report, seed)


def check_exit(code: int, report: Report, seed: int) -> None:
    """The exit code says what the report says."""
    is_complete = not failures(report)
    assert report["coverage"]["complete"] == is_complete, seed
    assert code == (1 if report["findings"] else 0 if is_complete else 3), seed


@pytest.mark.parametrize("seed", range(40))
def test_every_file_of_a_tree_that_breaks_is_accounted_for(seed: int, project: Path, twlint: Twlint) -> None:
    check_tree(project, twlint, seed)


@pytest.mark.slow
def test_every_file_of_many_trees_that_break_is_accounted_for(project: Path, twlint: Twlint) -> None:
    for seed in range(1_000, 2_200):
        check_tree(project, twlint, seed)


# L1, repositories.


class Generated(NamedTuple):
    """A repository, and what is in its history: credentials, each in a blob of its own, and commits."""

    repository: Repository
    tokens: dict[str, str]
    commits: int


def generate(folder: Path, dice: random.Random) -> Generated:
    """A bare repository with one or two branches, loose or packed, and no credential twice."""
    repository = create(folder, "--bare")
    tokens: dict[str, str] = {}
    stream = bytearray()
    count = dice.randrange(2, 8)
    for number in range(count):
        content = leak(dice.randrange(10_000) * 10 + number).encode()
        branch = dice.choice(["main", "main", "other"]) if number else "main"
        start = b"from refs/heads/main\n" if number and f"refs/heads/{branch}".encode() not in stream else b""
        stream += f"commit refs/heads/{branch}\ncommitter A <a@acme.test> {1_700_000_000 + number} +0000\n".encode()
        stream += b"data 1\nx\n" + start
        path = f"{dice.choice(['', 'a/', 'b/'])}{dice.randrange(3)}.env"
        stream += f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        tokens[repository.id_of(content)] = content.decode().partition("=")[2].strip()
    limit = 0 if dice.random() < 0.5 else 10_000
    repository.git("-c", f"fastimport.unpackLimit={limit}", "fast-import", "--quiet", stdin=bytes(stream))
    return Generated(repository, tokens, count)


def some_store(repository: Repository, dice: random.Random) -> Path | None:
    """A file that holds objects."""
    folder = repository.path / "objects"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "info"]
    return dice.choice(files) if files else None


def corrupt_store(repository: Repository, dice: random.Random) -> None:
    if (file := some_store(repository, dice)) is not None and file.stat().st_size:
        flip(file, dice.randrange(file.stat().st_size), 1 << dice.randrange(8))


def truncate_store(repository: Repository, dice: random.Random) -> None:
    if (file := some_store(repository, dice)) is not None:
        file.chmod(0o644)
        os.truncate(file, dice.randrange(file.stat().st_size + 1))


def delete_store(repository: Repository, dice: random.Random) -> None:
    if (file := some_store(repository, dice)) is not None:
        remove(file)


def fold_store(repository: Repository, dice: random.Random) -> None:
    if (file := some_store(repository, dice)) is not None:
        remove(file)
        file.mkdir()


def break_reference(repository: Repository, dice: random.Random) -> None:
    text = dice.choice(["", "nonsense\n", "1" * 40 + "\n"])
    (repository.path / "refs" / "heads" / "main").write_text(text)


def detach_to_nothing(repository: Repository, dice: random.Random) -> None:
    (repository.path / "HEAD").write_text(dice.choice(["1" * 40 + "\n", "nonsense\n", ""]))


def plant_shallow(repository: Repository, _: random.Random) -> None:
    tip = repository.run("rev-parse", "--verify", "HEAD", check=False)
    (repository.path / "shallow").write_bytes(tip.stdout)


def repack(repository: Repository, _: random.Random) -> None:
    repository.run("repack", "-a", "-d", "--quiet", check=False)


HISTORY_FAULTS = (
    corrupt_store,
    corrupt_store,
    truncate_store,
    delete_store,
    delete_store,
    fold_store,
    break_reference,
    detach_to_nothing,
    plant_shallow,
    repack,
)


def check_history(folder: Path, twlint: Twlint, seed: int) -> None:
    """Scan a generated repository that breaks before or during the scan; every blob is accounted for."""
    dice = random.Random(seed)
    shutil.rmtree(folder)
    generated = generate(folder, dice)

    def act() -> None:
        for _ in range(dice.randrange(1, 3)):
            dice.choice(HISTORY_FAULTS)(generated.repository, dice)

    fault: Callable[[], None] = act if dice.random() < 0.8 else lambda: None
    if dice.random() < 0.7:
        fault()
        result = run(twlint)
    else:
        with between_listing_and_reading(fault):
            result = run(twlint)
    assert "internal error" not in result.stderr, (seed, result.stderr)
    if result.returncode == 2:
        assert not result.stdout, seed
        assert result.stderr, seed
        return
    report = result.report
    check_exit(result.returncode, report, seed)
    lost = set(generated.tokens.values()) - values(report)
    if report["coverage"]["complete"]:
        assert not lost, seed
        assert report["coverage"]["blobs"] == len(generated.tokens), seed
        assert report["coverage"]["commits"] == generated.commits, seed
    told = set(failures(report))
    for name, token in generated.tokens.items():
        assert token not in lost or f"object {name}" in told or told, (seed, name)


@pytest.mark.parametrize("seed", range(30))
def test_every_blob_of_a_repository_that_breaks_is_accounted_for(seed: int, project: Path, twlint: Twlint) -> None:
    check_history(project, twlint, seed)


@pytest.mark.slow
def test_every_blob_of_many_repositories_that_break_is_accounted_for(project: Path, twlint: Twlint) -> None:
    for seed in range(1_000, 1_800):
        check_history(project, twlint, seed)


# L2: ways to scan nothing.


def nothing(_: Path) -> None:
    """The folder stays empty."""


def one_file(project: Path) -> None:
    (project / "a").write_text("a\n")


def one_commit(project: Path) -> None:
    create(project).commit({"a": "a\n"})


def no_commit(project: Path) -> None:
    create(project)


def bare_repository(project: Path) -> None:
    create(project, "--bare")


def git_that_says(text: str) -> Callable[[Path], None]:
    """A repository, and beside it a program called git that does nothing but `text` once it told its version."""

    def prepare(project: Path) -> None:
        one_commit(project)
        folder = project.parent / "bin"
        folder.mkdir()
        program = folder / "git"
        program.write_text(f'#!/bin/sh\n[ "$1" = version ] && exec {shutil.which("git")} version\n{text}\n')
        program.chmod(0o755)

    return prepare


@pytest.mark.parametrize(
    ("prepare", "options", "code", "told"),
    [
        (nothing, ("missing",), 2, "missing"),
        (nothing, (), 2, "nothing to scan"),
        (one_file, ("--history",), 2, "not a git repository"),
        (one_file, ("--staged",), 2, "not a git repository"),
        (one_file, ("--since", "HEAD"), 2, "not a git repository"),
        (one_commit, ("--since", "missing"), 2, "no such revision"),
        (one_commit, ("--range", "HEAD..HEAD"), 0, "nothing to scan"),
        (one_file, ("--exclude", "*"), 2, "nothing to scan"),
        (one_commit, ("--no-history", "--exclude", "*"), 2, "nothing to scan"),
        (one_commit, ("-",), 2, "standard input is empty"),
        (one_commit, ("--select", "no-such-rule"), 2, "no-such-rule"),
        (bare_repository, ("--no-history",), 2, "no files"),
        (no_commit, (), 0, "no commits yet"),
        (bare_repository, (), 0, "no commits yet"),
        (one_commit, ("--staged",), 0, "nothing to scan"),
    ],
)
def test_a_scan_of_nothing_is_clean_only_where_git_confirms_it(
    prepare: Callable[[Path], None],
    options: tuple[str, ...],
    code: int,
    told: str,
    project: Path,
    twlint: Twlint,
) -> None:
    prepare(project)
    result = twlint("scan", *options)
    assert result.returncode == code
    assert told in (result.stdout if code == 0 else result.stderr)
    assert "internal error" not in result.stderr


@pytest.mark.parametrize(
    "text",
    ["exit 128", "echo fatal: no >&2; exit 128", "echo warning: no >&2", "echo nonsense", "yes | head -c 9999"],
)
def test_a_git_that_tells_nothing_is_not_believed(text: str, project: Path, twlint: Twlint) -> None:
    git_that_says(text)(project)
    result = twlint("scan", env={"PATH": f"{project.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"})
    assert result.returncode == 2
    assert "internal error" not in result.stderr
    assert not result.stdout


def test_a_repository_of_which_everything_is_excluded_is_bad_input(project: Path, twlint: Twlint) -> None:
    create(project).commit({"a": leak()})
    assert run(twlint, "--exclude", "*").returncode == 2


# L3: git that complains and goes on.


def test_a_git_that_warns_without_end_is_believed(project: Path, twlint: Twlint, tmp_path: Path) -> None:
    repository = create(project)
    repository.commit({"a": leak(1)})
    repository.commit({"a": leak(2)})
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "git"
    warn = "yes 'warning: this is no reason to stop' | head -c 1000000 >&2"
    program.write_text(f'#!/bin/sh\n{warn}\n{shutil.which("git")} "$@"\ncode=$?\n{warn}\nexit $code\n')
    program.chmod(0o755)
    result = twlint("scan", *SHOWN, env={"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"})
    assert result.returncode == 1
    assert values(result.report) == {github_token(1), github_token(2)}
    assert result.report["coverage"]["complete"]
    assert len(result.stderr.splitlines()) <= 20
