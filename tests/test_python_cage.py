"""Hostile and broken sources: the analysis says why it stopped, never raises, and takes a bounded time."""

from __future__ import annotations

import random
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from linter import ast_rules, sinks
from linter.ast_rules import analyse
from linter.python.module import SIZE_LIMIT
from linter.rule_choice import RuleChoice
from linter.rule_files import read_files
from tests import x_credentials

if TYPE_CHECKING:
    from tests.command import Twlint

RULES = ast_rules.builtin(sinks.parse(read_files(sinks.builtin_files())))
LOOK = RuleChoice(RULES, 0)
RANDOM = "q8Zt3Lw9" + "Xr2Vb7Nc4Md1Kp6"
LEAK = f'api_key = "{RANDOM}"\n'
SECONDS = 10

TOO_DEEP, SYNTAX, PYTHON_2 = "nested too deeply", "not the syntax of this Python", "Python 2"
TOO_LARGE, TOO_LONG = "larger than 2 MiB", "the analysis takes too long"

BOMBS = {
    "brackets": "x = " + "(" * 5_000 + ")" * 5_000,
    "lists": "x = " + "[" * 20_000 + "]" * 20_000,
    "dicts": "x = " + "{1:" * 5_000 + "1" + "}" * 5_000,
    "a sum": "x = " + "+".join(["'a'"] * 20_000),
    "attributes": "x = a" + ".b" * 20_000,
    "calls": "x = a" + "()" * 20_000,
    "signs": "x = " + "-" * 20_000 + "1",
    "nots": "x = " + "not " * 20_000 + "y",
    "elifs": "if a:\n    pass\n" + "elif b:\n    pass\n" * 10_000,
    "lambdas": "x = " + "lambda: " * 10_000 + "1",
    "functions": "".join(" " * depth + "def f():\n" for depth in range(200)) + " " * 200 + "pass",
    "implicit concatenation": "x = (" + " 'a'\n" * 100_000 + ")",
    "f-strings": "x = " + " ".join(["f'{a}'"] * 10_000),
    "formats": "x = '" + "{}" * 50_000 + "'.format(" + "a," * 250 + ")",
    "percents": "x = '" + "%s" * 50_000 + "' % a",
    "joins": "x = ''.join([" + "'a'," * 100_000 + "])",
    "escapes": "token = '" + r"\"" * 400_000 + "'",
    "backslashes": "token = '" + "\\\\" * 400_000 + "'",
    "names in a circle": "\n".join(f"v{number} = v{(number + 1) % 500}" for number in range(500)) + "\nprint(v0)",
    "names that double": "v0 = 'ab'\n" + "\n".join(f"v{n + 1} = v{n} + v{n}" for n in range(60)) + "\ntoken = v60",
    "alternatives": "x = " + " or ".join(["'a'"] * 5_000) + "\ntoken = x",
    "conditions": "x = " + "'a' if b else " * 2_000 + "'c'\ntoken = x",
    "a dict of keys": "d = {" + ",".join(f"'token{number}': v" for number in range(50_000)) + "}",
    "entries": "d = {}\n" + "\n".join(f"d['k{number}'] = 1" for number in range(10_000)) + "\nf(**d)\n" * 300,
    "bindings": "\n".join(f"token = f{number}()" for number in range(20_000)),
    "keys": "key " * 200_000,
    "imports": "import " * 200_000,
    "passwords in a line": "x = '" + "password=a " * 50_000 + "'",
    "random in a line": "token = " + "random + " * 500 + "a",
    "urls": "x = '" + "http://a:" * 50_000 + "'",
    "queries": "x = '" + "?token=" * 50_000 + "'",
    "bearers": "x = '" + "bearer " * 50_000 + "'",
    "key blocks": "x = '" + "-----BEGIN PRIVATE KEY" * 20_000 + "'",
    "a class of classes": "".join("class C(C):\n    x = C.x\n" for _ in range(5_000)),
    "ifs": "".join(f"if a:\n  os.environ['OAUTHLIB_INSECURE_TRANSPORT'] = '{number}'\n" for number in range(5_000)),
    "zero bytes": "x = 1\0",
    "a strange encoding": "# coding: punycode\nx = 'a'\n" * 1_000,
    "an unknown encoding": "# coding: no-such-encoding\nx = 1\n",
    "a surrogate": r"x = '\ud800'" + "\ntoken = x",
}


