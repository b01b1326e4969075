"""What runs in the process that examines a share of a scan (linter.helper)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from linter import matcher
from linter.model import Secret, restored_secret
from linter.other_process import answer
from linter.slices import Slice, Workshop
from linter.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from linter.slices import Outcome, Settings
    from linter.sources.errand import Errand

__all__ = ["serve"]


def serve() -> None:
    """Examine what is asked for; the main function of the process."""
    answer(_begun, {Secret: _with_value})


def _begun(settings: Settings) -> Callable[[Errand], tuple[Outcome, object]]:
    """What runs errands.

    Raises:
        SystemExit: nothing was compiled before; that is for one process to do.
    """
    engine = matcher.ready(settings.rules)
    if engine is None:
        raise SystemExit(1)
    workshop = Workshop(settings, engine, Stop())
    slices: dict[bool, Slice] = {}

    def run(errand: Errand) -> tuple[Outcome, object]:
        if errand.is_past not in slices:
            slices[errand.is_past] = Slice(workshop, is_past=errand.is_past)
        each = slices[errand.is_past]
        for batch in errand.batches():
            each.examine(batch, errand.opened)
        return each.outcome(), errand.unread

    return run


def _with_value(secret: Secret) -> tuple[Callable[..., Secret], tuple[bytes | None, str, int | None]]:
    """How a secret goes to the process that asked, which is to know it; no other pickle holds one."""
    with contextlib.suppress(ValueError):
        return restored_secret, (secret.reveal(), secret.redacted, secret.length)
    return restored_secret, (None, secret.redacted, secret.length)
