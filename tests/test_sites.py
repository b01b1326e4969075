"""Sites are told by their paths and lines; every example of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter import rule_files
from linter.model import Error
from linter.sites import Site, SiteExample, Sites, builtin, parse

FILES = sorted((rule_files.builtin_folder() / "sites").glob("*.yaml"))
SITES = parse(rule_files.read_files(FILES))


def _site(**changes: str) -> str:
    fields = {"id": "a", "name": "b", "advice": "c", "examples": "[]", "counterexamples": "[]", "paths": "[x]"}
    lines = [f"{key}: {value}" for key, value in {**fields, **changes}.items() if value]
    return "- " + "\n  ".join(lines) + "\n"


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(site, example, id=f"{site.id}-{number}")
        for site in SITES
        for number, example in enumerate(getattr(site, kind))
    ]


@pytest.mark.parametrize(("site", "example"), _cases("examples"))
def test_an_example_is_told(site: Site, example: SiteExample) -> None:
    assert builtin().of(example.path, example.line) == site


@pytest.mark.parametrize(("site", "example"), _cases("counterexamples"))
def test_a_counterexample_is_not_told(site: Site, example: SiteExample) -> None:
    assert Sites([site]).of(example.path, example.line) is None


def test_a_site_has_advice_and_both_kinds_of_examples() -> None:
    assert SITES
    for site in SITES:
        assert site.advice.endswith((".", ".)"))
        assert site.examples
        assert site.counterexamples


def test_a_path_that_is_no_text_has_no_site_of_its_own() -> None:
    assert builtin().of("\udcff/.env", "").id == "environment-file"  # type: ignore[union-attr]
    assert builtin().of("\udcff", "") is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a: b\n", "s.yaml:1: a file of sites is a list"),
        (_site(name=""), "s.yaml:1: .*missing required field `name`"),
        (_site(colour="red"), "s.yaml:1: .*unknown field `colour`"),
        (_site(paths=""), "s.yaml:1: a: needs `paths` or `line`"),
        (_site(line="'('"), "s.yaml:1: missing"),
    ],
)
def test_a_broken_site_is_told_by_file_and_line(content: str, fault: str) -> None:
    with pytest.raises(Error, match=fault):
        parse([(Path("s.yaml"), content.encode())])