def _timed(source: bytes) -> tuple[ast_rules.Analysis, float]:
    started = time.process_time()
    analysis = analyse(source, LOOK.rules_for(source))
    return analysis, time.process_time() - started


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_or_read_in_time(name: str) -> None:
    analysis, seconds = _timed((LEAK + BOMBS[name] + "\n").encode())
    assert seconds < SECONDS
    found = [candidate.secret for candidate in analysis.candidates if candidate.secret == RANDOM.encode()]
    assert found or analysis.fault in (TOO_DEEP, TOO_LONG, SYNTAX)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('print "hello"\n' + LEAK, PYTHON_2),
        ("try:\n    pass\nexcept ValueError, e:\n    pass\n" + LEAK, PYTHON_2),
        ("raise ValueError, 'no'\n" + LEAK, PYTHON_2),
        ("x = ur'a'\n" + LEAK, PYTHON_2),
        ("def f(:\n" + LEAK, SYNTAX),
        ("x = (\n" + LEAK, SYNTAX),
        (BOMBS["brackets"], TOO_DEEP),
        (BOMBS["zero bytes"], SYNTAX),
        (BOMBS["an unknown encoding"], SYNTAX),
        ("x = 1\n" * (SIZE_LIMIT // 6 + 1), TOO_LARGE),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_what_cannot_be_read_says_why(source: str, fault: str) -> None:
    analysis = analyse(source.encode(), RULES)
    assert analysis == ((), fault)


def test_what_was_found_before_the_end_of_the_budget_stands() -> None:
    source = LEAK + "d = {}\n" + "\n".join(f"d['k{n}'] = 1" for n in range(20_000)) + "\ng.f(**d)" * 20_000
    analysis, seconds = _timed(source.encode())
    assert seconds < 3 * SECONDS
    assert analysis.fault == TOO_LONG
    assert RANDOM.encode() in [candidate.secret for candidate in analysis.candidates]


def test_a_mark_of_another_encoding_is_no_trouble() -> None:
    assert analyse(LEAK.encode("utf-16"), RULES).fault == SYNTAX
    assert analyse(b"", RULES) == ((), None)
    assert analyse(bytes(range(256)), RULES).fault == SYNTAX


STANDARD_LIBRARY = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))


def _mutated(source: bytes, draw: random.Random) -> bytes:
    """The source with one to eight places cut, doubled, overwritten or swapped."""
    data = bytearray(source)
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(data))
        size = draw.choice((1, 1, 2, 5, 40, 300))
        way = draw.randrange(5)
        if way == 0:
            del data[at : at + size]
        elif way == 1:
            data[at:at] = data[at : at + size]
        elif way == 2:
            data[at : at + size] = draw.randbytes(size)
        elif way == 3:
            data[at:at] = draw.choice((b'"', b"'''", b"(", b"}", b"\\", b"f'{", b"\r", b"\x0c", b"\xff", LEAK.encode()))
        else:
            other = draw.randrange(len(data))
            data[at : at + size], data[other : other + size] = data[other : other + size], data[at : at + size]
        if not data:
            return source
    return bytes(data)


def _survive(draw: random.Random, count: int) -> int:
    """Analyse `count` mutated files of the standard library; how many of them are still Python."""
    readable = 0
    for _ in range(count):
        path = draw.choice(STANDARD_LIBRARY)
        source = _mutated(path.read_bytes()[:60_000] + b"\n" + LEAK.encode(), draw)
        analysis, seconds = _timed(source)
        assert seconds < SECONDS, path.name
        readable += analysis.fault is None
        for candidate in analysis.candidates:
            assert all(0 <= start < end <= len(source) for start, end in candidate.spans), path.name
    return readable


@pytest.mark.parametrize("seed", range(8))
def test_a_mutated_file_never_raises_and_points_into_itself(seed: int) -> None:
    assert _survive(random.Random(seed), 60), "some of them are still Python"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_none_of_five_thousand_mutated_files_raises(seed: int) -> None:
    assert _survive(random.Random(seed), 500)


@pytest.mark.slow
def test_no_mutated_file_ends_a_scan_or_hides_what_pattern_rules_find(project: Path, twlint: Twlint) -> None:
    draw = random.Random(41)
    bearer = x_credentials.bearer(draw)
    count = 5_000
    for number in range(count):
        source = _mutated(draw.choice(STANDARD_LIBRARY).read_bytes()[:30_000], draw)
        (project / f"m{number}.py").write_bytes(source + f"\n# {bearer}\n".encode())
    report = twlint.json("--no-history", "--select", "twitter-bearer-token,hardcoded,credentials,secret")
    (leak,) = [finding for finding in report["findings"] if finding["rule"] == "twitter-bearer-token"]
    assert report["coverage"]["files"] == count
    assert {skip["kind"] for skip in report["coverage"]["skipped"]} <= {"degraded"}
    assert len(leak["occurrences"]) == count


@pytest.mark.parametrize("path", random.Random(1).sample(STANDARD_LIBRARY, 40), ids=lambda path: path.stem)
def test_the_span_of_a_secret_added_to_a_real_file_is_right(path: Path) -> None:
    source = path.read_bytes() + b"\n\n" + LEAK.encode()
    analysis = analyse(source, RULES)
    assert analysis.fault is None
    candidate = analysis.candidates[-1]
    ((start, end),) = candidate.spans
    assert source[start:end] == candidate.secret == RANDOM.encode()


def test_warnings_about_a_source_are_not_ours_to_tell(capfd: pytest.CaptureFixture[str]) -> None:
    source = b"x = '\\d'\ny = 1 is 1\nz = 1if 1 else 2\n" + LEAK.encode()
    assert analyse(source, RULES).candidates
    assert capfd.readouterr() == ("", "")
