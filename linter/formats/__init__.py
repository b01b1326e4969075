"""Reports as text: one module a format, each with `render`, imported when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from linter.model import Report

__all__ = ["NAMES", "SHOW_SECRETS", "Render", "renderer"]

SHOW_SECRETS = ("text", "json", "jsonl")
"""The formats that show secrets where that is asked for; their `render` takes `show_secrets` as well."""

NAMES = (*SHOW_SECRETS, "sarif", "gitlab", "github", "junit", "csv", "markdown")

Render = Callable[[Report, bool], str]
"""Turns a report into the format's text; with True, secrets are shown by the formats that can."""


def renderer(name: str) -> Render:
    """The renderer of the format `name`, one of `NAMES`."""
    module = import_module(f"linter.formats.{name}")
    if name in SHOW_SECRETS:
        render: Render = module.render
        return render
    return lambda report, _: str(module.render(report))
