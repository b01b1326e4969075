"""The repository scanned is an adversary's: nothing of it runs, nothing is fetched, its names are data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

from linter.git import sterile
from tests.command import COMMAND, Twlint
from tests.git_repositories import Repository, clone, create
from tests.invented import github_token
from tests.scans import SHOWN, failures, run, scan, values

CONSOLE = Path(sys.executable).with_name("twlint")


def leak(seed: int = 0) -> str:
    """A line with a credential."""
    return f"GITHUB_TOKEN={github_token(seed)}\n"


class Traps:
    """Commands that leave a mark when they run, and what git would run them for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def command(self, name: str) -> str:
        """A command of a shell that leaves the mark `name`; as a filter it passes its input on."""
        return f"touch '{self._folder}/{name}'; cat; :"

    def transport(self, name: str) -> str:
        """A command of a shell that leaves the mark `name` and fails, for what git would talk to."""
        return f"touch '{self._folder}/{name}'; false"

    def program(self, path: Path) -> None:
        """A program that leaves a mark with its own name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{self._folder}/{path.name}'\n")
        path.chmod(0o755)

    def sprung(self) -> set[str]:
        """The marks that were left."""
        return {path.name for path in self._folder.iterdir()}

    def reset(self) -> None:
        """Forget all marks."""
        for path in self._folder.iterdir():
            path.unlink()


_KEYS = (
    "core.fsmonitor",
    "core.editor",
    "core.pager",
    "core.askPass",
    "core.sshCommand",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "pager.log",
    "pager.rev-list",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "filter.evil.clean",
    "filter.evil.smudge",
    "merge.evil.driver",
    "interactive.diffFilter",
    "sequence.editor",
    "gpg.program",
    "credential.helper",
    "uploadpack.packObjectsHook",
    "remote.origin.uploadpack",
    "trailer.evil.command",
)
_ALIASES = ("cat-file", "rev-list", "ls-files", "for-each-ref", "log", "status", "diff-index")
_HOOKS = (
    "post-index-change",
    "pre-commit",
    "post-checkout",
    "reference-transaction",
    "pre-auto-gc",
    "fsmonitor-watchman",
    "post-rewrite",
)
ATTRIBUTES = "* diff=evil filter=evil merge=evil\n"


def set_traps(repository: Repository, traps: Traps) -> None:
    """Let every key, hook and attribute that can start a program start one."""
    config = repository.git_dir / "config"
    for key in _KEYS:
        repository.git("config", "--file", config, key, traps.command(key))
    for name in _ALIASES:
        repository.git("config", "--file", config, f"alias.{name}", f"!{traps.command(f'alias-{name}')}")
    for key, value in (("log.showSignature", "true"), ("protocol.allow", "always"), ("core.untrackedCache", "1")):
        repository.git("config", "--file", config, key, value)
    for name in _HOOKS:
        traps.program(repository.git_dir / "hooks" / name)
    (repository.git_dir / "info").mkdir(exist_ok=True)
    (repository.git_dir / "info" / "attributes").write_text(ATTRIBUTES)


@pytest.fixture
def traps(tmp_path: Path) -> Traps:
    """A place for marks."""
    return Traps(tmp_path / "marks")


@pytest.fixture
def repository(project: Path) -> Repository:
    """A history with a leak in it, and a change that is not staged."""
    repository = create(project)
    repository.commit({".gitattributes": ATTRIBUTES, "a": "a\n"})
    repository.commit({"a": leak(1)})
    repository.commit({"a": "b\n"})
    repository.stage({"staged": leak(2)})
    repository.write({"a": "changed\n", "untracked": leak(3)})
    return repository


# G1.

Target = Callable[[Repository, Path], Repository]
"""The repository that is scanned, made from the one with the leak, below a folder."""


def itself(repository: Repository, _: Path) -> Repository:
    return repository


def a_bare_clone(repository: Repository, folder: Path) -> Repository:
    return clone(repository.path, folder / "bare.git", "--bare")


def a_linked_work_tree(repository: Repository, folder: Path) -> Repository:
    repository.git("worktree", "add", "--quiet", "--detach", folder / "linked")
    return Repository(folder / "linked")


def a_submodule(repository: Repository, folder: Path) -> Repository:
    outer = create(folder / "outer")
    outer.git("submodule", "--quiet", "add", repository.path, "inner")
    return Repository(outer.path / "inner")


def a_shallow_clone(repository: Repository, folder: Path) -> Repository:
    return clone(repository.path, folder / "shallow", "--depth=2")


def a_partial_clone(repository: Repository, folder: Path) -> Repository:
    repository.git("config", "uploadpack.allowFilter", "true")
    return clone(repository.path, folder / "partial", "--filter=blob:none", "--no-checkout")


MODES: list[tuple[str, Target, tuple[str, ...], set[int]]] = [
    ("scan", itself, (), {1, 2, 3}),
    ("scan", itself, ("--no-history",), {2, 3}),
    ("scan", itself, ("--history",), {1, 2, 3}),
    ("scan", itself, ("--staged",), {2}),
    ("scan", itself, ("--since", "HEAD~2"), {1}),
    ("scan", itself, ("--range", "HEAD~2..HEAD"), {1}),
    ("scan", itself, ("--reflog",), {1, 2, 3}),
    ("scan", itself, ("--all-objects",), {1, 2, 3}),
    ("scan", itself, ("--isolated",), {1, 2, 3}),
    ("hook", itself, (), {2}),
    ("hook", itself, ("staged", "a"), {2}),
    ("scan", a_bare_clone, (), {1}),
    ("scan", a_linked_work_tree, (), {1}),
    ("scan", a_linked_work_tree, ("--staged",), set()),
    ("scan", a_submodule, (), {1}),
    ("scan", a_shallow_clone, ("--allow-shallow",), {1}),
    ("scan", a_partial_clone, (), set()),
]


@pytest.mark.parametrize(("command", "target", "options", "seeds"), MODES)
def test_nothing_of_a_hostile_repository_runs(
    command: str,
    target: Target,
    options: tuple[str, ...],
    seeds: set[int],
    repository: Repository,
    twlint: Twlint,
    traps: Traps,
    tmp_path: Path,
) -> None:
    hostile = target(repository, tmp_path)
    set_traps(hostile, traps)
    traps.reset()
    result = run(twlint, *options, command=command, cwd=hostile.path)
    assert traps.sprung() == set()
    assert values(result.report) == {github_token(seed) for seed in seeds}


def test_git_itself_springs_the_traps(repository: Repository, traps: Traps) -> None:
    set_traps(repository, traps)
    traps.reset()
    for command in (("status",), ("diff",), ("log", "-p"), ("checkout", "--", "a")):
        repository.run(*command, check=False)
    assert len(traps.sprung()) >= 5


# G2.


def ssh(copy: Repository, traps: Traps) -> None:
    copy.git("config", "core.sshCommand", traps.transport("ssh"))
    copy.git("config", "remote.origin.url", "ssh://localhost/x")


def upload_pack(copy: Repository, traps: Traps) -> None:
    copy.git("config", "remote.origin.uploadpack", traps.transport("upload-pack"))


def external_transport(copy: Repository, traps: Traps) -> None:
    script = copy.path.parent / "external"
    traps.program(script)
    copy.git("config", "remote.origin.url", f"ext::{script}")


def proxy(copy: Repository, traps: Traps) -> None:
    script = copy.path.parent / "proxy"
    traps.program(script)
    copy.git("config", "core.gitProxy", str(script))
    copy.git("config", "remote.origin.url", "git://localhost/x")


def local_path(copy: Repository, traps: Traps) -> None:
    other = create(copy.path.parent / "other", "--bare")
    copy.git("config", "remote.origin.uploadpack", traps.transport("local"))
    copy.git("config", "remote.origin.url", str(other.path))


@pytest.mark.parametrize("options", [(), ("--all-objects",), ("--staged",), ("--since", "HEAD~2")])
@pytest.mark.parametrize("arm", [ssh, upload_pack, external_transport, proxy, local_path])
def test_a_partial_clone_fetches_nothing(
    arm: Callable[[Repository, Traps], None],
    options: tuple[str, ...],
    repository: Repository,
    twlint: Twlint,
    traps: Traps,
    tmp_path: Path,
) -> None:
    copy = a_partial_clone(repository, tmp_path)
    copy.git("config", "protocol.allow", "always")
    arm(copy, traps)
    missing = sorted(repository.reachable_blobs() - blobs_of(copy))
    traps.reset()
    result = run(twlint, *options, cwd=copy.path)
    assert traps.sprung() == set()
    if "--staged" not in options:
        assert result.returncode == 3
        assert failures(result.report)
    copy.run("cat-file", "-p", missing[0], check=False)
    assert traps.sprung(), "git itself must run it"


def blobs_of(repository: Repository) -> set[str]:
    """The ids of the blobs that are there."""
    listed = repository.git("cat-file", "--batch-all-objects", "--batch-check")
    return {line.split()[0] for line in listed.splitlines() if line.split()[1] == "blob"}


# G3.

NAMES = [
    "-",
    "--",
    "-u",
    "--output=x",
    "--upload-pack=touch x",
    "--all",
    "--help",
    "-c",
    "@{-1}",
    ":(glob)**",
    ":!x",
    ":0:a",
    "HEAD",
    "HEAD^{tree}",
    "^main",
    "main..other",
    "$(touch x)",
    "`touch x`",
    "; touch x",
    "| touch x",
    "'\"",
    "a b",
    "a\nb",
    "a\rb",
    "a\tb",
    "\x1b[31m",
    "\x01",
    "\x7f",
    "\u202e",
    "é",
    "\udcff",
    "a\\b",
    "?",
    "*",
    "[a]",
    "~",
    "..",
    ".git",
    "con",
    "x" * 4_000,
]
"""Names that someone takes for an option, a revision, a pattern, a command, a line or an escape."""


def below(folder: Path) -> Iterator[str]:
    """The names of everything in a folder, but for a repository's own files."""
    return (path.name for path in folder.iterdir() if path.name != ".git")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_path_is_data(name: str, project: Path, twlint: Twlint) -> None:
    repository = create(project, "--bare")
    blob = repository.blob(leak())
    entry = f"100644 blob {blob}\t".encode() + os.fsencode(name) + b"\0"
    tree = repository.git("mktree", "-z", stdin=entry)
    commit = repository.git("commit-tree", "-m", "x", tree)
    repository.git("update-ref", "refs/heads/main", commit)
    before = sorted(project.rglob("*"))
    report = scan(twlint)
    assert values(report) == {github_token()}
    assert report["coverage"]["complete"]
    assert len(report["findings"][0]["occurrences"]) == 1
    assert sorted(project.rglob("*")) == before


