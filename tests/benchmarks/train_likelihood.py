"""Train the weights of linter/likelihood, and print how often its confidences are right on other repositories.

    python tests/benchmarks/train_likelihood.py SET TREE… [--write]

SET holds `data/` (files, the first folder names the repository) and `meta/*.csv` with the columns FilePath, LineStart,
LineEnd, GroundTruth (T, or another letter for what is none) and Category, as CredData has them. What the rules of
rules/generic.yaml read there is a sample: true if a label of its line is T, false if all its labels are not; what
stands on no labelled line is left out. TREEs are folders of sources that hold no secrets: what is read there is
false, but for what looks like a secret in tests, documentation and examples, which is left out: the labels call
invented secrets true. The words of the trees' names and comments are what words look like.
What is stored was trained with the sources of ansible-core, celery, CPython's Lib, Django, Flask, requests, Scrapy,
SQLAlchemy and tweepy and the wheels of numpy, pandas and scikit-learn.

The model is logistic regression with an L1 penalty, found by FISTA (Beck and Teboulle 2009,
doi.org/10.1137/080716542) in plain Python: some minutes. A repository with many samples counts less for each, so
that no repository decides. Folds are by repository, and by tree. `held_out.py` beside this takes the same arguments
and scores whole scans by weights of the other folds.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linter import bindings, bound, likelihood, rule_files, value_score
from linter.credential_names import classify
from linter.likelihood import Letters

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDS = 5
PENALTY = 2.0
ROUNDS = 500
REPOSITORY = 60
"""Samples of a repository from which on each of them counts less."""

INVENTED = re.compile(r"(?:^|[/_])(?:tests?|docs?|examples?)(?:[/_.]|$)", re.IGNORECASE)
"""Paths of a tree where invented secrets stand, which the labels of the set would call true."""

PLAUSIBLE = 2
"""The score of a value (linter.value_score) from which on it may be such a secret."""

IDENTIFIERS = frozenset({"UUID", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID", "Nonce", "Salt"})
LARGEST = 3_000_000
OUTPUT = likelihood.WEIGHTS
THRESHOLDS = (bound.LOW, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Features = dict[str, float]


@dataclass(frozen=True)
class Sample:
    """What was seen of one binding; `group` is its repository or tree."""

    group: str
    features: Features
    is_secret: bool
    is_labelled: bool


@dataclass(frozen=True)
class Model:
    """Weights of features, and what is added to their sum."""

    weights: Features
    bias: float

    def likelihood(self, features: Features) -> float:
        total = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def texts(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The text files below `folder`."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST and b"\0" not in (data := path.read_bytes())[:8192]:
            yield path, data


def read(data: bytes) -> Iterator[tuple[int, bindings.Binding]]:
    """What the rules read in a text, with the line it stands in; what two rules read counts once."""
    spans: set[tuple[int, int]] = set()
    for pattern in PATTERNS:
        for binding in bindings.read(pattern, data, 0, len(data)):
            is_judged = bound.may_hold(binding.name) and not likelihood.is_no_secret(binding)
            if binding.span not in spans and is_judged:
                spans.add(binding.span)
                yield data.count(b"\n", 0, binding.span[0]) + 1, binding


PATTERNS = [
    re.compile(rule.pattern.encode()) for rule in rule_files.load(rule_files.builtin_files()) if rule.bound
]  # fmt: skip


def labels(folder: Path) -> dict[tuple[str, int], bool]:
    """Whether a labelled line holds a secret; lines whose only labels are those of identifiers are left out."""
    found: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for path in sorted((folder / "meta").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if not IDENTIFIERS.issuperset(row["Category"].split(":")):
                    for line in range(int(row["LineStart"]), int(row["LineEnd"]) + 1):
                        found[row["FilePath"], line].append(row["GroundTruth"] == "T")
    return {place: any(each) for place, each in found.items()}


def labelled(folder: Path, letters: Letters) -> Iterator[Sample]:
    """The samples of the labelled set."""
    known = labels(folder)
    for path, data in texts(folder / "data"):
        name = path.relative_to(folder).as_posix()
        for line, binding in read(data):
            if (name, line) in known:
                features = likelihood.features(binding, letters)
                yield Sample(name.split("/")[1], features, known[name, line], True)


def harmless(tree: Path, letters: Letters) -> Iterator[Sample]:
    """The samples of a tree that holds no secrets, without what looks like one where secrets are invented."""
    for path, data in texts(tree):
        is_inventing = INVENTED.search(path.relative_to(tree).as_posix())
        for _, binding in read(data):
            scored = value_score.score(binding.value, binding.name, chosen=classify(binding.name).chosen)
            if not is_inventing or scored < PLAUSIBLE:
                yield Sample(tree.name, likelihood.features(binding, letters), False, False)


def letters_of(trees: list[Path]) -> str:
    """The table of `Letters`, from the words of three letters and more that stand often in `trees`."""
    words: Counter[bytes] = Counter()
    for tree in trees:
        for _, data in texts(tree):
            plain = re.sub(rb"([a-z])([A-Z])", rb"\1 \2", data[:200_000]).lower()
            words.update(re.findall(rb"(?<!\w)_*([a-z]{3,14})(?![0-9])", plain))
    threes: Counter[str] = Counter()
    twos: Counter[str] = Counter()
    for word, count in words.items():
        if count >= 8:
            text = f"^{word.decode()}$"
            for at in range(len(text) - 2):
                threes[text[at : at + 3]] += round(100 * math.log(count))
                twos[text[at : at + 2]] += round(100 * math.log(count))
    table = [""] * (27 * 26 * 27)
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for first in "^" + alphabet:
        for middle in alphabet:
            for last in alphabet + "$":
                chance = (threes[first + middle + last] + 30) / (twos[first + middle] + 30 * 27)
                table[Letters.place(first, middle, last)] = Letters.written(math.log(chance * 27))
    return "".join(table)


def fitted(samples: list[Sample]) -> Model:
    """The model with the least penalized loss on `samples`."""
    names = sorted({name for sample in samples for name in sample.features})
    largest = {name: max(abs(sample.features.get(name, 0.0)) for sample in samples) for name in names}
    index = {name: number for number, name in enumerate(names)}
    sizes = Counter(sample.group for sample in samples if sample.is_labelled)
    rows = [
        (
            [(index[name], value / largest[name]) for name, value in sample.features.items()],
            1.0 if sample.is_secret else 0.0,
            math.sqrt(REPOSITORY / max(REPOSITORY, sizes[sample.group])),
        )
        for sample in samples
    ]
    # The greatest curvature of the loss is at most a quarter of the sum of the squares of all features.
    step = 4 / (max(sum(value * value for _, value in row) for row, _, _ in rows) * sum(each[2] for each in rows)) * 40
    weights = [0.0] * len(names)
    ahead, bias, bias_ahead, pace = list(weights), 0.0, 0.0, 1.0
    for _ in range(ROUNDS):
        slope, bias_slope = [0.0] * len(names), 0.0
        for row, target, weight in rows:
            total = bias_ahead + sum(ahead[number] * value for number, value in row)
            error = weight * (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - target)
            bias_slope += error
            for number, value in row:
                slope[number] += error * value
        moved = [each - step * down for each, down in zip(ahead, slope, strict=True)]
        moved = [math.copysign(max(0.0, abs(each) - step * PENALTY), each) for each in moved]
        next_pace = (1 + math.sqrt(1 + 4 * pace * pace)) / 2
        push = (pace - 1) / next_pace
        ahead = [new + push * (new - old) for new, old in zip(moved, weights, strict=True)]
        next_bias = bias_ahead - step * bias_slope
        bias_ahead, bias = next_bias + push * (next_bias - bias), next_bias
        weights, pace = moved, next_pace
    return Model({name: weights[index[name]] / largest[name] for name in names if weights[index[name]]}, bias)


def fold(group: str) -> int:
    """The fold of a repository or tree."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS


