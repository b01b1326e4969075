"""A baseline under a thousand random edits: nothing accepted returns, and what is new is seen."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from linter import baseline, cover
from linter.model import Coverage, Report, Status
from tests import git_repositories
from tests.invented import aws_key_id, github_token, password, slack_token
from tests.scans import call, run
from tests.sightings import findings_of, revealed, sighting

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command import Twlint
    from tests.git_repositories import Repository

NAME = ".twlint-baseline"
RANDOM_KINDS = (github_token, slack_token, aws_key_id)
LAYOUTS = (
    "{name} = '{value}'",
    '    {name}   =   "{value}"',
    "client = Client(\n    {name}='{value}',\n)",
    '{{"{name}": "{value}"}},',
    "export {name}={value}",
)
NAMES = ("token", "key", "settings_value", "db")
FILES_OF_SECRETS = 6


@dataclass
class Project:
    """Files of code lines and secrets, and what is accepted of them; every value is used once."""

    random: random.Random
    files: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Lines by path: the layout of each, and its secret, or nothing."""
    accepted: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    """Exchanged passwords whose hash is that of another."""
    exchanged: int = 0
    serial: int = 0

    def fill(self) -> None:
        """Files of three secrets each, and some without."""
        for _ in range(FILES_OF_SECRETS):
            lines = [self.code(), self.secret(), self.code(), self.secret(), self.secret(chosen=True), self.code()]
            self.files[self.path()] = lines
        self.files[self.path()] = [self.code()]

    def path(self) -> str:
        """A path that was never there before."""
        self.serial += 1
        return f"{self.random.choice(('app', 'lib/deep', 'my docs'))}/f{self.serial}.{self.random.choice(('py', 'js'))}"

    def code(self) -> tuple[str, str]:
        """A line without a secret."""
        return f"value_{self.random.randrange(10**6)} = compute({self.random.randrange(99)})", ""

    def secret(self, *, chosen: bool | None = None) -> tuple[str, str]:
        """A line with a secret that was never there before."""
        self.serial += 1
        seed = self.random.randrange(10**9) * 10_000 + self.serial
        if chosen if chosen is not None else self.random.random() < 0.4:
            return "db = 'postgres://app:{value}@db.acme.io/main'", password(seed)
        return self.random.choice(LAYOUTS), self.random.choice(RANDOM_KINDS)(seed)

    def text(self, path: str) -> str:
        """The content of a file."""
        name = NAMES[len(path) % len(NAMES)]
        lines = (layout.format(name=name, value=value) if value else layout for layout, value in self.files[path])
        return "".join(f"{line}\n" for line in lines)

    def values(self) -> set[str]:
        """The secrets that stand in the files now."""
        return {value for lines in self.files.values() for _, value in lines if value}

    def edit(self) -> None:
        """Change something, as people do."""
        path = self.random.choice(sorted(self.files))
        edits = (self.move, self.rename, self.reformat, self.add, self.exchange, self.exchange_password, self.insert)
        self.random.choice(edits)(path)

    def move(self, path: str) -> None:
        """Lines change places."""
        self.random.shuffle(self.files[path])

    def rename(self, path: str) -> None:
        """A file gets another name and perhaps another folder."""
        self.files[self.path()] = self.files.pop(path)

    def reformat(self, path: str) -> None:
        """Quotes, spaces and line breaks change."""
        self.files[path] = [
            (self.random.choice(LAYOUTS) if value and "postgres" not in layout else layout, value)
            for layout, value in self.files[path]
        ]

    def insert(self, path: str) -> None:
        """Lines of code come in above."""
        self.files[path][:0] = [self.code() for _ in range(self.random.randrange(1, 30))]

    def add(self, path: str) -> None:
        """Another secret comes in."""
        line = self.secret(chosen=False)
        self.files[path].insert(self.random.randrange(len(self.files[path]) + 1), line)
        self.new.add(line[1])

    def exchange(self, path: str, *, chosen: bool = False) -> None:
        """A secret is exchanged for another of its kind, in its place."""
        places = [
            place
            for place, (layout, value) in enumerate(self.files[path])
            if value in self.accepted and ("postgres" in layout) == chosen
        ]
        if not places:
            return
        place = self.random.choice(places)
        layout, value = self.secret(chosen=chosen)
        self.files[path][place] = (layout, value)
        self.new.add(value)
        self.exchanged += chosen

    def exchange_password(self, path: str) -> None:
        """A password is exchanged."""
        self.exchange(path, chosen=True)