def test_hostile_names_of_references_are_data(project: Path, twlint: Twlint, tmp_path: Path) -> None:
    repository = create(project)
    made = []
    for seed, name in enumerate(NAMES):
        tree = repository.git("mktree", "-z", stdin=f"100644 blob {repository.blob(leak(seed))}\ta\0".encode())
        commit = repository.git("commit-tree", "-m", "x", tree)
        for kind in ("heads", "tags", "remotes/origin"):
            reference = os.fsencode(f"refs/{kind}/{name}")
            if repository.run("update-ref", reference, commit, check=False).returncode == 0:
                made.append(seed)
    assert len(set(made)) > 10
    report = scan(twlint)
    assert values(report) == {github_token(seed) for seed in made}
    assert list(below(project)) == []


@pytest.mark.parametrize("option", ["--since", "--range"])
@pytest.mark.parametrize("name", [name for name in NAMES if name.isprintable() and len(name) < 99])
def test_a_hostile_revision_is_data(
    option: str, name: str, repository: Repository, twlint: Twlint, traps: Traps
) -> None:
    set_traps(repository, traps)
    traps.reset()
    before = sorted(below(repository.path))
    result = run(twlint, f"{option}={name}")
    assert result.returncode in {0, 1, 2}
    assert "internal error" not in result.stderr
    assert sorted(below(repository.path)) == before
    assert traps.sprung() == set()


