"""Score whole scans of labelled files with weights that were trained without them.

    python -m tests.benchmarks.held_out SET TREE… --score SCORE

SET and TREEs are those of `train_likelihood.py`. SCORE is the program that scores findings by the labels of SET, as
`score.py --set SET --core --json FINDINGS…`. For each fold of repositories the weights are trained on the other four
and put into a copy of the program; `twlint scan` of that copy reads the fold's files, and what the five scans tell is
scored as one. Printed are the scores at the default confidence and with `--min-confidence low`, by group of labels;
those of each confidence of the rules that judge by likelihood; and those of each threshold of it, other rules being at
their default. No secret is written anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import linter
from linter import likelihood, rule_files
from linter.likelihood import Letters
from tests.benchmarks.train_likelihood import FOLDS, fold, letters_of, models, read_samples, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_LIKELIHOOD = re.compile(r"value: a secret with a likelihood of (\d+)%")

Record = dict[str, Any]


def installed(weights: str, folder: Path) -> Path:
    """A copy of the program in `folder`, with `weights` for its own."""
    shutil.copytree(Path(linter.__file__).parent, folder / "linter", ignore=shutil.ignore_patterns("__pycache__"))
    if not (folder / "linter" / rule_files.builtin_folder().name).exists():
        shutil.copytree(rule_files.builtin_folder(), folder / "rules")
    (folder / "linter" / "likelihood" / likelihood.WEIGHTS.name).write_text(weights, "ascii")
    return folder


def scanned(program: Path, folder: Path, repositories: list[str], *options: str) -> list[Record]:
    """What `twlint scan` of a copy tells of some repositories of the set in `folder`."""
    paths = [f"data/{name}" for name in repositories]
    command = [sys.executable, "-m", "linter", "scan", "--no-history", "--format", "jsonl", *options, *paths]
    ended = subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(program)}, stdout=subprocess.PIPE)
    if ended.returncode not in (0, 1, 3):
        raise SystemExit(f"the scan ended with {ended.returncode}")
    records = [json.loads(line) for line in ended.stdout.splitlines()]
    return [each for each in records if "rule" in each and each["secret"]]


def threshold(record: Record) -> float | None:
    """The likelihood from 0 to 1 that a finding tells as its evidence; None for rules that do not judge by it."""
    told = [match for text in record["evidence"] if (match := _LIKELIHOOD.fullmatch(text))]
    return int(told[0][1]) / 100 if told else None


def is_default(record: Record) -> bool:
    """True if a finding is told without asking for those of confidence low."""
    return bool(record["confidence"] != "low")


def places(records: Iterable[Record]) -> str:
    """Where the findings are, as SCORE reads it."""
    return "".join(
        json.dumps({"file": place["path"], "line_start": place["line"], "line_end": place["end_line"]}) + "\n"
        for record in records
        for place in record["occurrences"] or [record["location"]]
    )


def scores(files: dict[str, Iterable[Record]], score: Path, folder: Path) -> dict[str, Any]:
    """What SCORE tells of each of some named selections of findings."""
    with tempfile.TemporaryDirectory() as name:
        for label, records in files.items():
            Path(name, f"{label}.jsonl").write_text(places(records), "utf-8")
        paths = [str(Path(name, f"{label}.jsonl")) for label in files]
        command = [sys.executable, str(score), "--set", str(folder), "--core", "--json", *paths]
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    found: dict[str, Any] = json.loads(told)["scores"]
    return found


def selections(default: list[Record], low: list[Record]) -> dict[str, Iterable[Record]]:
    """What is scored, by name."""
    judged = [each for each in low if threshold(each) is not None]
    others = [each for each in low if threshold(each) is None and is_default(each)]

    def least(value: float) -> Callable[[Record], bool]:
        return lambda record: (threshold(record) or 0) >= value

    return {
        "default": default,
        "low": low,
        **{
            f"judged, {level}": [each for each in judged if each["confidence"] == level]
            for level in ("high", "medium", "low")
        },
        **{f"from {value:.2f}": [*others, *filter(least(value), judged)] for value in THRESHOLDS},
    }


def row(name: str, told: Record) -> str:
    """A line of the table."""
    counts = "".join(f"{told[each]:7}" for each in ("TP", "FP", "FN"))
    return f"{name:28}{counts}" + "".join(f"{told[each]:8.3f}" for each in ("precision", "recall", "F1"))


def main() -> None:
    """Train, scan, score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--score", type=Path, required=True)
    parser.add_argument("--reports", type=Path, help="write the two pooled reports there, without secrets")
    args = parser.parse_args()
    table = letters_of(args.trees)
    repositories = sorted(path.name for path in (args.set / "data").iterdir())
    default: list[Record] = []
    low: list[Record] = []
    for number, model in enumerate(models(read_samples(args.set, args.trees, Letters(table)))):
        held = [name for name in repositories if fold(name) == number]
        with tempfile.TemporaryDirectory() as name:
            program = installed(written(model, table), Path(name))
            default += scanned(program, args.set, held)
            low += scanned(program, args.set, held, "--min-confidence", "low")
    if args.reports:
        args.reports.mkdir(parents=True, exist_ok=True)
        for label, records in (("default", default), ("low", low)):
            Path(args.reports, f"{label}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records))
    print(f"{f'{FOLDS} folds':28}{'TP':>7}{'FP':>7}{'FN':>7}{'prec':>8}{'recall':>8}{'F1':>8}")
    for label, told in scores(selections(default, low), args.score, args.set).items():
        print(row(label, told["total"]))
        for group, part in told["groups"].items():
            print(row(f"  {group}", part))


if __name__ == "__main__":
    main()
