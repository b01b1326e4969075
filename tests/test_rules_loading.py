"""Reading rules: every fault is told, with its file, line, rule and key; the cache never hides a change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import rule_files, strict_yaml
from linter.model import Confidence, Error, Severity
from linter.rules import select
from tests.rule_files import pattern_rule, rule_file, written_rule

if TYPE_CHECKING:
    from tests.command import Twlint

FILE = Path("acme.yaml")


def _faults(*contents: bytes) -> tuple[str, ...]:
    with pytest.raises(rule_files.RuleFaults) as caught:
        rule_files.parse([(Path(f"file{number}.yaml"), content) for number, content in enumerate(contents, 1)])
    return caught.value.faults


def _problem(**changes: Any) -> str:
    """The one fault of a rule with `changes`, without its place."""
    (fault,) = _faults(rule_file(written_rule(**changes)))
    place, _, problem = fault.partition("acme-api-key: ")
    assert place.startswith("file1.yaml:")
    return problem


def _line_of(content: bytes, text: str) -> int:
    return content[: content.index(text.encode())].count(b"\n") + 1


def test_a_good_rule_loads() -> None:
    rule = pattern_rule(context=["ACME"], rotate="https://acme.test/keys")
    assert (rule.id, rule.provider, rule.keywords, rule.context) == ("acme-api-key", "acme", ("acme_",), ("acme",))
    assert (rule.severity, rule.confidence, rule.width) == (Severity.HIGH, Confidence.HIGH, 17)
    assert rule.examples[0].span == (4, 21)


def test_a_rule_by_names_has_the_pattern_of_an_assignment() -> None:
    rule = pattern_rule(pattern=None, names=["acme_key", "acme_token"], value="[0-9a-z]{12}")
    assert "(?i:acme_key|acme_token)" in rule.pattern
    assert "(?P<secret>[0-9a-z]{12})" in rule.pattern


def test_the_span_of_an_example_is_in_bytes() -> None:
    rule = pattern_rule(examples=[{"text": "schlüssel={secret}", "secret": "acme_7h2kq9x4mz1v"}])
    assert rule.examples[0].span == (11, 28)


SHOWN_FILE = [{"path": "a.acme", "text": "x"}]
ON_PATHS: dict[str, Any] = {
    "pattern": None,
    "keywords": None,
    "practice": "true",
    "paths": ["*.acme"],
    "examples": SHOWN_FILE,
    "counterexamples": SHOWN_FILE,
}
"""What makes a rule one on paths."""


def test_all_faults_of_all_files_are_told_at_once() -> None:
    first = rule_file(written_rule(colour="red", advise="x"), written_rule(id="acme-b", severity="urgent"))
    second = b"- id: acme-c\n  name: no\n- just a word\n"
    third = b"key: [1, 2\n"
    faults = _faults(first, second, third, b"word: x\n")
    assert [fault.partition(": ")[0].partition(":")[0] for fault in faults] == [
        "file1.yaml",
        "file1.yaml",
        "file1.yaml",
        *["file2.yaml"] * 7,
        "file3.yaml",
        "file4.yaml",
    ]
    assert faults[0] == f"file1.yaml:{_line_of(first, 'colour')}: acme-api-key: unknown key `colour`"
    assert faults[1].endswith("acme-api-key: unknown key `advise`; did you mean `advice`?")
    assert faults[2].startswith(f"file1.yaml:{_line_of(first, 'urgent')}: acme-b: severity: ")
    assert faults[-3] == "file2.yaml:3: a rule without id: a rule is a mapping of keys"
    assert faults[-2].startswith("file3.yaml:2: not YAML: ")
    assert faults[-1].startswith("file4.yaml:1: a rule file is a list")


@pytest.mark.parametrize(
    "key",
    ["id", "name", "severity", "confidence", "advice", "references", "examples", "counterexamples"],
)
def test_a_missing_key_is_named(key: str) -> None:
    (fault,) = _faults(rule_file(written_rule(**{key: None})))
    assert fault.endswith(f"the key `{key}` is missing")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"severity": "urgent"}, "severity: "),
        ({"confidence": "sure"}, "confidence: "),
        ({"keywords": "acme_"}, "keywords: "),
        ({"keywords": [["acme_"]]}, "keywords.0: "),
        ({"keywords": [""]}, "keywords.0: "),
        ({"keywords": ["acme_", "ac"]}, "keyword 'ac' is shorter than 3"),
        ({"keywords": []}, "at least one keyword"),
        ({"min_entropy": "much"}, "min_entropy: "),
        ({"min_classes": "2.5"}, "min_classes: "),
        ({"chosen": "perhaps"}, "chosen: "),
        ({"structure": "acme-crc"}, "unknown structure; known are aws-key-id"),
        ({"examples": [{"text": "key={secret}", "secrets": "a"}]}, "unknown field `secrets`"),
        ({"examples": [{"secret": "a"}]}, "examples.0: "),
        ({"examples": []}, "at least one example"),
        ({"counterexamples": []}, "at least one example and one counterexample"),
        ({"examples": [{"text": "key", "secret": "a"}]}, "holds {secret} exactly once"),
        ({"examples": [{"text": "{secret} {secret}", "secret": "a"}]}, "holds {secret} exactly once"),
        ({"pattern": None}, "needs either `pattern`, or `names` and `value`"),
        ({"names": ["acme"], "value": "[a-z]{9}"}, "needs either `pattern`, or `names` and `value`"),
        ({"value": "[a-z]{9}"}, "`names` and `value` go together"),
        ({"pattern": None, "names": ["acme"]}, "`names` and `value` go together"),
        ({**ON_PATHS, "structure": "jwt"}, "unknown structure of a file; known are key-store"),
        ({**ON_PATHS, "examples": [{"text": "a"}]}, "an example of a rule on paths has a `path`"),
        ({**ON_PATHS, "examples": [{"text": "", "path": "a", "bytes": "0"}]}, "pairs of hexadecimal digits"),
        ({**ON_PATHS, "examples": []}, "at least one example"),
    ],
)
def test_a_wrong_value_is_told(changes: dict[str, Any], problem: str) -> None:
    assert problem in _problem(**changes)


@pytest.mark.parametrize("written", ["Acme-key", "acme", "acme_key", "acme--key", "-acme-key", "acme-key-", "äcme-key"])
def test_a_bad_id_is_refused(written: str) -> None:
    (fault,) = _faults(rule_file(written_rule(id=written)))
    assert "the id must be words of a-z and 0-9 joined by `-`" in fault


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(?P<secret>acme_[a-z]+)", "a repeat without a bound"),
        ("(?P<secret>acme_[a-z]*)", "a repeat without a bound"),
        ("(?P<secret>acme_[a-z]{4,})", "a repeat without a bound"),
        ("(?P<secret>acme_.+?)x", "a repeat without a bound"),
        ("(?P<secret>acme_(?:[a-z]{2}-){1,})", "a repeat without a bound"),
        ("(?P<secret>acme_[a-z]{4})(?=;)", "look-around"),
        ("(?P<secret>acme_[a-z]{4})(?!;)", "look-around"),
        ("(?<=key)(?P<secret>acme_[a-z]{4})", "look-around"),
        ("(?<!key)(?P<secret>acme_[a-z]{4})", "look-around"),
        ("(?P<secret>acme_[a-z]{4})(?P=secret)", "a back-reference"),
        (r"(?P<secret>acme_[a-z]{4})\1", "a back-reference"),
        ("(key)(?P<secret>acme_[a-z]{4})", "no other group"),
        ("(?P<name>key)(?P<secret>acme_[a-z]{4})", "no other group"),
        ("acme_[a-z]{4}", "needs the group"),
        ("(acme_[a-z]{4})", "needs the group"),
        ("(?P<token>acme_[a-z]{4})", "needs the group"),
        ("(?P<secret>acme_[a-z{4})", "not a regular expression"),
        ("(?P<secret>acme_(?:(?:[a-z]{9}){999}){9})", "the limit is 16384"),
    ],
)
def test_a_pattern_that_is_not_linear_bounded_and_of_one_group_is_refused(pattern: str, problem: str) -> None:
    assert problem in _problem(pattern=pattern)


@pytest.mark.parametrize(
    "pattern", ["(?P<secret>acme_(?>[a-z]{4}))", "(?P<secret>acme_[a-z]{1,4}+)"], ids=["atomic", "possessive"]
)
def test_a_pattern_that_hyperscan_does_not_know_is_refused(pattern: str) -> None:
    assert _problem(pattern=pattern)


def test_an_id_that_stands_twice_is_told_with_both_places() -> None:
    first = rule_file(written_rule())
    (fault,) = _faults(first, b"# a comment\n" + first)
    assert fault == "file2.yaml:3: acme-api-key: this id stands already at file1.yaml:2"


@given(st.binary(max_size=200))
def test_any_bytes_are_rules_or_faults(content: bytes) -> None:
    faults: tuple[str, ...] = ()
    try:
        rule_files.parse([(FILE, content)])
    except rule_files.RuleFaults as error:
        faults = error.faults
    assert all(fault.startswith("acme.yaml:") for fault in faults)


def _value(text: str) -> object:
    return strict_yaml.load(text.encode(), "a.yaml").value


@pytest.mark.parametrize("word", ["no", "yes", "on", "0123", "1.10", "1e3", "2031-04-01", "0x1F", "1_000", "12:30"])
def test_a_plain_word_stays_a_word(word: str) -> None:
    assert _value(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: null", {"a": None}),
        ("a: 'null'", {"a": "null"}),
        ("a: ''", {"a": ""}),
        ("a: >-\n  b\n  c", {"a": "b c"}),
        ("- a\n- [b, {c: d}]", ["a", ["b", {"c": "d"}]]),
    ],
)
def test_yaml_means_what_it_says(text: str, value: object) -> None:
    assert _value(text) == value


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key 'a' stands twice"),
        ("x: {a: 1, a: 2}", 1, "the key 'a' stands twice"),
        ("a: &name b\n", 1, "anchors and aliases"),
        ("a: b\nc: *name\n", 2, "alias"),
        ("a: &x [1]\n<<: *x\n", 1, "anchors and aliases"),
        ("a: !!python/object/apply:os.system [x]\n", 1, "tags are not read"),
        ("a: !!int 3\n", 1, "tags are not read"),
        ("a:\n- !secret b\n", 2, "tags are not read"),
        ("a: b\n---\nc: d\n", 2, "more than one document"),
        ("? [a]\n: b\n", 1, "a key must be a plain word"),
        ("a: [b\n", 2, "not YAML"),
        ("a: b\n\tc: d\n", 2, "not YAML"),
        ("[" * 40 + "]" * 40, 1, "more than 32 levels"),
    ],
)
def test_yaml_that_could_surprise_is_refused_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(Error, match=problem) as caught:
        _value(text)
    assert str(caught.value).startswith(f"a.yaml:{line}: ")


def test_a_bomb_of_levels_is_refused_and_not_followed() -> None:
    with pytest.raises(Error):
        _value("[" * 1_000_000)


def test_every_value_knows_its_line() -> None:
    document = strict_yaml.load(b"a: 1\nb:\n- c\n- d:\n    e: f\n", "a.yaml")
    places: list[tuple[str | int, ...]] = [("a",), ("b", 0), ("b", 1, "d"), ("b", 1, "d", "e"), ("b", 1, "x", "y")]
    assert [document.line(place) for place in places] == [1, 3, 4, 5, 4]


def test_the_rules_are_kept_and_a_change_is_seen(cold_cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_bytes(rule_file(written_rule()))
    assert rule_files.load([file]) == rule_files.load([file]) == (pattern_rule(),)
    assert len(list(cold_cache.iterdir())) == 1
    file.write_bytes(rule_file(written_rule(name="Another name")))
    assert [rule.name for rule in rule_files.load([file])] == ["Another name"]


def test_the_kept_rules_are_really_used(cold_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "acme.yaml"
    file.write_bytes(rule_file(written_rule()))
    first = rule_files.load([file])
    monkeypatch.setattr(rule_files, "parse", lambda _: pytest.fail("the YAML was read again"))
    assert rule_files.load([file]) == first


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"none\.yaml: the rule file cannot be read: No such file"):
        rule_files.load([tmp_path / "none.yaml"])


def _selected(chosen: str, ignored: str) -> list[str]:
    known = tuple(pattern_rule(id=name) for name in ("acme-api-key", "acme-api-key-old", "acme-token", "other-key"))
    return [rule.id for rule in select(known, tuple(chosen.split()), tuple(ignored.split()))]


@pytest.mark.parametrize(
    ("chosen", "ignored", "left"),
    [
        ("", "", ["acme-api-key", "acme-api-key-old", "acme-token", "other-key"]),
        ("acme", "", ["acme-api-key", "acme-api-key-old", "acme-token"]),
        ("acme-api-key", "", ["acme-api-key", "acme-api-key-old"]),
        ("acme", "acme-token", ["acme-api-key", "acme-api-key-old"]),
        ("acme-token other", "", ["acme-token", "other-key"]),
        ("", "acme other", []),
    ],
)
def test_rules_are_selected_by_id_or_first_words(chosen: str, ignored: str, left: list[str]) -> None:
    assert _selected(chosen, ignored) == left


@pytest.mark.parametrize(("chosen", "ignored"), [("acme-tokn", ""), ("", "acme-tokn"), ("acm", "")])
def test_a_name_of_no_rule_is_refused(chosen: str, ignored: str) -> None:
    with pytest.raises(Error, match="no rule is named"):
        _selected(chosen, ignored)


def test_a_changed_rule_changes_the_next_scan(twlint: Twlint, project: Path, cold_cache: Path) -> None:
    """The pattern is part of every cache's name (RELIABILITY K4)."""
    (project / "a.txt").write_text("key=" + "acme_" + "7h2kq9x4mz1v")
    (project / ".twlint.yaml").write_text("rules: [rules/acme.yaml]\n")
    (project / "rules").mkdir()
    file = project / "rules" / "acme.yaml"
    for pattern, number in [("acme_[0-9a-z]{12}", 1), ("acme_[0-9]{12}", 0), ("acme_[0-9a-z]{12}", 1)]:
        file.write_bytes(rule_file(written_rule(pattern=f"(?P<secret>{pattern})")))
        report = twlint.json("a.txt", "--select", "acme")
        assert len(report["findings"]) == number


def test_a_rule_that_does_not_load_ends_the_scan(twlint: Twlint, project: Path) -> None:
    (project / "rules.yaml").write_bytes(rule_file(written_rule(severity=None)))
    (project / ".twlint.yaml").write_text(json.dumps({"rules": ["rules.yaml"]}))
    result = twlint("scan")
    assert (result.returncode, result.stdout) == (2, "")
    assert "rules.yaml:2: acme-api-key: the key `severity` is missing" in result.stderr
