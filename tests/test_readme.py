"""The README says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from linter import config, formats, strict_yaml
from tests.invented import github_token

if TYPE_CHECKING:
    from tests.command import Twlint

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    """`.ci/run` is not there when the built wheel is tested."""
    command = _blocks("sh")[-1].strip()

    assert command.endswith(".venv/bin/pytest")
    script = ROOT / ".ci" / "run"
    assert not script.exists() or command in script.read_text().splitlines()


def test_the_configuration_shown_has_every_key_and_loads(tmp_path: Path) -> None:
    shown = next(block for block in _blocks("yaml") if block.startswith("select:"))
    file = tmp_path / ".twlint.yaml"
    file.write_text(shown)

    config.load(file)
    document = strict_yaml.load(shown.encode(), "README")
    assert isinstance(document.value, dict)
    assert {key.replace("-", "_") for key in document.value} == set(config.Config.__struct_fields__)


def test_the_rule_shown_passes_its_own_test(twlint: Twlint, project: Path) -> None:
    (project / "acme.yaml").write_text(next(block for block in _blocks("yaml") if block.startswith("- id:")))

    result = twlint("rules", "test", "acme.yaml")

    assert (result.returncode, result.stdout) == (0, "1 rule, 2 examples, 0 failures\n")


def test_the_program_shown_prints_what_is_said(project: Path) -> None:
    program = next(block for block in _blocks("python") if block.startswith("import linter"))
    (project / "project").mkdir()
    (project / "project" / "deploy.py").write_text(f'import os\n\nTOKEN = "{github_token()}"\n')

    run = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)

    assert f"prints `{run.stdout.rstrip()}`." in README


def test_every_format_and_command_is_named(twlint: Twlint) -> None:
    for name in formats.NAMES:
        assert f"`{name}`" in README or f"--format {name}" in README
    for line in twlint("scan", "--help").stdout.splitlines():
        for option in re.findall(
            r"--(?:staged|since|range|reflog|all-objects|allow-shallow|isolated|show-files|statistics)", line
        ):
            assert option in README
