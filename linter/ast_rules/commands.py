"""Literal credentials among the arguments of programs that are started."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from linter import value_score
from linter.ast_rules.judging import by_name
from linter.ast_rules.marks import imports
from linter.credential_names import classify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.python import Module, Value
    from linter.sinks import Sinks

__all__ = ["OPTIONS", "STARTS", "TAKES_P", "Given", "P", "given"]

_LIKELY = 2
_OPTION = re.compile(r"(?:^|\s)--(?P<name>[a-z][\w-]{2,40})[= ](?P<value>[^\s'\"]+)")
_USER = re.compile(r"(?:^|\s)(?:-u|--user)[= ]?['\"]?[^\s:'\"]+:(?P<value>[^\s'\"]+)")
_MYSQL = re.compile(r"(?:^|[\s/])mysql\w*\s(?:.*\s)?-p(?P<quote>['\"]?)(?P<value>[^\s'\"]+)(?P=quote)")
_JOINED = ("mysql", "mariadb", "sshpass", "rabbitmqadmin", "7z")
"""Programs whose option `-p` takes a password that is joined to it."""
_APART = ("sshpass", "rabbitmqadmin")
"""Those of which it may be the next argument; of `mysql` that is the database."""
_LOGS_IN = ("docker", "podman", "nerdctl", "skopeo", "buildah", "oc", "az")
"""Those that take it in either way in their command `login`."""
_SSHPASS = re.compile(r"(?:^|[\s/])sshpass\s+-p\s*['\"]?(?P<value>[^\s'\"]+)")


STARTS = rb"subprocess|os\.system|popen|pexpect|create_subprocess|os\.exec|os\.spawn|pty\.spawn|" + imports(
    ("invoke", "fabric")
)
"""What stands in a source that starts a program."""

OPTIONS = rb"[\"' ](?:-u|--user)|--?[\w-]*(?:passw|pwd|token|secret|key|cred|auth)"
"""An option for a credential."""

TAKES_P = rb"\b(?:" + "|".join(_JOINED).encode() + rb"|(?:" + "|".join(_LOGS_IN).encode() + rb")\b)"
P = rb"[\"'\s]-p"
"""A program that takes a password by `-p`, and that option."""


class Given(NamedTuple):
    """A credential in a command: the text it stands in, where in it, how likely it is, and the option."""

    value: Value
    span: tuple[int, int]
    score: int
    option: str


def given(module: Module, sinks: Sinks) -> Iterator[Given]:
    """Every literal credential in the command of a known way to start a program."""
    for _, call, scope in module.calls_to(sinks.outputs["command"]):
        commands = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "args")]
        for command in commands:
            parts = module.elements(command, scope)
            if parts is None:
                for value in module.values(command, scope):
                    yield from _in_line(value)
            else:
                texts = [module.values(part, where)[:1] for part, where in parts]
                yield from _in_list([text[0] if text else None for text in texts])


def _in_line(value: Value) -> Iterator[Given]:
    for found in _OPTION.finditer(value.text):
        if classify(found["name"]).strength >= _LIKELY:
            score = value_score.score(found["value"], found["name"], chosen=classify(found["name"]).chosen)
            yield from _certain(value, found.span("value"), score, f"--{found['name']}")
    for pattern in (_USER, _MYSQL, _SSHPASS):
        for found in pattern.finditer(value.text):
            score = value_score.score(found["value"], chosen=True)
            yield from _certain(value, found.span("value"), score, "a password")


def _in_list(texts: list[Value | None]) -> Iterator[Given]:
    first = texts[0].text.rpartition("/")[2] if texts and texts[0] is not None else ""
    words = {text.text for text in texts if text is not None}
    logs_in = first in _LOGS_IN and "login" in words
    for option, value in zip([None, *texts], texts, strict=False):
        if value is None:
            continue
        if option is not None and option.text in ("-u", "--user") and ":" in value.text and not value.has_holes:
            start = value.text.index(":") + 1
            score = value_score.score(value.text[start:], chosen=True)
            yield from _certain(value, (start, len(value.text)), score, option.text)
        elif (logs_in or first in _APART) and option is not None and option.text == "-p":
            yield from _certain(value, (0, len(value.text)), value_score.score(value.text, chosen=True), "-p")
        elif (logs_in or first.startswith(_JOINED)) and value.text.startswith("-p") and value.text[2:3] != " ":
            yield from _certain(value, (2, len(value.text)), value_score.score(value.text[2:], chosen=True), "-p")
        elif option is not None and option.text.startswith("--"):
            for judged in by_name(value, option.text):
                yield from _certain(value, judged.span, judged.score, option.text)
        yield from _in_line(value)


def _certain(value: Value, span: tuple[int, int], score: int, option: str) -> Iterator[Given]:
    if score >= _LIKELY:
        yield Given(value, span, score, option)
