"""Reports as text: one module a format, each with `render(report, show_secrets)`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from linter.model import Report

__all__ = ["NAMES", "Render", "renderer"]

NAMES = ("text", "json", "jsonl")

Render = Callable[[Report, bool], str]
"""Turns a report into the format's text; with True, secrets are shown."""


def renderer(name: str) -> Render:
    """The renderer of the format `name`, one of `NAMES`; its module is imported when it is first needed."""
    render: Render = import_module(f"linter.formats.{name}").render
    return render
