"""Rules that tests write themselves. A rule file is YAML, and JSON is YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linter import rule_files

if TYPE_CHECKING:
    from linter.rules import PatternRule

__all__ = ["pattern_rule", "rule_file", "written_rule"]

_KEYS: dict[str, Any] = {
    "id": "acme-api-key",
    "name": "Acme API key",
    "severity": "high",
    "confidence": "high",
    "keywords": ["acme_"],
    "pattern": "(?P<secret>acme_[0-9a-z]{12})",
    "advice": "Revoke the key.",
    "references": ["https://acme.test/keys"],
    "examples": [{"text": "key={secret}", "secret": ["acme_", "7h2kq9x4mz1v"]}],
    "counterexamples": [{"text": "acme_key", "because": "a name"}],
}


def written_rule(**changes: Any) -> dict[str, Any]:
    """The keys of a good rule with `changes`; a key whose change is None is left out."""
    return {key: value for key, value in {**_KEYS, **changes}.items() if value is not None}


def rule_file(*written: dict[str, Any]) -> bytes:
    """The content of a rule file."""
    return json.dumps(list(written), indent=1).encode()


def pattern_rule(**changes: Any) -> PatternRule:
    """One rule, loaded."""
    (rule,) = rule_files.parse([(Path("acme.yaml"), rule_file(written_rule(**changes)))])
    return rule
