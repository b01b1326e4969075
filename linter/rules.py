"""Pattern rules: what they are, and which of them the user chose."""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING, Literal

import msgspec

from linter.model import Confidence, Error, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Example", "PatternRule", "named", "names", "select"]


class Example(msgspec.Struct, frozen=True):
    """A text that a rule finds, or must not find. `span` is where the secret stands, in bytes, half-open.

    Of a rule on paths it is a file: its `path` and its `content`.
    """

    text: str
    span: tuple[int, int]
    because: str | None
    path: str = ""
    content: bytes = b""


class PatternRule(msgspec.Struct, frozen=True):
    """One kind of credential, how it is found and what to do about it.

    A rule with a `context` needs one of its words in the same content (or, with `context_on: line`, on the line or in
    what encloses it), or in the path, or a set that claims the match; `without_context` is the confidence elsewhere.
    `unless` are words that say, on the line or in what encloses it, that it is of another kind.

    A `bound` rule finds what is bound to a name (linter.bindings) and is likely a secret (linter.likelihood).

    A rule with `parts` is a set: credentials that belong together and are one finding, known by the first of them.
    Each of the parts is one of several rules, and none is further than `within` lines from the first. A set may have
    a pattern too, with a group for each part (its id, `_` for `-`), that finds them side by side without names.

    `hint` is a pattern that is cheaper to look for and that stands in every match; without one `pattern` is looked
    for. `width` is the greatest number of bytes of a match, 0 without a pattern, and `hint_width` that of what is
    looked for; `provider` is the name of the rule's file, and rules of one provider know the same credentials.
    `samples` are SHA-256 digests of values that the provider's documentation prints. What a `practice` rule matches is
    code, and no credential. A practice with `paths` and without a pattern is a rule on paths: it finds files that git
    has, or would take in, and that belong into no repository; its `structure` is one of linter.file_structures, which
    looks at the content. A rule with `paths` that is neither a practice nor has a pattern finds the credentials in such
    files; its `structure` is one of linter.stored_credentials. One that is `opt_in` runs only where it is chosen. One
    that `is_parsed` is an AST rule (linter.ast_rules), described for all that is done with a finding.
    """

    id: str
    provider: str
    name: str
    severity: Severity
    confidence: Confidence
    keywords: tuple[str, ...]
    pattern: str
    hint: str | None
    width: int
    hint_width: int
    advice: str
    structure: str | None
    chosen: bool
    bound: bool
    min_entropy: float
    min_classes: int
    context: tuple[str, ...]
    context_of: str | None
    context_on: Literal["content", "line"]
    without_context: Confidence | None
    unless: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    within: int
    practice: bool
    opt_in: bool
    is_parsed: bool
    paths: tuple[str, ...]
    exclude_paths: tuple[str, ...]
    rotate: str | None
    reach: str
    breaks: str
    policy: tuple[str, ...]
    samples: tuple[str, ...]
    references: tuple[str, ...]
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]

    @property
    def is_by_path(self) -> bool:
        """True if the path of a file says whether it is for this rule."""
        return not self.pattern and not self.parts and not self.is_parsed

    @property
    def is_on_paths(self) -> bool:
        """True if it finds files, by their paths."""
        return self.is_by_path and self.practice


def select(
    rules: tuple[PatternRule, ...], chosen: tuple[str, ...], ignored: tuple[str, ...]
) -> tuple[PatternRule, ...]:
    """The rules whose id is, or starts with a word of, `chosen` (all if it is empty), without those of `ignored`.

    A set that is chosen brings its parts, and one of whose parts all rules are left out is left out itself.

    Raises:
        Error: a name in `chosen` or `ignored` is no rule's id and no id's first words.
    """
    wanted = named(rules, chosen) if chosen else {rule.id for rule in rules if not rule.opt_in}
    wanted |= {part for rule in rules if rule.id in wanted for part in itertools.chain(*rule.parts)}
    wanted -= named(rules, ignored)
    return tuple(
        rule for rule in rules if rule.id in wanted and all(not wanted.isdisjoint(part) for part in rule.parts)
    )


def names(written: str | Iterable[str]) -> tuple[str, ...]:
    """The names in `written`, each of which may be several with commas between."""
    texts = (written,) if isinstance(written, str) else written
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def named(rules: tuple[PatternRule, ...], names: tuple[str, ...]) -> set[str]:
    """The ids of the rules whose id is, or starts with a word of, one of `names`.

    Raises:
        Error: a name is no rule's id and no id's first words.
    """
    for name in names:
        if not any(_names(name, rule) for rule in rules):
            first_words = {rule.id.partition("-")[0] for rule in rules}
            near = difflib.get_close_matches(name, [*sorted(first_words), *(rule.id for rule in rules)], n=1)
            hint = f"; did you mean {near[0]}?" if near else "; `twlint rules list` shows all"
            raise Error(f"no rule is named {name}{hint}")
    return {rule.id for rule in rules if any(_names(name, rule) for name in names)}


def _names(name: str, rule: PatternRule) -> bool:
    return rule.id == name or rule.id.startswith(f"{name}-")
