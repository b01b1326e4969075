"""The configuration: where it is found, what it may say, and how its faults are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from linter import config, regular_file
from linter.model import Confidence, Error, Severity

if TYPE_CHECKING:
    from pathlib import Path


def _yaml(folder: Path, text: str) -> Path:
    file = folder / ".twlint.yaml"
    file.write_text(text)
    return file


def _toml(folder: Path, text: str) -> Path:
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


def test_every_key_is_read_from_yaml(tmp_path: Path) -> None:
    file = _yaml(
        tmp_path,
        "select: [aws]\nignore: [aws-access-key-id]\nexclude: ['*.lock']\nrules: [ours.yaml]\n"
        "accept-skips: [took]\nallow-shallow: true\nmin-severity: high\nmin-confidence: low\n",
    )

    assert config.load(file) == config.Config(
        select=("aws",),
        ignore=("aws-access-key-id",),
        exclude=("*.lock",),
        rules=(tmp_path / "ours.yaml",),
        accept_skips=("took",),
        allow_shallow=True,
        min_severity=Severity.HIGH,
        min_confidence=Confidence.LOW,
    )


def test_toml_says_the_same_as_yaml(tmp_path: Path) -> None:
    toml = _toml(tmp_path, '[tool.twlint]\nselect = ["aws"]\nmin-severity = "high"\nallow-shallow = true\n')
    yaml = _yaml(tmp_path, "select: [aws]\nmin-severity: high\nallow-shallow: true\n")

    assert config.load(toml) == config.load(yaml)


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    assert config.load(_yaml(tmp_path, "")) == config.Config()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct: [aws]\n", [":1: ", "unknown key `selct`", "did you mean `select`"]),
        ("\nexclude: vendor\n", [":2: ", "exclude", "Expected `array`"]),
        ("min-severity: severe\n", [":1: ", "min-severity", "severe"]),
        ("allow-shallow: perhaps\n", [":1: ", "allow-shallow"]),
        ("- select\n", [":1: ", "mapping"]),
        ("allow:\n  - paths: [a]\n", [":1: ", "allow", "reason"]),
        ("allow:\n  - reason: x\n", [":2: ", "allow everything"]),
        ("allow:\n  - paths: [a]\n    reason: x\n  - values: '('\n    reason: x\n", [":4: ", "values"]),
        ("allow:\n  - paths: [a]\n    reason: x\n    until: soon\n", ["allow", "date"]),
        ("allow:\n  - path: [a]\n    reason: x\n", ["allow", "`path`"]),
        ("select: [aws]\nselect: [gcp]\n", [":2: ", "twice"]),
        ("select: &a [aws]\nignore: *a\n", [":1: ", "anchors"]),
        ("select: [aws\n", ["not YAML"]),
    ],
)
def test_a_fault_names_file_line_and_mend(text: str, words: list[str], tmp_path: Path) -> None:
    file = _yaml(tmp_path, text)

    with pytest.raises(Error) as raised:
        config.load(file)

    assert str(raised.value).startswith(str(file))
    for word in words:
        assert word in str(raised.value)


def test_broken_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(Error, match="not TOML"):
        config.load(_toml(tmp_path, "[tool.twlint\n"))


def test_a_link_or_a_giant_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("select: [aws]\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    (tmp_path / "giant.yaml").write_bytes(b"# " + b"x" * regular_file.SIZE_LIMIT)

    with pytest.raises(Error, match="regular file"):
        config.load(tmp_path / "link.yaml")
    with pytest.raises(Error, match="larger than"):
        config.load(tmp_path / "giant.yaml")


def test_the_file_is_looked_for_upwards_to_the_root_and_no_further(tmp_path: Path) -> None:
    inner = tmp_path / "root" / "a" / "b"
    inner.mkdir(parents=True)
    _yaml(tmp_path, "select: [aws]\n")
    assert config.find(inner, tmp_path / "root") == (None, None)

    file = _yaml(tmp_path / "root", "select: [aws]\n")
    assert config.find(inner, tmp_path / "root") == (file, None)


def test_yaml_wins_over_toml_and_says_so(tmp_path: Path) -> None:
    _toml(tmp_path, "[tool.twlint]\n")
    yaml = _yaml(tmp_path, "")

    file, notice = config.find(tmp_path, tmp_path)

    assert file == yaml
    assert notice is not None
    assert "pyproject.toml" in notice


def test_a_pyproject_without_the_table_is_no_configuration(tmp_path: Path) -> None:
    _toml(tmp_path, "[tool.other]\n")

    assert config.find(tmp_path, tmp_path) == (None, None)


def test_a_file_adds_to_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "base.yaml").write_text(
        "ignore: [jwt]\nrules: [ours.yaml]\nmin-severity: high\nallow-shallow: true\nseverity: {aws: low, jwt: low}\n"
        "per-path: {'tests/**': {ignore: [aws]}}\nhonour: [gitleaks]\nbaseline: known\n"
    )
    file = _yaml(
        tmp_path,
        "extends: [org/base.yaml]\nignore: [npm]\nmin-severity: info\nseverity: {aws: high}\n"
        "per-path: {'tests/**': {ignore: [gcp]}, 'docs/**': {ignore: [aws]}}\n",
    )

    assert config.load(file) == config.Config(
        extends=(tmp_path / "org" / "base.yaml",),
        ignore=("jwt", "npm"),
        rules=(tmp_path / "org" / "ours.yaml",),
        honour=("gitleaks",),
        severity={"aws": Severity.HIGH, "jwt": Severity.LOW},
        per_path={"tests/**": ("aws", "gcp"), "docs/**": ("aws",)},
        baseline=tmp_path / "org" / "known",
        allow_shallow=True,
        min_severity=Severity.INFO,
    )


def test_an_empty_list_takes_nothing_from_what_is_extended(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("select: [aws]\nrules: [ours.yaml]\n")
    file = _yaml(tmp_path, "extends: [base.yaml]\nselect: []\nrules: []\n")

    assert config.load(file).select == ("aws",)
    assert config.load(file).rules == (tmp_path / "ours.yaml",)


def test_each_value_knows_where_it_comes_from(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text("ignore: [jwt]\nmin-severity: high\nallow-shallow: true\n")
    file = _yaml(tmp_path, "extends: [base.yaml]\nmin-severity: low\nignore: [npm]\n")

    assert config.trace(file).origins == {
        "extends": (f"{file}:1",),
        "ignore": (f"{base}:1", f"{file}:3"),
        "min-severity": (f"{file}:2",),
        "allow-shallow": (f"{base}:3",),
    }


def test_a_table_of_toml_knows_its_line(tmp_path: Path) -> None:
    file = _toml(tmp_path, '[tool.twlint]\nselect = ["aws"]\n\n[tool.twlint.severity]\naws = "low"\n')

    assert config.trace(file).origins == {"select": (f"{file}:2",), "severity": (f"{file}:4",)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: [.twlint.yaml]\n", ["extends itself"]),
        ("extends: [absent.yaml]\n", ["absent.yaml", "cannot be read"]),
        ("extends: ['https://acme.test/twlint.yaml']\n", [":1: ", "only files"]),
        ("\nseverity: {aws: severe}\n", [":2: severity", "severe"]),
        ("per-path: {'tests/**': {ignor: [aws]}}\n", [":1: per-path", "ignor"]),
        ("per-path: {'tests/**': [aws]}\n", [":1: per-path", "Expected `object`"]),
        ("honour: [gitlaeks]\n", [":1: honour", "gitlaeks"]),
    ],
)
def test_a_fault_of_the_newer_keys_is_told(text: str, words: list[str], tmp_path: Path) -> None:
    with pytest.raises(Error) as raised:
        config.load(_yaml(tmp_path, text))

    for word in words:
        assert word in str(raised.value)


def test_files_do_not_extend_one_another_without_end(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number}.yaml").write_text(f"extends: [{number + 1}.yaml]\n")

    with pytest.raises(Error, match="extend one another"):
        config.load(tmp_path / "0.yaml")


def test_the_schema_has_every_key_with_its_meaning() -> None:
    schema = config.schema()

    assert {key.replace("-", "_") for key in schema["properties"]} == set(config.Config.__struct_fields__)
    assert all(described["description"] for described in schema["properties"].values())
    assert schema["additionalProperties"] is False
    assert json.dumps(schema)
