"""Words that the shell completes: its own script, run by the shell, asks the real command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from linter import all_rules, formats
from linter.model import Severity

BASH = """
eval "$(_TWLINT_COMPLETE=bash_source twlint)"
compopt() { asked="$1 $2"; }
COMP_WORDS=(@@)
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_twlint_completion twlint
printf '%s\\n' "${COMPREPLY[@]}" "$asked"
"""
ZSH = """
compdef() { :; }
_describe() { print -l -- ${completions_with_descriptions%%:*} }
compadd() { print -l -- $completions }
eval "$(_TWLINT_COMPLETE=zsh_source twlint)"
words=(@@)
CURRENT=${#words}
_twlint_completion
"""
FISH = """
_TWLINT_COMPLETE=fish_source twlint | source
complete --do-complete '@@' | string split --fields 1 \\t
true
"""


@pytest.fixture(autouse=True)
def command_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell finds the `twlint` that is tested."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def _offered(shell: str, *words: str) -> list[str]:
    """What the shell offers for the last of the words of a command line."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    script = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell]
    script = script.replace("@@", " ".join(words) if shell == "fish" else shlex.join(words))
    quiet = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run([program, *quiet, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_rules_formats_and_severities_are_completed(shell: str) -> None:
    ids = [rule.id for rule in all_rules.load()]

    assert _offered(shell, "twlint", "b") == ["baseline"]
    assert _offered(shell, "twlint", "rules", "sh") == ["show"]
    assert _offered(shell, "twlint", "scan", "--format", "s") == ["sarif"]
    assert sorted(_offered(shell, "twlint", "hook", "--min-severity", "")) == sorted(each.label for each in Severity)
    assert sorted(_offered(shell, "twlint", "explain", "slack")) == sorted(
        each for each in ids if each.startswith("slack")
    )
    assert _offered(shell, "twlint", "rules", "show", "twitter-oauth1-cred") == ["twitter-oauth1-credentials"]


def test_the_last_rule_of_a_list_is_completed() -> None:
    assert _offered("bash", "twlint", "scan", "--ignore", "jwt,npm,twitter-oauth1-cred") == [
        "jwt,npm,twitter-oauth1-credentials"
    ]


def test_all_formats_are_offered_and_options_too() -> None:
    assert _offered("bash", "twlint", "ci", "-f", "") == list(formats.NAMES)
    assert _offered("bash", "twlint", "scan", "--min") == ["--min-severity", "--min-confidence"]
    assert _offered("bash", "twlint", "hook", "--st") == ["--stage", "--statistics"]


def test_the_commands_of_the_hook_are_offered_beside_files() -> None:
    assert _offered("bash", "twlint", "hook", "inst") == ["install", "-o default"]


@pytest.mark.parametrize("words", [["scan"], ["hook"], ["scan", "--output"], ["scan", "--config"], ["config", "show"]])
def test_names_of_files_are_left_to_the_shell(words: list[str]) -> None:
    assert _offered("bash", "twlint", *words, "a") == ["-o default"]