def without(samples: list[Sample], number: int) -> Model:
    """A model that is trained on all folds but `number`."""
    return fitted([sample for sample in samples if fold(sample.group) != number])


def models(samples: list[Sample]) -> list[Model]:
    """For each fold the model of the others."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(without, [samples] * FOLDS, range(FOLDS)))


def read_samples(folder: Path, trees: list[Path], letters: Letters) -> list[Sample]:
    """The samples of the labelled set and of the trees."""
    return [*labelled(folder, letters), *(each for tree in trees for each in harmless(tree, letters))]


def written(model: Model, table: str) -> str:
    """What `weights.json` holds for a model and the table of its letters."""
    weights = {name: round(weight, 4) for name, weight in model.weights.items()}
    return json.dumps({"bias": round(model.bias, 4), "weights": weights, "letters": table}, indent=1) + "\n"


def main() -> None:
    """Train, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help=f"write {OUTPUT.name} after a fit to all samples")
    args = parser.parse_args()
    table = letters_of(args.trees)
    samples = read_samples(args.set, args.trees, Letters(table))
    by_fold = models(samples)
    judged = [(sample, by_fold[fold(sample.group)].likelihood(sample.features)) for sample in samples]
    for least in THRESHOLDS:
        flagged = [sample for sample, likely in judged if likely >= least]
        told = [sample for sample in flagged if sample.is_labelled]
        right = sum(sample.is_secret for sample in told)
        secrets = sum(sample.is_secret for sample in samples)
        print(
            f"{least:.2f}: right {right / max(1, len(told)):.3f}, found {right / secrets:.3f} of what is read, "
            f"{len(flagged) - len(told)} in the trees"
        )
    if args.write:
        OUTPUT.write_text(written(fitted(samples), table), "ascii")


if __name__ == "__main__":
    main()
