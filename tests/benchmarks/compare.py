"""Run twlint, plain git and a peer on repositories, side by side, and print the ratios.

    python tests/benchmarks/compare.py REPOSITORY… [--runs 5] [--rules 450] [--peer PROGRAM] [--files]

`--peer` is the program `kingfisher` (pip package kingfisher-bin); without it the peer is left out. The programs
take turns, so that a noisy machine is noisy for all. twlint runs as the installed command with all its rules and
as many generated ones of the same shapes as make `--rules`; every run writes its whole JSON report. Memory is the
peak of the sum of PSS over the process and its children, sampled (Linux only).
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from linter import rule_files

if TYPE_CHECKING:
    from linter.rules import PatternRule

SEED = 20260101
SAMPLE_EVERY = 0.05


@dataclass
class Runs:
    """What was measured of one program: seconds of its first run and of the others, and bytes at the peak."""

    first: float
    seconds: list[float] = field(default_factory=list)
    peak: int = 0

    @property
    def median(self) -> float:
        """The middle of the seconds."""
        return statistics.median(self.seconds)


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = _config(folder, options.rules)
        for repository in options.repositories:
            commands = _commands(repository, folder, config, options)
            runs = {label: Runs(first=_seconds(command)) for label, command in commands.items()}
            for _ in range(options.runs):
                for label, command in commands.items():
                    runs[label].seconds.append(_seconds(command))
            for label, command in commands.items():
                runs[label].peak = _peak(command)
            _print(repository, runs)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rules", type=int, default=450)
    parser.add_argument("--peer")
    parser.add_argument("--files", action="store_true", help="only the files of the work tree, no history")
    return parser.parse_args()


def _commands(repository: Path, folder: Path, config: Path, options: argparse.Namespace) -> dict[str, list[str]]:
    twlint = shutil.which("twlint", path=str(Path(sys.executable).parent)) or "twlint"
    history = ["--no-history"] if options.files else []
    commands = {
        "twlint": [
            *(twlint, "scan", str(repository), *history, "--config", str(config)),
            *("--output", f"json={folder / 'twlint.json'}"),
        ]
    }
    if options.peer:
        history = ["--git-history", "none"] if options.files else []
        commands["peer"] = [options.peer, "scan", str(repository), *history, "--no-validate"]
        commands["peer"] += ["--no-update-check", "--format", "json", "--output", str(folder / "peer.json")]
    if not options.files:
        git_dir = repository / ".git" if (repository / ".git").is_dir() else repository
        listing = ["--batch-all-objects", "--batch", "--unordered", "--buffer"]
        commands["git cat-file"] = ["git", f"--git-dir={git_dir}", "cat-file", *listing]
    return commands


def _config(folder: Path, number: int) -> Path:
    """A configuration with as many generated rules as bring all rules to `number`."""
    builtin = rule_files.load(rule_files.builtin_files())
    # Rules that one word of their own announces, as those of providers are; a copy with another word is such a rule.
    literal = [rule for rule in builtin if not rule.context and _is_announced(rule)]
    chance = random.Random(SEED)
    entries = [_generated(literal[index % len(literal)], index, chance) for index in range(number - len(builtin))]
    (folder / "generated.yaml").write_text("".join(entries))
    config = folder / "twlint.yaml"
    config.write_text("rules: [generated.yaml]\n" if entries else "rules: []\n")
    return config


def _is_announced(rule: PatternRule) -> bool:
    """True if the rule's only keyword stands in all that is looked for."""
    sought = [rule.pattern, *([rule.hint] if rule.hint else [])]
    return len(rule.keywords) == 1 and all(rule.keywords[0] in each for each in sought)


def _generated(rule: PatternRule, index: int, chance: random.Random) -> str:
    """A rule of the same shape as `rule`, with another word in the place of its first keyword."""
    keyword = rule.keywords[0]
    word = "".join(chance.choice(string.ascii_lowercase) if character.isalnum() else character for character in keyword)
    pattern = rule.pattern.replace(keyword, word).replace("'", "''")
    hint = "  hint: '{}'\n".format(rule.hint.replace(keyword, word).replace("'", "''")) if rule.hint else ""
    return (
        f"- id: generated-rule-{index}\n  name: Generated\n  severity: low\n  confidence: low\n"
        f"  keywords: ['{word}']\n  pattern: '{pattern}'\n{hint}  advice: None.\n  references: [none]\n"
        f"  examples: [{{text: '{{secret}}', secret: x}}]\n  counterexamples: [{{text: x, because: x}}]\n"
    )


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    _start(command).wait()
    return time.perf_counter() - started


def _peak(command: list[str]) -> int:
    """The peak of memory of one more run; looking at it costs time, so that run is not timed."""
    process = _start(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(SAMPLE_EVERY)
    return peak


def _memory(pid: int, parent: bytes = b"") -> int:
    """The sum of PSS of a process and its children, in bytes; `parent` is the command line of what started it."""
    total = 0
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if command == parent:
            return 0  # it has not yet started its program, and all its memory is that of its parent (vfork(2))
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_memory(int(child), command) for child in (task / "children").read_text().split())
    except OSError:
        pass
    return total


def _print(repository: Path, runs: dict[str, Runs]) -> None:
    print(f"{repository.name}: median of {len(runs['twlint'].seconds)} runs")
    ours = runs["twlint"]
    for label, measured in runs.items():
        memory = measured.peak / 1e6
        ratio = f"twlint takes {ours.median / measured.median:.2f} of it" if label != "twlint" else ""
        times = f"{measured.median:8.2f} s (first {measured.first:.2f} s)"
        print(f"  {label:<14}{times}  {memory:7.0f} MB  {ratio}")


if __name__ == "__main__":
    main()
