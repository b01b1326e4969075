"""Files in the user's cache folder whose content is checked when they are read; never a secret, never trusted."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

__all__ = ["folder", "read", "write"]

_DIGEST_SIZE = 32


def folder() -> Path:
    """Where this user's cached files stand: `TWLINT_CACHE_DIR`, or `twlint` in the platform's cache folder."""
    if chosen := os.environ.get("TWLINT_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "twlint"


def read(name: str) -> bytes | None:
    """The content written under `name`, or None if there is none, it is damaged, or it is another user's."""
    try:
        with open(folder() / name, "rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            stored = file.read()
    except (OSError, RuntimeError):
        return None
    digest, content = stored[:_DIGEST_SIZE], stored[_DIGEST_SIZE:]
    return content if _digest(content) == digest else None


def write(name: str, content: bytes) -> None:
    """Keep `content` under `name`; a folder that cannot be written is no error, the next run works without it."""
    with contextlib.suppress(OSError, RuntimeError):
        target = folder()
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target, prefix=f".{name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(content) + content)
            os.replace(temporary, target / name)
        except OSError:
            os.unlink(temporary)
            raise


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
