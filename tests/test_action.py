"""The action for GitHub and the job for GitLab: their steps are run as they are written, on a real clone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.git_repositories import Repository, create
from tests.invented import github_token

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).parents[1]
ACTION = PROJECT / ".github" / "actions" / "twlint" / "action.yml"
FOUND = b"GitHub personal access token"

needs_sources = pytest.mark.skipif(not ACTION.exists(), reason="the built wheel comes without the action")


@pytest.fixture
def proposed(project: Path) -> Repository:
    """A repository at the end of a topic that holds a leak and is to be merged into main."""
    repository = create(project)
    repository.commit({"a": "a\n"})
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    repository.branch("topic")
    repository.commit({"b": f"{github_token()}\n"})
    return repository


def shell(script: str, repository: Repository, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a script as a CI does, with this Python's twlint as the installed one."""
    program = str(Path(sys.executable).parent)
    variables = {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}", **env}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=repository.path, env=variables, capture_output=True, check=False)


@needs_sources
@pytest.mark.parametrize(
    ("written", "args", "code"),
    [("", "", 1), ("", "--select\naws\n", 0), ("HEAD..HEAD", "", 0), ("$(exit 0)`x`..HEAD", "", 2)],
)
def test_the_action_scans_the_pull_request(
    written: str, args: str, code: int, proposed: Repository, tmp_path: Path
) -> None:
    action: Any = yaml.safe_load(ACTION.read_bytes())
    step = action["runs"]["steps"][-1]
    assert set(step["env"].values()) == {"${{ inputs.range }}", "${{ inputs.args }}"}
    assert "${{" not in step["run"], "nothing is put into the text of the script"
    (tmp_path / "twlint").mkdir()
    (tmp_path / "twlint" / "bin").symlink_to(Path(sys.executable).parent)
    sides = {"base": proposed.tip("origin/main"), "head": proposed.tip()}
    event = {"number": 1, "pull_request": {side: {"sha": name} for side, name in sides.items()}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "RUNNER_TEMP": str(tmp_path),
    }
    ended = shell(step["run"], proposed, {**github, "RANGE": written, "ARGS": args})
    assert ended.returncode == code, ended.stderr
    assert (FOUND in ended.stdout) == (code == 1)


@needs_sources
def test_the_action_installs_the_twlint_that_it_comes_with() -> None:
    action: Any = yaml.safe_load(ACTION.read_bytes())
    (path,) = re.findall(r'"\$ACTION/([./]+)"', action["runs"]["steps"][1]["run"])
    assert (ACTION.parent / path).resolve() == PROJECT


def test_the_job_for_gitlab_scans_the_merge_request(proposed: Repository) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    (job,) = [yaml.safe_load(block)["twlint"] for block in blocks if "GIT_DEPTH" in block]
    assert job["variables"] == {"GIT_DEPTH": "0"}
    gitlab = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": proposed.tip("origin/main"),
        "CI_COMMIT_SHA": proposed.tip(),
    }
    scripts = [line for line in job["script"] if not line.startswith("pip ")]
    ended = shell("\n".join(scripts), proposed, gitlab)
    assert (ended.returncode, FOUND in ended.stdout) == (1, True), ended.stderr
