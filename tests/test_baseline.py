"""The file of accepted findings: what it says, what it covers, and what it gives away."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter import baseline, cover
from linter.baseline import HISTORY, TREE, Baseline, Entry
from linter.model import Commit, Coverage, Error, Report, State, Status
from tests.invented import github_token, password
from tests.sightings import findings_of, revealed, sighting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linter.findings import Sighting
    from linter.model import Finding

WORDS = [password(number) for number in range(10_000)]
KEY = bytes(range(16))
DIGEST = "0f" * 16


def _report(*sightings: Sighting) -> Report:
    return Report(findings_of(*sightings), Coverage(), ())


def _baseline_of(report: Report) -> Baseline:
    made = Baseline((KEY,), ())
    entries = [entry for finding in report.findings for entry in baseline.accepted(made, finding, "known")]
    return baseline.changed(made, (), entries)


def _statuses(report: Report, known: Baseline, present: Iterable[str] = ()) -> dict[bytes, Status]:
    applied = cover.apply(report, known, set(present).__contains__)
    return {revealed(finding): finding.status for finding in applied.report.findings}


def _twins() -> tuple[str, str]:
    """Two passwords whose hashes are the same."""
    first: dict[str, str] = {}
    for word in WORDS:
        (finding,) = findings_of(sighting(word, "a", chosen=True))
        if (other := first.setdefault(finding.fingerprint, word)) != word:
            return other, word
    raise AssertionError("there are only 256 hashes")


entries = st.builds(
    Entry,
    st.sampled_from([DIGEST, "fc"]),
    st.just("acme-api-key"),
    st.text(st.characters(), min_size=1, max_size=20),
    st.sampled_from([TREE, HISTORY]),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20).map(str.strip).filter(bool),
)


@given(st.lists(entries, max_size=5))
def test_what_is_written_is_read_again(written: list[Entry]) -> None:
    made = Baseline((KEY,), tuple(sorted(written)))

    text = baseline.render(made)
    assert baseline.parse(text, "b") == made
    lines = [line for line in text.decode().splitlines() if not line.startswith(("#", "key "))]
    assert lines == sorted(lines)


def test_the_order_of_lines_does_not_matter() -> None:
    made = _baseline_of(_report(*(sighting(github_token(seed), f"{seed}.py") for seed in range(5))))
    lines = baseline.render(made).splitlines(keepends=True)

    assert baseline.parse(b"".join(sorted(lines)), "b") == made
    assert baseline.parse(b"".join(reversed(lines)).replace(b"\n", b"\r\n"), "b") == made


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<<<<<<< HEAD", ["b:2", "conflict"]),
        ("=======", ["b:2", "conflict"]),
        (">>>>>>> other branch", ["b:2", "conflict"]),
        (f"{DIGEST} acme-api-key tree a.py", ["b:2", "reason"]),
        (f"{DIGEST} acme-api-key nowhere a.py known", ["b:2", "tree or history"]),
        ("secret acme-api-key tree a.py known", ["b:2", "hash"]),
        (f'{DIGEST} acme-api-key tree "a\\q" known', ["b:2", "JSON"]),
    ],
)
def test_a_line_that_is_no_entry_is_told(line: str, words: list[str]) -> None:
    with pytest.raises(Error) as raised:
        baseline.parse(f"key {KEY.hex()}\n{line}\n".encode(), "b")

    for word in words:
        assert word in str(raised.value)


def test_a_baseline_without_a_key_or_with_too_many_is_refused() -> None:
    many = "".join(f"key {number:032x}\n" for number in range(baseline.KEY_LIMIT + 1))
    for text in ("", many):
        with pytest.raises(Error, match="key"):
            baseline.parse(text.encode(), "b")


def test_each_baseline_has_a_key_of_its_own() -> None:
    assert baseline.empty().keys != baseline.empty().keys


def test_what_is_known_is_marked_and_what_is_new_is_not() -> None:
    known = _report(sighting(github_token(1), "a.py"), sighting(github_token(1), "b.py"))
    both = _report(sighting(github_token(1), "a.py"), sighting(github_token(2), "a.py"))

    assert _statuses(both, _baseline_of(known), ["a.py", "b.py"]) == {
        github_token(1).encode(): Status.BASELINED,
        github_token(2).encode(): Status.NEW,
    }


def test_one_place_that_is_not_covered_makes_a_finding_new() -> None:
    known = _baseline_of(_report(sighting(github_token(), "a.py")))
    copied = _report(sighting(github_token(), "a.py"), sighting(github_token(), "b.py"))

    assert _statuses(copied, known, ["a.py", "b.py"]) == {github_token().encode(): Status.NEW}


def test_a_place_that_a_comment_covers_needs_no_entry() -> None:
    known = _baseline_of(_report(sighting(github_token(), "a.py")))
    report = _report(sighting(github_token(), "a.py"), sighting(github_token(), "b.py", ignored="a test"))

    assert _statuses(report, known, ["a.py", "b.py"]) == {github_token().encode(): Status.BASELINED}


def test_the_reasons_are_told() -> None:
    report = _report(sighting(github_token(), "a.py"))
    applied = cover.apply(report, _baseline_of(report), lambda _: True)

    assert [finding.status_reason for finding in applied.report.findings] == ["known"]


def test_another_rule_is_not_covered() -> None:
    report = _report(sighting(github_token(), "a.py"))
    entries = (replace(entry, rule="acme-token") for entry in _baseline_of(report).entries)

    assert _statuses(report, Baseline((KEY,), tuple(entries))) == {github_token().encode(): Status.NEW}


def test_an_entry_follows_a_file_that_is_gone_and_not_one_that_is_there() -> None:
    known = _baseline_of(_report(sighting(github_token(), "old.py")))
    moved = _report(sighting(github_token(), "new.py"))

    assert _statuses(moved, known, ["new.py"]) == {github_token().encode(): Status.BASELINED}
    assert _statuses(moved, known, ["new.py", "old.py"]) == {github_token().encode(): Status.NEW}


def test_what_was_only_in_the_history_does_not_cover_what_comes_back_elsewhere() -> None:
    known = _baseline_of(_report(sighting(github_token(), "gone.py", State.HISTORY)))

    again = _report(sighting(github_token(), "gone.py", State.HISTORY), sighting(github_token(), "new.py"))

    assert _statuses(again, known, ["new.py"]) == {github_token().encode(): Status.NEW}


def _dated(finding: Finding, date: str) -> Finding:
    return replace(finding, introduced=Commit("c" * 40, "A", "a@acme.test", date))


def test_of_two_passwords_with_one_hash_the_older_one_is_covered() -> None:
    first, second = _twins()
    known = _baseline_of(_report(sighting(first, "a.py", chosen=True)))
    old, new = _report(*(sighting(word, "a.py", chosen=True) for word in (first, second))).findings
    dated = _dated(old, "2026-01-01T00:00:00+00:00")

    for other in (new, _dated(new, "2026-01-02T00:00:00+00:00")):
        for findings in ((dated, other), (other, dated)):
            statuses = _statuses(Report(findings, Coverage(), ()), known, ["a.py"])
            assert statuses == {revealed(old): Status.BASELINED, revealed(new): Status.NEW}


def test_passwords_with_one_hash_that_are_both_accepted_or_cannot_be_told_apart_do_not_return() -> None:
    first, second = _twins()
    both = _report(*(sighting(word, "a.py", chosen=True) for word in (first, second)))
    old, new = both.findings
    dated = replace(both, findings=(_dated(old, "2026-01-01T00:00:00+00:00"), new))

    assert len(_baseline_of(both).entries) == 2
    assert set(_statuses(dated, _baseline_of(both), ["a.py"]).values()) == {Status.BASELINED}
    known = _baseline_of(_report(sighting(first, "a.py", chosen=True)))
    assert set(_statuses(both, known, ["a.py"]).values()) == {Status.BASELINED}


def test_a_password_with_the_hash_of_one_that_moved_is_told_from_it_by_what_moved_along() -> None:
    first, second = _twins()
    token = sighting(github_token(), "old.py")
    known = _baseline_of(_report(token, sighting(first, "old.py", chosen=True)))
    moved = (sighting(github_token(), "z.py"), sighting(first, "z.py", chosen=True))
    report = _report(*moved, sighting(second, "a.py", chosen=True))

    assert _statuses(report, known, ["a.py", "z.py"]) == {
        github_token().encode(): Status.BASELINED,
        first.encode(): Status.BASELINED,
        second.encode(): Status.NEW,
    }


def test_a_password_with_the_hash_of_one_that_moved_is_told_from_it_by_a_path_that_is_known() -> None:
    first, second = _twins()
    old = sighting(first, "old.py", chosen=True)
    known = _baseline_of(_report(old, sighting(github_token(), "a.py")))
    report = _report(*(sighting(word, path, chosen=True) for word, path in ((first, "z.py"), (second, "a.py"))))

    assert _statuses(report, known, ["a.py", "z.py"]) == {first.encode(): Status.BASELINED, second.encode(): Status.NEW}


def test_renewed_entries_have_the_paths_of_now() -> None:
    report = _report(sighting(github_token(1), "old.py"), sighting(github_token(2), "removed.py"))
    moved = _report(sighting(github_token(1), "old.py", State.HISTORY), sighting(github_token(1), "new.py"))

    applied = cover.apply(moved, _baseline_of(report), ["new.py"].__contains__)

    assert [(entry.place, entry.path) for entry in applied.renewed[0]] == [(TREE, "new.py"), (HISTORY, "old.py")]
    assert [entry.path for entry in applied.unused] == ["removed.py"]


def test_baselines_with_two_keys_cover_what_both_cover_and_become_one() -> None:
    reports = [_report(sighting(github_token(seed), "a.py")) for seed in range(2)]
    made = [Baseline((bytes([seed]) * 16,), ()) for seed in range(2)]
    entries = tuple(
        entry
        for known, report in zip(made, reports, strict=True)
        for entry in baseline.accepted(known, report.findings[0], "known")
    )
    merged = Baseline((*made[0].keys, *made[1].keys), entries)
    both = _report(*(sighting(github_token(seed), "a.py") for seed in range(2)))

    assert set(_statuses(both, merged, ["a.py"]).values()) == {Status.BASELINED}
    renewed = [entry for each in cover.apply(both, merged, lambda _: True).renewed for entry in each]
    assert set(_statuses(both, Baseline(made[0].keys, tuple(renewed))).values()) == {Status.BASELINED}


def _candidates(word: str) -> Finding:
    (finding,) = findings_of(sighting(word, "a.py", chosen=True))
    return finding


def test_a_list_of_words_cannot_be_tried_against_a_baseline() -> None:
    """RELIABILITY S2: all the attacker has is two baselines made apart, the reports, and a list with the password."""
    made = [baseline.empty(), baseline.empty()]
    seen: dict[str, tuple[object, ...]] = {}
    for word in WORDS:
        finding = _candidates(word)
        written = [baseline.accepted(known, finding, "known")[0].digest for known in made]
        seen[word] = (finding.fingerprint, *written)
    crowd = list(seen.values())

    assert min(crowd.count(seen[word]) for word in WORDS[::100]) >= 20
    sha1 = [hashlib.sha1(word.encode()).hexdigest() for word in WORDS]
    assert max(sha1.count(each) for each in sha1[:10]) == 1, "the control: a plain hash gives each away"


def test_an_exchanged_password_is_not_seen_in_one_of_256_cases() -> None:
    known = baseline.empty()
    digests = [baseline.accepted(known, _candidates(word), "known")[0].digest for word in WORDS]

    pairs = itertools.pairwise(digests)
    assert sum(first == second for first, second in pairs) / len(WORDS) <= 0.006
    assert {len(digest) for digest in digests} == {2}