def _edited(project: Project, twlint: Twlint, folder: Path, count: int, repository: Repository | None) -> None:
    """Make `count` edits; after each, the scan reports what is new and nothing of what was accepted."""
    project.fill()
    _written(project, folder, repository, {})
    assert call(twlint, "baseline", "create", "--reason", "known").returncode == 0
    project.accepted = project.values()
    for _ in range(count):
        before = {path: project.text(path) for path in project.files}
        project.edit()
        _written(project, folder, repository, before)
        result = run(twlint, "--baseline", NAME, *([] if repository else ["--no-history"]))
        statuses = {each["secret"]["value"]: each["status"] for each in result.report["findings"]}
        reported = {value for value, status in statuses.items() if status == "new"}
        seen = project.new & statuses.keys()
        assert project.values() <= statuses.keys()
        assert not reported & project.accepted, "nothing that was accepted returns"
        assert all("River" in value for value in seen - reported), "every new secret of a random kind is reported"
        project.unseen |= seen - reported


def _written(project: Project, folder: Path, repository: Repository | None, before: dict[str, str]) -> None:
    """Bring the files into the state of `project`; in a repository as a commit."""
    for path in before.keys() - project.files.keys():
        (folder / path).unlink()
    for path in project.files:
        if (text := project.text(path)) != before.get(path):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    if repository is not None:
        repository.git("add", "--all")
        repository.commit()


@pytest.mark.parametrize("seed", range(3))
def test_a_baseline_survives_edits_of_files(seed: int, twlint: Twlint, project: Path) -> None:
    _edited(Project(random.Random(seed)), twlint, project, 15, None)


def test_a_baseline_survives_edits_of_a_repository(twlint: Twlint, project: Path) -> None:
    _edited(Project(random.Random(99)), twlint, project, 10, git_repositories.create(project))


@pytest.mark.slow
@pytest.mark.parametrize("is_repository", [False, True])
def test_a_baseline_survives_a_thousand_edits(is_repository: bool, twlint: Twlint, project: Path) -> None:
    """Fifty projects of twenty edits; a history tells an exchanged password from the accepted one."""
    unseen = exchanged = 0
    for seed in range(50):
        folder = project / str(seed)
        folder.mkdir()
        twlint.folder = folder
        edited = Project(random.Random(1_000 + seed))
        _edited(edited, twlint, folder, 20, git_repositories.create(folder) if is_repository else None)
        unseen += len(edited.unseen)
        exchanged += edited.exchanged
    assert exchanged > 100
    assert not is_repository or not unseen


def _report(project: Project) -> Report:
    """What a scan of the files finds."""
    places = (
        sighting(value, path, line=line, chosen="postgres" in layout)
        for path, lines in project.files.items()
        for line, (layout, value) in enumerate(lines, 1)
        if value
    )
    return Report(findings_of(*places), Coverage(), ())


@pytest.mark.slow
def test_of_exchanged_passwords_at_most_one_in_fifty_is_not_seen() -> None:
    """Without a history, and on a sample that is large enough: each accepted password of a file adds 1 in 256."""
    unseen = exchanged = 0
    for seed in range(600):
        project = Project(random.Random(seed))
        project.fill()
        known = baseline.empty()
        found = _report(project).findings
        entries = [entry for each in found for entry in baseline.accepted(known, each, "known")]
        known = baseline.changed(known, (), entries)
        project.accepted = project.values()
        for _ in range(20):
            project.edit()
            applied = cover.apply(_report(project), known, project.files.__contains__)
            new = {revealed(each).decode() for each in applied.report.findings if each.status is Status.NEW}
            assert not new & project.accepted
            project.unseen |= (project.new & project.values()) - new
        unseen += len(project.unseen)
        exchanged += project.exchanged
    assert exchanged > 1_000
    assert unseen <= exchanged * 0.02, f"{unseen} of {exchanged}"
