"""Invented credentials, made from parts when a test runs: no file of ours holds a whole one."""

from __future__ import annotations

import random
import string
import zlib

__all__ = ["aws_key_id", "aws_secret", "github_token", "password", "slack_token"]

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE32 = string.ascii_uppercase + "234567"


def _characters(alphabet: str, length: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=length))


def github_token(seed: int = 0) -> str:
    """A classic GitHub token with a right checksum; each `seed` gives another."""
    body = _characters(_BASE62, 30, seed)
    number = zlib.crc32(body.encode())
    check = "".join(_BASE62[number // 62**place % 62] for place in range(5, -1, -1))
    return "gh" + "p_" + body + check


def aws_key_id(seed: int = 0) -> str:
    """An AWS access key id."""
    return "AK" + "IA" + _characters(_BASE32, 16, seed)


def aws_secret(seed: int = 0) -> str:
    """An AWS secret access key: a value without a form of its own."""
    return "aB3" + _characters(_BASE62 + "/+", 37, seed)


def slack_token(seed: int = 0) -> str:
    """A Slack bot token: a fixed prefix and no checksum."""
    numbers = "-".join("1" + _characters(string.digits, 11, seed + place) for place in range(2))
    return f"xox{'b'}-{numbers}-{_characters(_BASE62, 24, seed)}"


def password(seed: int = 0) -> str:
    """A password, as a person chooses it."""
    return f"River{seed}-Maple-{_characters(_BASE62, 4, seed)}"
