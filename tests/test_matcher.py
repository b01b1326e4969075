"""Both engines give the same findings, within bounds, in any number of threads."""

from __future__ import annotations

import platform
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import linter
from linter import matcher
from linter.extract import Extractor
from linter.matcher import KeywordEngine, PatternEngine, compile_patterns, databases
from linter.matcher import pattern_engine as pattern_module
from linter.matcher.keyword_engine import keywords_of
from linter.model import Error
from linter.sources.files import Files, below
from tests import batches
from tests.batches import batch_of, found
from tests.rule_files import pattern_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hyperscan import Database, Scratch

    from linter.matcher import Engine
    from linter.rules import PatternRule

    OnMatch = Callable[[int, int], bool | None]

LETTERS = [b"a", b"A", b"0", b"_", b"/", b"=", b"\n", b" ", b"\0", b"e", b"{"]


class Stands(NamedTuple):
    """One candidate in a file."""

    key: bytes
    rule: str
    start: int
    end: int


def _planted(folder: Path, rules: Sequence[PatternRule]) -> Path:
    """A folder with every example of every rule, each in a file of its own and all in one."""
    folder.mkdir()
    texts = [example.text for rule in rules for example in rule.examples]
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, newline="")
    (folder / "all.txt").write_text("\n\n".join(texts), newline="")
    return folder


def _stands(root: Path, rules: Sequence[PatternRule], engine: Engine) -> set[Stands]:
    """Every candidate in the files below `root`."""
    session, extractor = engine.session(), Extractor(rules)
    stands = set()
    for batch in batches.read(Files(root, below(root).paths)):
        extraction = extractor.extract(batch, session.places(batch).windows)
        assert not extraction.faults
        for each in extraction.candidates:
            offset = batch.origin.offset - batch.starts[each.content]
            key = batch.keys[each.content]
            stands.add(Stands(key, rules[each.rule].id, each.start + offset, each.end + offset))
    return stands


def _engines(rules: Sequence[PatternRule]) -> dict[str, Engine]:
    return {
        "keywords": KeywordEngine(rules, None),
        "keywords in Hyperscan": KeywordEngine(rules, databases.compile_keywords(keywords_of(rules))),
    }


