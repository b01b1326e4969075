"""Sinks as they are read from YAML, and what is told of those that do not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter import rule_files, sinks
from linter.sinks import Argument, Lookup, SinkFaults

FILE = Path("acme.yaml")
KIND = "kinds:\n  - {id: acme-token, name: Acme token, severity: high}\n"


def load(text: str) -> sinks.Sinks:
    return sinks.parse([(FILE, text.encode())])


def faults(text: str) -> list[str]:
    with pytest.raises(SinkFaults) as told:
        load(text)
    return list(told.value.faults)


def test_a_call_has_its_arguments_by_position_and_name() -> None:
    loaded = load(
        KIND + "calls:\n"
        "  - callables: [acme.Client, acme.client.Client]\n"
        "    order: [base_url, token, login]\n"
        "    arguments:\n"
        "      token: acme-token\n"
        "      auth: {item: 1, kind: acme-token}\n"
        "      login:\n"
        "        keys: {a: acme-token, b: acme-token}\n"
    )
    assert set(loaded.calls) == {"acme.Client", "acme.client.Client"}
    assert loaded.calls["acme.Client"].role == "client"
    assert loaded.calls["acme.Client"].arguments == (
        Argument("token", 1, "acme-token"),
        Argument("auth", None, "acme-token", item=1),
        Argument("login", 2, "acme-token", key="a"),
        Argument("login", 2, "acme-token", key="b"),
    )


def test_two_entries_of_one_callable_are_one_sink() -> None:
    entry = "  - callables: [acme.Client]\n    arguments: {%s: acme-token}\n"
    loaded = load(KIND + "calls:\n" + entry % "token" + entry % "secret")
    assert [argument.name for argument in loaded.calls["acme.Client"].arguments] == ["token", "secret"]


def test_the_other_sections() -> None:
    loaded = load(
        KIND + "attributes:\n  - {attributes: [acme.token], kind: acme-token}\n"
        "headers:\n  - {headers: [X-Acme-Key], kind: acme-token}\n"
        "lookups:\n  - {callables: [acme.config], order: [object, key, default]}\n"
        "outputs:\n  - {to: log, callables: [acme.log]}\n"
    )
    assert loaded.attributes == {"acme.token": "acme-token"}
    assert loaded.headers == {"x-acme-key": "acme-token"}
    assert loaded.lookups == {"acme.config": Lookup(1, "key", 2, "default")}
    assert loaded.outputs == {"log": ("acme.log",)}
    assert loaded.packages("client") == {"acme"}


CALL = KIND + "calls:\n  - callables: [acme.Client]\n    "

AGAIN = "  - {id: acme-token, name: Again, severity: low}"

FAULTS = {
    "- a": ["acme.yaml:1: a sink file is a mapping of kinds, calls, attributes, headers, lookups, outputs, examples"],
    "call: []": ["acme.yaml:1: unknown key `call`; did you mean `calls`?"],
    "calls: x": ["acme.yaml:1: calls: a list of entries is needed"],
    "calls:\n  - x": ["acme.yaml:2: calls 1: an entry is a mapping of keys"],
    CALL + "argument: {}": ["acme.yaml:4: calls 1: unknown key `argument`; did you mean `arguments`?"],
    CALL + "order: []": ["acme.yaml:4: calls 1: the key `arguments` is missing"],
    CALL + "arguments: {token: acme-tokens}": [
        "acme.yaml:4: calls 1: unknown kind `acme-tokens`; did you mean `acme-token`?"
    ],
    CALL + "arguments: {token: {item: x, kind: acme-token}}": [
        "acme.yaml:4: calls 1: arguments.item: Expected `int | null`, got `str`"
    ],
    CALL + "arguments: {token: {}}": ["acme.yaml:4: calls 1: arguments.token: needs either `kind` or `keys`"],
    CALL + "arguments: {token: acme-token}\n    role: server": [
        "acme.yaml:4: calls 1: role: Invalid enum value 'server'"
    ],
    KIND + "calls:\n  - {callables: [acme client], arguments: {}}": [
        "acme.yaml:4: calls 1: callables: 'acme client' is no dotted name"
    ],
    KIND + AGAIN: ["acme.yaml:3: kinds 2: the kind acme-token stands twice"],
    "kinds:\n  - {id: a, name: b, severity: bad}": ["acme.yaml:2: kinds 1: severity: Invalid enum value 'bad'"],
    "kinds:\n  - {id: a, name: b, severity: low, shape: '['}": [
        "acme.yaml:2: kinds 1: shape: not a pattern: unterminated character set at position 0"
    ],
    "lookups:\n  - {callables: [a.b], order: [key]}": ["acme.yaml:2: lookups 1: order: needs `default`"],
    "kinds: [": ["acme.yaml:2: not YAML: did not find expected node content"],
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_file_entry_and_key(text: str) -> None:
    assert faults(text) == FAULTS[text]


def test_an_unknown_structure_is_told_with_the_known_ones() -> None:
    (fault,) = faults("kinds:\n  - {id: a, name: b, severity: low, structure: x-bear}")
    assert fault.startswith("acme.yaml:2: kinds 1: structure: unknown; known are aws-key-id, ")


def test_all_faults_of_all_files_are_told() -> None:
    with pytest.raises(SinkFaults) as told:
        sinks.parse([(FILE, b"call: []"), (Path("b.yaml"), b"- a")])
    assert [fault.partition(":")[0] for fault in told.value.faults] == ["acme.yaml", "b.yaml"]


def test_the_builtin_sinks_are_no_rules() -> None:
    files = sinks.builtin_files()
    assert {"twitter.yaml", "kinds.yaml", "environment.yaml"} <= {file.name for file in files}
    assert not set(files) & set(rule_files.builtin_files())


def test_the_builtin_sinks_come_from_the_cache_the_second_time() -> None:
    first, second = sinks.load(sinks.builtin_files()), sinks.load(sinks.builtin_files())
    assert first == second
    assert first.calls["tweepy.Client"].arguments[0] == Argument("bearer_token", 0, "twitter-bearer-token")


def test_kinds_of_a_pattern_rule_have_its_severity() -> None:
    by_id = {rule.id: rule for rule in rule_files.parse(rule_files.read_files(rule_files.builtin_files()))}
    kinds = sinks.load(sinks.builtin_files()).kinds.values()
    shared = {kind.id for kind in kinds if kind.id in by_id}
    assert {"twitter-bearer-token", "aws-secret-access-key", "openai-api-key"} <= shared
    assert {(kind.id, kind.severity) for kind in kinds if kind.id in by_id} == {
        (name, by_id[name].severity) for name in shared
    }


def test_a_credential_within_an_argument_is_the_group_of_a_pattern() -> None:
    loaded = load(CALL + "arguments: {dsn: {kind: acme-token, within: '[^/]+/([^@]+)@.+'}}")
    assert loaded.calls["acme.Client"].arguments == (Argument("dsn", None, "acme-token", within="[^/]+/([^@]+)@.+"),)


@pytest.mark.parametrize("pattern", ["a(b", "ab", "(a)(b)"])
def test_what_is_within_has_one_group(pattern: str) -> None:
    told = faults(CALL + f"arguments: {{dsn: {{kind: acme-token, within: '{pattern}'}}}}")
    assert told == ["acme.yaml:4: calls 1: arguments.dsn.within: needs to be a pattern with one group"]
