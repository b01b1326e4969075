"""Which hosts are local: what is sent to them does not cross a network of others."""

from __future__ import annotations

import ipaddress

__all__ = ["is_local"]

_LOCAL_ENDS = (
    ".local",
    ".localhost",
    ".internal",
    ".test",
    ".svc",
    ".cluster.local",
    ".lan",
    ".home",
    ".invalid",
    ".localdomain",
)


def is_local(host: str) -> bool:
    """True for loopback and private addresses, names without a dot, and names of networks that are not public."""
    host = host.lower().strip("[].")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_ENDS)
