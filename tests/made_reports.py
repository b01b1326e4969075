"""Reports made by hand: one finding in one file, and what a test changes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from linter.model import (
    Confidence,
    Coverage,
    Finding,
    Frame,
    Guidance,
    Occurrence,
    Report,
    Secret,
    Severity,
    State,
    Status,
)

__all__ = ["finding", "report"]


def finding(**changes: Any) -> Finding:
    """A finding, with these fields of it and of its guidance changed."""
    guidance = {name: changes.pop(name) for name in ("advice", "rotate", "references") if name in changes}
    fields: dict[str, Any] = {
        "rule": "acme-key",
        "name": "Acme key",
        "severity": Severity.HIGH,
        "confidence": Confidence.HIGH,
        "evidence": ("form: fixed prefix",),
        "secret": Secret(b"acme_7h2kq9x4mz1v", prefix="acme_"),
        "fingerprint": "00",
        "occurrences": (Occurrence("a.py", 1, 1, 1, 18, State.WORKTREE),),
        "frame": Frame(1, ("key = …",)),
        "state": State.WORKTREE,
        "status": Status.NEW,
        "status_reason": "",
        "introduced": None,
        "guidance": replace(Guidance("Revoke the key."), **guidance),
    }
    return Finding(**{**fields, **changes})


def report(**changes: Any) -> Report:
    """A complete report of that finding alone."""
    return Report((finding(**changes),), Coverage(files=1), ())
