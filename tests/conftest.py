"""What every test needs: an environment of its own, the command, the rules and their compiled database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from linter import rule_files
from linter.matcher import KeywordEngine, PatternEngine, compile_patterns
from tests.command import Twlint

if TYPE_CHECKING:
    from pathlib import Path

    from linter.rules import PatternRule

_SCRUBBED = ("TWLINT_", "GIT_", "XDG_")
_SCRUBBED_NAMES = ("CI", "CLICOLOR_FORCE", "FORCE_COLOR", "NO_COLOR", "PYTHONPATH")


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that is shared by the tests; the first test that asks for it pays for its content."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, warm_cache: Path
) -> None:
    """Nothing of the machine reaches a test: no variable, no home, no configuration of git, no cache."""
    for name in list(os.environ):
        if name.startswith(_SCRUBBED) or name in _SCRUBBED_NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("TWLINT_CACHE_DIR", str(warm_cache))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def cold_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache folder for this test alone."""
    folder = tmp_path / "cold-cache"
    monkeypatch.setenv("TWLINT_CACHE_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def builtin_rules() -> tuple[PatternRule, ...]:
    """The rules that come with twlint."""
    return rule_files.parse(rule_files.read_files(rule_files.builtin_files()))


@pytest.fixture(scope="session")
def pattern_engine(builtin_rules: tuple[PatternRule, ...]) -> PatternEngine:
    """All rules, compiled once for the session."""
    return PatternEngine(builtin_rules, compile_patterns(builtin_rules))


@pytest.fixture(scope="session")
def plain_engine(builtin_rules: tuple[PatternRule, ...]) -> KeywordEngine:
    """All rules by their keywords alone, as where Hyperscan cannot run."""
    return KeywordEngine(builtin_rules, None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder to scan; it is no repository."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def twlint(project: Path) -> Twlint:
    """The command, run in `project`."""
    return Twlint(project)
