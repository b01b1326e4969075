"""What reads each format: schemas, other programs, and the steps of services, for any report."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree

import jsonschema
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifModel
from sarif.sarif_file import SarifFile

from linter import formats
from linter.formats.text import printable
from linter.formats.wording import links, relative

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from linter.model import Report

SCHEMAS = os.environ.get("TWLINT_SCHEMAS")
"""A folder with the official schemas, which are not ours to ship: `sarif-schema-2.1.0.json` (OASIS),
`secret-detection-report-format.json` (GitLab) and `junit-10.xsd` (Jenkins' xUnit plugin). What is there is used."""

TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {
        **{key: {"type": "string", "minLength": 1} for key in ("id", "name", "version")},
        "vendor": {"type": "object", "required": ["name"]},
    },
}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
LINK = {"type": "string", "pattern": "^(https?|ftp)://.+"}
FILLED = {"type": "string", "minLength": 1}
GITLAB = {
    "type": "object",
    "required": ["scan", "version", "vulnerabilities"],
    "properties": {
        "version": {"const": "15.0.7"},
        "scan": {
            "type": "object",
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "analyzer": TOOL,
                "scanner": TOOL,
                "start_time": TIME,
                "end_time": TIME,
                "status": {"enum": ["success", "failure"]},
                "type": {"const": "secret_detection"},
                "messages": {
                    "type": "array",
                    "items": {
                        "required": ["level", "value"],
                        "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": FILLED},
                    },
                },
            },
        },
        "vulnerabilities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": FILLED,
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1048576},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "solution": {"type": "string", "maxLength": 7000},
                    "identifiers": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 20,
                        "items": {
                            "required": ["type", "name", "value"],
                            "properties": {"type": FILLED, "name": FILLED, "value": FILLED, "url": LINK},
                        },
                    },
                    "links": {"type": "array", "items": {"required": ["url"], "properties": {"url": LINK}}},
                    "details": {
                        "type": "object",
                        "additionalProperties": {
                            "required": ["name", "type", "items"],
                            "properties": {
                                "name": FILLED,
                                "type": {"const": "list"},
                                "items": {
                                    "items": {
                                        "required": ["type", "file_name", "line_start"],
                                        "properties": {
                                            "type": {"const": "file-location"},
                                            "file_name": FILLED,
                                            "line_start": {"type": "integer"},
                                        },
                                    }
                                },
                            },
                        },
                    },
                    "location": {
                        "type": "object",
                        "required": ["commit"],
                        "properties": {
                            "file": {"type": "string"},
                            "start_line": {"type": "number"},
                            "end_line": {"type": "number"},
                            "commit": {"type": "object", "required": ["sha"], "properties": {"sha": FILLED}},
                        },
                    },
                    "raw_source_code_extract": {"type": "string"},
                },
            },
        },
    },
}
"""What GitLab documents of the report, version 15.0.7, for the fields that we write."""


def official(name: str) -> Path | None:
    """The official schema of this name, if there is a folder with it."""
    file = Path(SCHEMAS, name) if SCHEMAS else None
    return file if file and file.exists() else None


def validator(name: str) -> Any:
    """What checks a document against an official JSON schema; None where it is not there."""
    file = official(name)
    if file is None:
        return None
    schema = json.loads(file.read_bytes())
    return jsonschema.validators.validator_for(schema)(schema)


OWN_GITLAB = jsonschema.Draft7Validator(GITLAB)
OFFICIAL = {name: validator(name) for name in ("sarif-schema-2.1.0.json", "secret-detection-report-format.json")}


def check_sarif(report: Report, text: str) -> None:
    document = json.loads(text)
    SarifModel.model_validate(document)
    if OFFICIAL["sarif-schema-2.1.0.json"]:
        OFFICIAL["sarif-schema-2.1.0.json"].validate(document)
    (run,) = document["runs"]
    assert run["invocations"][0]["executionSuccessful"] is report.coverage.complete
    assert len(run["results"]) == len(report.findings)
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    uris = [each["uri"] for each in _artifacts(run)]
    for uri in uris:
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert uri.isascii()
        assert not uri.startswith("/")
    known = {relative(path).encode("utf-8", "surrogateescape") for path in _paths(report)}
    assert {unquote_to_bytes(uri) for uri in uris} <= known
    assert len(SarifFile("a.sarif", document, datetime(2031, 1, 1, tzinfo=timezone.utc)).get_records()) == len(
        report.findings
    )