# G4.


def traced(folder: Path, *arguments: str) -> list[str]:
    """The calls for programs, files and connections that a command makes, as strace tells them."""
    log = folder / "trace"
    calls = "trace=execve,execveat,open,openat,openat2,creat,connect,sendto,bind"
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-s", "300", "-e", calls, "-o", log, *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return log.read_text("utf-8", "replace").splitlines()


def written_files(calls: list[str]) -> set[str]:
    """The files that were opened for writing."""
    opened = (re.search(r'open(?:at)?\((?:[^,"]*, )?"([^"]*)", ([A-Z_|]+).* = \d', call) for call in calls)
    return {match[1] for match in opened if match and re.search("WRONLY|RDWR|CREAT|TRUNC", match[2])}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("target", [itself, a_partial_clone, a_submodule])
def test_a_scan_runs_git_alone_and_writes_and_connects_nowhere(
    target: Target,
    repository: Repository,
    traps: Traps,
    tmp_path: Path,
    warm_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    hostile = target(repository, tmp_path)
    set_traps(hostile, traps)
    folder = tmp_path / "trace"
    folder.mkdir()
    calls = traced(folder, *COMMAND, "scan", "--quiet", "--all-objects", str(hostile.path))
    programs = {match[1] for call in calls if (match := re.search(r'execve\("([^"]*)".* = 0', call))}
    assert {Path(program).name for program in programs} <= {Path(sys.executable).name, "git"}
    assert any(program.endswith("/git") for program in programs)
    allowed = ("/dev/null", "/dev/tty", str(warm_cache), str(temporary))
    assert {path for path in written_files(calls) if not path.startswith(allowed)} == set()
    assert list(temporary.iterdir()) == []
    assert [call for call in calls if re.search(r"(connect|sendto|bind)\(", call)] == []


# G5.


def include_a_pipe(repository: Repository) -> None:
    os.mkfifo(repository.git_dir / "pipe")
    with (repository.git_dir / "config").open("a") as config:
        config.write("[include]\n\tpath = pipe\n")


def reference_is_a_pipe(repository: Repository) -> None:
    os.mkfifo(repository.git_dir / "refs" / "heads" / "pipe")


@pytest.mark.parametrize("block", [include_a_pipe, reference_is_a_pipe])
def test_a_repository_that_makes_git_wait_is_given_up(
    block: Callable[[Repository], None], repository: Repository, twlint: Twlint
) -> None:
    block(repository)
    with mock.patch.object(sterile, "SETUP_TIMEOUT", 0.5):
        result = run(twlint)
    assert result.returncode == 2
    assert "did not answer within" in result.stderr


@pytest.mark.slow
def test_a_pipe_as_configuration_is_given_up_in_time(repository: Repository, twlint: Twlint) -> None:
    include_a_pipe(repository)
    started = time.monotonic()
    assert twlint("scan").returncode == 2
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("content", [b"\0\0\0", b"[core]\r\n\tbare = \0\n", b"[a\r]\n", b"[core]\n\tx = \xff\n"])
def test_a_configuration_with_strange_bytes_does_no_harm(
    content: bytes, repository: Repository, twlint: Twlint
) -> None:
    with (repository.git_dir / "config").open("ab") as config:
        config.write(content)
    result = run(twlint)
    assert result.returncode in {1, 2}
    assert "internal error" not in result.stderr
    if result.returncode == 1:
        assert values(result.report) == {github_token(seed) for seed in (1, 2, 3)}


@pytest.mark.slow
def test_a_configuration_of_a_hundred_megabytes_does_no_harm(repository: Repository, twlint: Twlint) -> None:
    with (repository.git_dir / "config").open("ab") as config:
        for _ in range(100):
            config.write((b"#" * 1_023 + b"\n") * 1_024)
    started = time.monotonic()
    result = twlint("scan", *SHOWN, timeout=120)
    assert time.monotonic() - started < 60
    assert result.returncode in {1, 2}


@pytest.mark.parametrize(
    "name", ["HEAD", "config", "index", "packed-refs", "shallow", "commondir", "objects/info/alternates"]
)
def test_a_pipe_in_the_place_of_a_file_of_git_is_bad_input(name: str, repository: Repository, twlint: Twlint) -> None:
    path = repository.git_dir / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    result = twlint("scan", timeout=15)
    assert result.returncode == 2
    assert "internal error" not in result.stderr


def test_a_pipe_as_list_of_ignored_files_is_not_read(repository: Repository, twlint: Twlint) -> None:
    (repository.git_dir / "info").mkdir(exist_ok=True)
    os.mkfifo(repository.git_dir / "info" / "exclude")
    assert twlint("scan", timeout=15).returncode == 1


# G6.

MODULES = ("yaml", "click", "git", "gitdb", "regex", "msgspec", "pathspec", "hyperscan", "json", "subprocess")


@pytest.mark.parametrize("command", [COMMAND, (str(CONSOLE),)], ids=["module", "console"])
def test_nothing_in_the_current_folder_is_imported_or_run(
    command: tuple[str, ...], project: Path, traps: Traps, tmp_path: Path
) -> None:
    if not Path(command[0]).exists():
        pytest.skip("twlint is not installed here")
    for name in MODULES:
        (project / f"{name}.py").write_text(f"open({str(tmp_path / 'marks' / name)!r}, 'w')\n")
    for name in ("git", "git.exe", "python", "twlint"):
        traps.program(project / name)
    (project / ".env").write_text(leak())
    done = subprocess.run([*command, "scan", *SHOWN], cwd=project, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert traps.sprung() == set()


def test_a_git_file_that_leads_to_a_hostile_repository_runs_nothing(
    repository: Repository, twlint: Twlint, traps: Traps, tmp_path: Path
) -> None:
    set_traps(repository, traps)
    lured = tmp_path / "a" / "lured"
    lured.mkdir(parents=True)
    (lured / ".git").write_text(f"gitdir: ../../{repository.path.name}/.git\n")
    (lured / ".env").write_text(leak(4))
    traps.reset()
    report = scan(twlint, cwd=lured)
    assert values(report) == {github_token(seed) for seed in (1, 4)}
    assert traps.sprung() == set()
