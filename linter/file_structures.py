"""Checks of whole files, for rules on paths: whether the content is of the kind that the path says.

Each check is given the content, of a large one the first megabytes. It returns the evidence, short sentences that
never hold a secret, or None when the file is harmless. Each credential that a rule on content knows is told by that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from linter import credential_names, value_score

__all__ = ["FILE_STRUCTURES", "FileCheck"]

FileCheck = Callable[[bytes], "tuple[str, ...] | None"]

_SURE_NAME, _PLAUSIBLE_VALUE = 2, 2

_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+|set[ \t]+)?["']?([A-Za-z][\w.-]{0,79})["']?[ \t]*[:=][ \t]*"""
    r"""(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'#][^\s#]*))""",
    re.MULTILINE,
)
_ENCRYPTED = re.compile(r"encrypted:|ENC\[|AGE-|vault:|\$ANSIBLE_VAULT")
# PKCS #12 (RFC 7292): a sequence whose first member is the version, 3. The others: the sources of the JDK
# (JavaKeyStore, JceKeyStore), of Bouncy Castle (BcKeyStoreSpi) and of KeePass.
_KEY_STORES = {
    "PKCS #12": re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x80)\x02\x01\x03\x30", re.DOTALL),
    "Java key store": re.compile(rb"\xfe\xed\xfe\xed\x00\x00\x00[\x01\x02]"),
    "JCE key store": re.compile(rb"\xce\xce\xce\xce\x00\x00\x00[\x01\x02]"),
    "Bouncy Castle key store": re.compile(rb"\x00\x00\x00[\x01\x02]\x00\x00\x00\x14"),
    "KeePass database": re.compile(rb"\x03\xd9\xa2\x9a[\x65-\x67]\xfb\x4b\xb5"),
}
# The heads that the JVM, Windows (full dumps of a process and of the system) and Redis write.
_DUMPS = {
    "dump of a Java heap": re.compile(rb"JAVA PROFILE 1\.0"),
    "dump of a process": re.compile(rb"MDMP|PAGEDU(?:MP|64)|\x7fELF..{11}(?:\x04\x00|\x00\x04)", re.DOTALL),
    "dump of a Redis database": re.compile(rb"REDIS\d{4}"),
}
_STATE = re.compile(rb'"terraform_version"\s*:')
_RESOURCE = re.compile(rb'"(?:resources"\s*:\s*\[\s*\{|resources"\s*:\s*\{\s*"|outputs"\s*:\s*\{\s*")')
_RAILS_KEY = re.compile(rb"\s*[0-9a-f]{32}(?:[0-9a-f]{32})?\s*")


def named_values(content: bytes) -> tuple[str, ...] | None:
    """Values that may be live, under names that mean a credential, in an environment file or one like it."""
    found = 0
    for name, *values in _ASSIGNMENT.findall(content.decode("utf-8", "replace")):
        named, value = credential_names.classify(name), "".join(values)
        if named.strength < _SURE_NAME or _ENCRYPTED.match(value):
            continue
        found += value_score.score(value, name, chosen=named.chosen) >= _PLAUSIBLE_VALUE
    return (f"names and values: {found} of credentials",) if found else None


def key_store(content: bytes) -> tuple[str, ...] | None:
    """A store of keys, by its first bytes."""
    return _headed(_KEY_STORES, content)


def memory_dump(content: bytes) -> tuple[str, ...] | None:
    """What a program had in its memory, by its first bytes."""
    return _headed(_DUMPS, content)


def terraform_state(content: bytes) -> tuple[str, ...] | None:
    """State of Terraform that has resources or outputs (developer.hashicorp.com/terraform/language/state)."""
    is_state = _STATE.search(content) is not None and _RESOURCE.search(content) is not None
    return ("structure: state with resources",) if is_state else None


def rails_key(content: bytes) -> tuple[str, ...] | None:
    """A key of Rails' encrypted credentials: 16 or 32 bytes in hexadecimal digits, and nothing else."""
    is_key = _RAILS_KEY.fullmatch(content) is not None and len(set(content.strip())) > 6
    return ("structure: a key in hexadecimal digits",) if is_key else None


def _headed(heads: Mapping[str, re.Pattern[bytes]], content: bytes) -> tuple[str, ...] | None:
    return next(((f"structure: {kind}",) for kind, head in heads.items() if head.match(content)), None)


FILE_STRUCTURES: Mapping[str, FileCheck] = {
    "key-store": key_store,
    "memory-dump": memory_dump,
    "named-values": named_values,
    "rails-key": rails_key,
    "terraform-state": terraform_state,
}