def _artifacts(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "uri" in value:
            yield value
        for each in value.values():
            yield from _artifacts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _artifacts(each)


def _paths(report: Report) -> set[str]:
    return {each.path for finding in report.findings for each in finding.occurrences} | {
        skip.path for skip in report.coverage.skipped
    }


def check_gitlab(report: Report, text: str) -> None:
    document = json.loads(text)
    OWN_GITLAB.validate(document)
    if OFFICIAL["secret-detection-report-format.json"]:
        OFFICIAL["secret-detection-report-format.json"].validate(document)
    assert len(document["vulnerabilities"]) == len(report.new())
    assert (document["scan"]["status"] == "success") is report.coverage.complete


def check_github(report: Report, text: str) -> None:
    """By the steps of the runner: lines, then command, properties and data, each unescaped."""
    lines = re.split("\r\n|\r|\n", text.removesuffix("\n"))
    shown = []
    for line in lines:
        found = re.fullmatch("::(error|warning|notice) ([^:]*)::(.*)", line)
        assert found, line
        properties = dict(part.split("=", 1) for part in found[2].split(","))
        assert set(properties) <= {"title", "file", "line", "endLine", "col", "endColumn"}
        shown.append((found[1], properties))
    assert max(Counter(name for name, _ in shown).values()) <= 10
    titles = Counter(printable(finding.name) for finding in report.new())
    annotated = Counter(_unescaped(properties["title"]) for _, properties in shown)
    assert not titles - annotated
    assert all(properties["file"] for _, properties in shown if "file" in properties)


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")


def check_junit(report: Report, text: str) -> None:
    suites = ElementTree.fromstring(text)
    if (schema := official("junit-10.xsd")) is not None:
        from lxml import etree

        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(text.encode()))
    (suite,) = JUnitXml.fromstring(text.encode())
    new = len(report.new())
    assert (suite.tests, suite.failures, suite.skipped) == (len(report.findings) + 1, new, len(report.findings) - new)
    assert suite.errors == (not report.coverage.complete)
    names = [case.get("name") for case in suites.iter("testcase")]
    wanted = [finding.occurrences[0] for finding in report.findings]
    assert names[1:] == [printable(f"{each.path}:{each.line}:{each.column}") for each in wanted]


def check_csv(report: Report, text: str) -> None:
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(rows) == len(report.findings) + len(report.coverage.skipped)
    assert text.count("\r\n") == len(rows) + 1
    for row in rows:
        assert len(row) == len(head)
        for cell in row:
            for part in (cell, *re.split('[;,|"\t]', cell)):
                assert (
                    not re.match("[\\s'\"]*[=+\\-@\uff1d]", part) or "'" in part[: len(part) - len(part.lstrip("'\" "))]
                )


def check_markdown(report: Report, text: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    tokens += [child for token in tokens for child in token.children or []]
    kinds = Counter(token.type for token in tokens)
    forbidden = {"html_block", "html_inline", "image", "table_open", "fence", "code_block", "s_open", "em_open", "hr"}
    assert not forbidden & set(kinds)
    known = {link for finding in report.findings for link in links(finding)}
    assert {token.attrs["href"] for token in tokens if token.type == "link_open"} <= known
    assert kinds["heading_open"] == 1 + len({(each.severity, each.rule) for each in report.new()})
    places = {f"{each.path}:{each.line}:{each.column}" for each in (new.occurrences[0] for new in report.new())}
    spans = [token.content for token in tokens if token.type == "code_inline"]
    assert {printable(place).strip() for place in places} <= {span.strip() for span in spans}


def check_json(report: Report, text: str) -> None:
    assert len(json.loads(text)["findings"]) == len(report.findings)


def check_jsonl(report: Report, text: str) -> None:
    assert len([json.loads(line) for line in text.removesuffix("\n").split("\n")]) == len(report.findings) + 1


def check_text(report: Report, text: str) -> None:
    assert ("INCOMPLETE" in text) or report.coverage.complete


STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]")
CHECKS: dict[str, Callable[[Report, str], None]] = {name: globals()[f"check_{name}"] for name in formats.NAMES}