def test_the_engines_find_the_same_in_real_files(
    tmp_path: Path, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    for root in (_planted(tmp_path / "planted", builtin_rules), Path(linter.__file__).parents[1] / "linter"):
        expected = _stands(root, builtin_rules, pattern_engine)
        for name, engine in _engines(builtin_rules).items():
            assert _stands(root, builtin_rules, engine) == expected, name


@pytest.mark.slow
def test_the_engines_find_the_same_in_all_installed_packages(
    tmp_path: Path, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    root = Path(sysconfig.get_path("purelib"))
    expected = _stands(root, builtin_rules, pattern_engine)
    for name, engine in _engines(builtin_rules).items():
        assert _stands(root, builtin_rules, engine) == expected, name


def test_every_planted_secret_is_found(
    tmp_path: Path, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine
) -> None:
    root = _planted(tmp_path / "planted", builtin_rules)
    stands = {(each.key, each.rule, each.start, each.end) for each in _stands(root, builtin_rules, pattern_engine)}
    examples = [(rule, example) for rule in builtin_rules for example in rule.examples]
    for number, (rule, example) in enumerate(examples):
        # Candidates of parts become a set only later; a rule by path looks at no place in a content.
        if not rule.parts and not rule.is_by_path:
            assert (f"{number}.txt".encode(), rule.id, *example.span) in stands


def test_windows_find_the_same_as_single_hits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
) -> None:
    """What is done where there are too many hits, forced on files that have few."""
    root = _planted(tmp_path / "planted", builtin_rules)
    expected = _stands(root, builtin_rules, pattern_engine)
    monkeypatch.setattr(pattern_module, "CALLBACK_LIMIT", 0)
    for size in (64 << 10, 2048):
        monkeypatch.setattr(pattern_module, "WINDOW", size)
        assert _stands(root, builtin_rules, pattern_engine) == expected


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rule of every call that Hyperscan makes."""
    made: list[int] = []
    scan = databases.scan

    def counted(database: Database, data: memoryview, on_match: OnMatch, scratch: Scratch) -> None:
        def count(rule: int, end: int) -> bool | None:
            made.append(rule)
            return on_match(rule, end)

        scan(database, data, count, scratch)

    monkeypatch.setattr(databases, "scan", counted)
    return made


@pytest.mark.parametrize("letter", LETTERS, ids=repr)
@pytest.mark.parametrize("megabytes", [1, pytest.param(8, marks=pytest.mark.slow)])
def test_content_of_one_letter_costs_few_callbacks_and_little_time(
    letter: bytes,
    megabytes: int,
    calls: list[int],
    builtin_rules: tuple[PatternRule, ...],
    pattern_engine: PatternEngine,
) -> None:
    batch = batch_of(letter * (megabytes << 20))
    assert pattern_engine.once_database
    started = time.monotonic()
    assert found(batch, builtin_rules, pattern_engine) == []
    assert time.monotonic() - started < 2 * megabytes
    assert len(calls) < 60_000 * megabytes


def test_a_pattern_that_matches_everywhere_costs_few_callbacks(calls: list[int]) -> None:
    rules = [pattern_rule(pattern="k(?P<secret>[a-z]{20,200})", keywords=["kkk"])]
    engine = PatternEngine(rules, compile_patterns(rules))
    engine.session().places(batch_of(b"k" * 8_000_000))
    assert 50_000 < len(calls) < 60_000


@pytest.mark.parametrize("word", ["eyJ", "ghp_", "://", "-----BEGIN ", "twlint:", "aws_secret=", "xoxb-", "key: "])
def test_a_word_repeated_without_end_costs_little_time_in_both_engines(
    word: str, builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine, plain_engine: KeywordEngine
) -> None:
    batch = batch_of(word.encode() * ((1 << 20) // len(word)))
    assert pattern_engine.once_database
    for engine in (pattern_engine, plain_engine):
        started = time.monotonic()
        found(batch, builtin_rules, engine)
        assert time.monotonic() - started < 5


def test_a_pattern_that_matches_everywhere_still_finds_the_secrets_around() -> None:
    rules = [
        pattern_rule(id="everywhere-key", pattern="k(?P<secret>[a-z]{20,200})", keywords=["kkk"]),
        pattern_rule(),
    ]
    key = b"acme" + b"_7h2kq9x4mz1v"
    noise = b"k" * 100_000
    batch = batch_of(key + noise + key, noise, b"key = " + key)
    engine = PatternEngine(rules, compile_patterns(rules))
    acme = [each for each in found(batch, rules, engine) if each.rule == "acme-api-key"]
    assert [(each.content, each.start) for each in acme] == [(0, 0), (0, 100_017), (2, 6)]


def test_each_thread_has_its_own_scratch(builtin_rules: tuple[PatternRule, ...], pattern_engine: PatternEngine) -> None:
    """Eight threads with a thousand scans each (RELIABILITY P8)."""
    batch = batch_of(*(rule.examples[0].text.encode() for rule in builtin_rules[::9]))
    expected = pattern_engine.session().places(batch)

    def work(_: int) -> bool:
        session = pattern_engine.session()
        return all(session.places(batch) == expected for _ in range(1_000))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def test_directives_are_seen_by_both_engines() -> None:
    rules = [pattern_rule()]
    text = b"# twlint" + b": ignore[a]\n"
    batch = batch_of(text, b"", b"x" + text * 2)
    engines = [PatternEngine(rules, compile_patterns(rules)), *_engines(rules).values()]
    for engine in engines:
        directives = engine.session().places(batch).directives
        assert [bytes(batch.data[end - 7 : end]) for end in directives] == [text[2:9]] * 3


def test_a_pattern_that_hyperscan_refuses_is_named() -> None:
    rules = [pattern_rule(), pattern_rule(id="acme-nothing", pattern="(?P<secret>a{0,3})")]
    with pytest.raises(Error, match="acme-nothing: Hyperscan refuses the pattern"):
        compile_patterns(rules)


def test_a_small_scan_does_not_wait_for_the_patterns(cold_cache: Path) -> None:
    rules = [pattern_rule()]
    assert isinstance(matcher.choose(rules, lambda: 1_000)[0], KeywordEngine)
    assert isinstance(matcher.choose(rules, lambda: None)[0], PatternEngine)
    assert isinstance(matcher.choose(rules, lambda: 1_000)[0], PatternEngine), "the compiled database is kept"


def test_without_hyperscan_the_keywords_do_the_work_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "unusable", lambda: "no wheel")
    engine, notice = matcher.choose([pattern_rule()], lambda: None)
    assert isinstance(engine, KeywordEngine)
    assert engine.database is None
    assert notice == "slow engine: no wheel"


def test_a_processor_without_the_instructions_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(databases, "_processor_flags", lambda: "")
    assert "SSE4.2" in (databases.unusable() or "")


def test_the_name_in_the_cache_changes_with_every_pattern() -> None:
    names = {databases.cache_name([pattern_rule(pattern=f"(?P<secret>acme_[a-z]{{{size}}})")]) for size in range(4, 9)}
    assert len(names) == 5
