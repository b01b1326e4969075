"""The first look at a source: it lets every example through, and spares most sources the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter import ast_rules, cache, sinks
from linter.ast_rules.analysis import analyse
from linter.ast_rules.marks import calls
from linter.matcher import databases
from linter.model import Confidence
from linter.rule_choice import WORTH_COMPILING, RuleChoice

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from linter.ast_rules import AstRule

RULES = ast_rules.builtin(sinks.load(sinks.builtin_files()))
RANDOM = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
NOTHING = b"import os\n\n\ndef run(path, key=None):\n    return os.path.join(path, 'a')\n"


def test_the_look_lets_through_every_example_and_only_to_rules_that_may_hold() -> None:
    look = RuleChoice(RULES, 0)
    missed = [
        (rule.id, number)
        for rule in RULES
        for number, example in enumerate(rule.examples)
        if rule not in look.rules_for(example.text.encode())
    ]
    assert missed == []
    assert look.rules_for(NOTHING) == ()
    assert look.rules_for(b"") == ()


def test_a_value_that_a_name_gets_by_way_of_another_is_let_through() -> None:
    source = f'x = "{RANDOM}"\n\n\ndef f():\n    return connect(api_key=x)\n'.encode()
    assert "hardcoded-credential-keyword" in {rule.id for rule in RuleChoice(RULES, 0).rules_for(source)}


def test_bytes_that_are_escapes_alone_are_let_through_and_judged() -> None:
    source = rb'ENCRYPTION_KEY = b"\xb2\x91\x07\xf4\x9a\x8a\xe3\x11\x90\x03"' + b"\n"
    rules = RuleChoice(RULES, 0).rules_for(source)
    (candidate,) = analyse(source, rules).candidates
    assert (candidate.rule, candidate.confidence) == ("hardcoded-credential-assignment", Confidence.MEDIUM)


def test_a_call_is_looked_for_with_its_package_only() -> None:
    look = look_of("hardcoded-credential-known-client")
    assert look.rules_for(b"import tweepy\ntweepy.Client(x)\n")
    assert look.rules_for(b"from tweepy import Client as C\nC(x)\n")
    assert not look.rules_for(b"import tweepy\nClient\n")
    assert not look.rules_for(b"Client(x)\n")
    assert look.rules_for(b"import twilio.rest\ntwilio.rest.Client(x)\n")
    assert look.rules_for(b"from twilio.rest import Client as C\nC(x)\n")
    assert not look.rules_for(b"import twilio\nClient(x)\n")
    assert calls(["acme.sdk.Client", "acme.Api"])[0][0] == calls(["acme.Api"])[0][0]


def test_an_option_is_looked_for_with_a_program_that_takes_a_password_by_it() -> None:
    look = look_of("hardcoded-credential-known-client")
    run = "import subprocess\nsubprocess.run({})\n"
    assert look.rules_for(run.format('["sshpass", "-p", "a"]').encode())
    assert look.rules_for(run.format("'mysqldump\t-pabc'").encode())
    assert look.rules_for(b"import sys, fabric\nfabric.run('docker login -p a')\n")
    assert not look.rules_for(run.format('["mkdir", "-p", "a"]').encode())
    assert not look.rules_for(run.format('["mysql", "shop"]').encode())
    assert not look.rules_for(b"def start(run):\n    run('sshpass -p a')\n")


def look_of(name: str) -> RuleChoice[AstRule]:
    return RuleChoice([rule for rule in RULES if rule.id == name], 0)


def test_while_there_is_no_compiled_look_few_sources_are_analysed_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "folder", lambda: tmp_path)
    look = RuleChoice(RULES)
    assert look.rules_for(NOTHING) == RULES
    assert list(tmp_path.iterdir()) == []
    assert look.rules_for(b"#" * WORTH_COMPILING) == ()
    assert look.rules_for(NOTHING) == ()
    assert RuleChoice(RULES).rules_for(NOTHING) == ()


def test_where_hyperscan_cannot_run_every_source_is_analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "unusable", lambda: "no")
    assert RuleChoice(RULES, 0).rules_for(NOTHING) == RULES
