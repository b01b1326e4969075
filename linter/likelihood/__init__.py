"""How likely a value that is bound to a name is a live secret: a weighted sum of what can be seen of both.

The weights stand in `weights.json`, which `tests/benchmarks/train_likelihood.py` makes from labelled files. What is
seen is a mapping of features to numbers, each of them described where it is made; a feature that is not set is 0.
Nothing depends on the path, so that a value in the history is judged as one in the tree is.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from linter.credential_names import classify
from linter.likelihood.features import FEATURES, Seen, features, of_name
from linter.likelihood.letters import Letters
from linter.likelihood.no_secret import is_no_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linter.bindings import Binding

__all__ = ["WEIGHTS", "Letters", "Likelihood", "features", "is_no_secret", "load"]

WEIGHTS = Path(__file__).with_name("weights.json")
"""The file of the judgement that comes with twlint."""

_NAMES_KEPT = 8_192


class Likelihood:
    """The trained judgement; `weights` are those of the features, `bias` is what is added to their sum."""

    def __init__(self, weights: Mapping[str, float], bias: float, letters: Letters) -> None:
        self._weights = weights
        self._bias = bias
        self._letters = letters
        self._weighted = [(feature, weights[name]) for name, feature in FEATURES.items() if name in weights]
        self._names: dict[str, float] = {}

    def of(self, binding: Binding) -> float:
        """How likely the value of `binding` is a secret, from 0 to 1."""
        if is_no_secret(binding):
            return 0.0
        if not classify(binding.name).chosen and self._letters.are_words(binding.value):
            return 0.0  # as most values are; it saves the look at all the rest
        seen = Seen(binding, self._letters)
        total = self._bias + self._of_name(binding.name)
        total += sum(self._weights.get(kind, 0.0) for kind in seen.kinds())
        total += sum(weight * feature(seen) for feature, weight in self._weighted)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def _of_name(self, name: str) -> float:
        """What the name adds to the sum; many values have the same."""
        if (known := self._names.get(name)) is None:
            if len(self._names) >= _NAMES_KEPT:
                self._names.clear()
            known = sum(self._weights.get(feature, 0.0) * value for feature, value in of_name(name).items())
            self._names[name] = known
        return known


def load() -> Likelihood:
    """The judgement that comes with twlint."""
    stored = json.loads(WEIGHTS.read_text("ascii"))
    return Likelihood(stored["weights"], stored["bias"], Letters(stored["letters"]))
