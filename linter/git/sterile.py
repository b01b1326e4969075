"""A git directory of our own over the objects of a target."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from linter.git.environment import OPTIONS, VARIABLES
from linter.git.process import Process, Result, error_text
from linter.git.program import find_program, runner
from linter.model import Error
from linter.repository import blocking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from linter.repository import Layout

__all__ = ["EMPTY_TREE", "Reference", "Sterile", "is_object_id"]

SETUP_TIMEOUT = 10.0
"""Seconds for commands that read the target's own git directory, which may hold pipes and giant files."""

EXCLUDES_LIMIT = 1 << 20
"""Bytes of the target's `info/exclude` above which it is not taken for a list of names."""

EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The object ids of the tree without entries, which git knows without storing it."""

_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BROKEN_REFERENCE = re.compile(r"ignoring (?:broken ref|ref with broken name) (.*)")


def is_object_id(text: str) -> bool:
    """True for a full object id, the only form that is ever handed to git on its input."""
    return _OBJECT_ID.fullmatch(text) is not None


class Reference(NamedTuple):
    """A reference by its full name, and the object it names. `HEAD` is one of them."""

    name: str
    target: str


class Sterile:
    """A sterile git directory over the objects of a target; a context manager that leaves nothing behind.

    Args:
        layout: the target.
        quarantine: `GIT_OBJECT_DIRECTORY`, `GIT_ALTERNATE_OBJECT_DIRECTORIES` and `GIT_INDEX_FILE`, as git set
            them for the hook that is running; empty outside of hooks.

    Raises:
        Error: git is missing or too old, or the target cannot be read.
    """

    def __init__(self, layout: Layout, quarantine: Mapping[str, str] | None = None) -> None:
        if (blocked := blocking(layout)) is not None:
            raise Error(f"{blocked}: not a file; git would wait for it")
        self.layout = layout
        self._quarantine = dict(quarantine or {})
        self._folder = Path(tempfile.mkdtemp(prefix="twlint-"))
        self._running: list[subprocess.Popen[bytes]] = []
        self.stopped = False
        try:
            self._program = find_program()
            self._git = runner(self._program, self._folder)
            self.object_format = self._object_format()
            self.shallow = self._prepare()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sterile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop what still runs and remove the folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """Stop what still runs, and start no more reading."""
        self.stopped = True
        for process in list(self._running):
            process.kill()

    @property
    def hex_length(self) -> int:
        """Characters of an object id of this repository."""
        return 64 if self.object_format == "sha256" else 40

    @property
    def objects(self) -> Path:
        """The folder of the target's objects."""
        return Path(self._quarantine.get("GIT_OBJECT_DIRECTORY") or self.layout.common_dir / "objects")

    def references(self) -> tuple[list[Reference], list[str]]:
        """Every reference, HEAD first where it has a commit, and those that git cannot read.

        Raises:
            Error: git cannot list them.
        """
        result = self._run_in_target("for-each-ref", "--format=%(objectname) %(refname)")
        listed = self._checked(result)
        references = self._heads()
        # A name has no line feed, and may have any other character that `splitlines` takes for a line's end.
        for line in listed.decode("utf-8", "surrogateescape").split("\n"):
            target, _, name = line.partition(" ")
            if is_object_id(target):
                references.append(Reference(name, target))
        return references, _BROKEN_REFERENCE.findall(result.errors)

    def _heads(self) -> list[Reference]:
        """HEAD, and those of the other work trees; a commit that cannot be read is one of them."""
        result = self._run_in_target("rev-parse", "--verify", "--quiet", "HEAD")
        head = result.output.decode("ascii", "replace").strip()
        heads = [Reference("HEAD", head)] if result.status == 0 and is_object_id(head) else []
        for line in self._ask_target("worktree", "list", "--porcelain").decode("ascii", "replace").split("\n"):
            name, _, target = line.partition(" ")
            if name == "HEAD" and is_object_id(target) and target.strip("0"):
                heads.append(Reference("HEAD of a work tree", target))
        return heads

    def resolve(self, revision: str) -> str | None:
        """The full id of the commit that the user's `revision` names, or None."""
        return self.resolve_object(f"{revision}^{{commit}}")

    def resolve_object(self, revision: str) -> str | None:
        """The full id of the object that `revision` names, which may be a tag of its own; None if it is not there."""
        result = self._run_in_target("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{object}}")
        name = result.output.decode("ascii", "replace").strip()
        return name if result.status == 0 and is_object_id(name) else None

    def reflog(self, reference: str | None) -> list[str]:
        """The commits in the reflog of `reference`, or in all reflogs."""
        arguments = ["--walk-reflogs", reference, "--"] if reference else ["--reflog", "--no-walk"]
        output = self._ask_target("rev-list", "--ignore-missing", *arguments)
        return [name for name in output.decode("ascii", "replace").split() if is_object_id(name)]

    def present(self, names: list[str]) -> tuple[list[str], list[str]]:
        """Those of the objects `names` that can be read, and those that cannot."""
        result = self.run("cat-file", "--batch-check", stdin="".join(f"{name}\n" for name in names).encode())
        there = {
            line.split(" ")[0]
            for line in result.output.decode("ascii", "replace").splitlines()
            if not line.endswith(" missing")
        }
        return [name for name in names if name in there], [name for name in names if name not in there]

    def run(self, *arguments: str, stdin: bytes | None = None, worktree: Path | None = None) -> Result:
        """Run git in the sterile directory to its end."""
        with self.start(*arguments, stdin=stdin, worktree=worktree) as git:
            output = b"".join(git.pieces())
            return Result(git.status(), output, git.errors())

    @contextlib.contextmanager
    def start(self, *arguments: str, stdin: bytes | None = None, worktree: Path | None = None) -> Iterator[Process]:
        """Start git in the sterile directory; it is stopped when the block ends."""
        with tempfile.TemporaryFile() as file:
            file.write(stdin or b"")
            file.seek(0)
            started = self._execute(self._environment(worktree), arguments, file)
        self._running.append(started)
        process = Process(started)
        try:
            yield process
        finally:
            self._running.remove(started)
            process.end()

    def _environment(self, worktree: Path | None) -> dict[str, str]:
        """What makes a git sterile; `worktree` is set for the one command that compares names with a work tree."""
        index = self._quarantine.get("GIT_INDEX_FILE") or str(self.layout.git_dir / "index")
        shallow = self._folder / "shallow"
        return {
            **VARIABLES,
            "HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder),
            "GIT_DIR": str(self._folder),
            "GIT_COMMON_DIR": str(self._folder),
            "GIT_WORK_TREE": str(worktree or self._folder),
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": self._quarantine.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", ""),
            "GIT_INDEX_FILE": index,
            "GIT_SHALLOW_FILE": str(shallow) if shallow.exists() else "",
        }

    def _prepare(self) -> frozenset[str]:
        """Make the folder a bare repository; the commits at which the target's history is cut off."""
        version = 1 if self.object_format == "sha256" else 0
        extension = "[extensions]\n\tobjectFormat = sha256\n" if version else ""
        (self._folder / "HEAD").write_text("ref: refs/heads/none\n")
        (self._folder / "config").write_text(
            f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = false\n{extension}"
        )
        (self._folder / "objects").mkdir()
        (self._folder / "refs").mkdir()
        self._take_excludes()
        for shared_index in self.layout.git_dir.glob("sharedindex.*"):
            (self._folder / shared_index.name).symlink_to(shared_index)
        try:
            shallow = (self.layout.common_dir / "shallow").read_bytes()
        except OSError:
            return frozenset()
        commits = [line for line in shallow.decode("ascii", "replace").split() if is_object_id(line)]
        if commits:
            (self._folder / "shallow").write_text("\n".join(commits) + "\n")
        return frozenset(commits)

    def _take_excludes(self) -> None:
        """Take over what the target's own `info/exclude` says not to track; it is a list of names, no more."""
        excludes = self.layout.common_dir / "info" / "exclude"
        with contextlib.suppress(OSError):
            if excludes.is_file() and excludes.stat().st_size <= EXCLUDES_LIMIT:
                (self._folder / "info").mkdir()
                (self._folder / "info" / "exclude").write_bytes(excludes.read_bytes())

    def user_excludes(self) -> str:
        """The file of names that the user keeps out of every repository (`core.excludesFile` of git-config(1))."""
        environment = {"GIT_CONFIG_NOSYSTEM": "0", "GIT_DIR": str(self._folder)}
        result = self._run_at_setup(environment, ("config", "--global", "--path", "--get", "core.excludesFile"))
        named = os.fsdecode(result.output.rstrip(b"\n"))
        base = os.environ.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
        return named or str(Path(base) / "git" / "ignore")

    def _object_format(self) -> str:
        name = self._ask_target("rev-parse", "--show-object-format").decode("ascii", "replace").strip()
        if name not in EMPTY_TREE:
            raise Error(f"{self.layout.git_dir}: unknown object format {name!r}; a newer twlint may know it")
        return name

    def _ask_target(self, *arguments: str) -> bytes:
        return self._checked(self._run_in_target(*arguments))

    def _checked(self, result: Result) -> bytes:
        if result.status != 0:
            raise Error(f"{self.layout.git_dir}: git cannot read this repository: {result.errors}")
        return result.output

    def _run_in_target(self, *arguments: str) -> Result:
        """Run a command that reads the target's own git directory; of these only ones that run nothing of it."""
        environment = {
            **VARIABLES,
            "HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder),
            "GIT_DIR": str(self.layout.git_dir),
            "GIT_COMMON_DIR": str(self.layout.common_dir),
            "GIT_WORK_TREE": str(self._folder),
            "GIT_INDEX_FILE": str(self._folder / "no-index"),
            "GIT_OBJECT_DIRECTORY": str(self.layout.common_dir / "objects"),
            "GIT_SHALLOW_FILE": str(self.layout.common_dir / "shallow"),
            **{key: value for key, value in self._quarantine.items() if key != "GIT_INDEX_FILE"},
        }
        return self._run_at_setup(environment, arguments)

    def _run_at_setup(self, environment: dict[str, str], arguments: Sequence[str]) -> Result:
        process = self._execute(environment, arguments, subprocess.DEVNULL)
        self._running.append(process)
        try:
            output, errors = process.communicate(timeout=SETUP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Error(
                f"{self.layout.git_dir}: git did not answer within {SETUP_TIMEOUT:g} s; look at its config file"
            ) from None
        finally:
            self._running.remove(process)
        return Result(process.returncode, output, error_text(errors))

    def _execute(self, environment: dict[str, str], arguments: Sequence[str], stdin: Any) -> subprocess.Popen[bytes]:
        started: Any = self._git.execute(
            [self._program, *OPTIONS, *arguments], as_process=True, istream=stdin, env=environment
        )
        process: subprocess.Popen[bytes] = started.proc
        # Else GitPython's wrapper ends the process as soon as the wrapper is collected.
        started.proc = None
        return process
