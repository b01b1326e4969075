"""Time the hook and those of peers on 1, 10 and 100 staged files, in turns, and print the medians.

    python tests/benchmarks/hook.py [--runs 15] [--kingfisher PROGRAM] [--detect-secrets-hook PROGRAM]

The files are modules of this Python's standard library, staged in a repository that has others committed. twlint is
the installed command and writes its whole JSON report; its cache is as it is after a first run. With 100 files,
there are a third of the runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNTS = (1, 10, 100)
SIZES = (2_000, 60_000)
"""Bytes of a file, between these."""


def main() -> None:
    """Measure and print."""
    options = _options()
    print(f"{'files':>5} {'KB':>6}  " + "".join(f"{name:>24}" for name in _commands(options, [])))
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            names = _stage(folder, count)
            size = sum((folder / each).stat().st_size for each in names)
            commands = _commands(options, names)
            seconds: dict[str, list[float]] = {label: [] for label in commands}
            for turn in range((options.runs if count < max(COUNTS) else options.runs // 3) + 1):
                for label, command in commands.items():
                    taken = _seconds(command, folder)
                    # The first turn fills caches.
                    if turn:
                        seconds[label].append(taken)
            shown = "".join(f"{statistics.median(each) * 1000:21.0f} ms" for each in seconds.values())
            print(f"{count:>5} {size / 1000:>6.0f}  {shown}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--kingfisher")
    parser.add_argument("--detect-secrets-hook")
    return parser.parse_args()


def _commands(options: argparse.Namespace, names: list[str]) -> dict[str, list[str]]:
    twlint = shutil.which("twlint", path=str(Path(sys.executable).parent)) or "twlint"
    commands = {"twlint": [twlint, "hook", "--format", "json"]}
    if options.kingfisher:
        commands["kingfisher"] = [options.kingfisher, "scan", ".", "--staged", "--quiet", "--no-update-check"]
        commands["kingfisher"] += ["--no-validate", "--format", "json"]
    if options.detect_secrets_hook:
        commands["detect-secrets-hook"] = [options.detect_secrets_hook, *names]
    return commands


def _stage(folder: Path, count: int) -> list[str]:
    """Make the repository; the names of what is staged."""
    library = Path(os.__file__).parent
    modules = [module for module in sorted(library.glob("*.py")) if SIZES[0] < module.stat().st_size < SIZES[1]]
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.test", "-C", str(folder)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    chosen, others = modules[:count], modules[count : 2 * count]
    for module in others:
        shutil.copy(module, folder)
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "x"], check=True)
    for module in chosen:
        shutil.copy(module, folder)
    subprocess.run([*git, "add", "--all"], check=True)
    return [module.name for module in chosen]


def _seconds(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
