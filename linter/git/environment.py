"""The environment in which git runs nothing of a target and reads nothing of this machine's configuration."""

from __future__ import annotations

import os

__all__ = ["OPTIONS", "VARIABLES"]

VARIABLES = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ADVICE": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_GLOB_PATHSPECS": "0",
    "GIT_ICASE_PATHSPECS": "0",
    "GIT_NAMESPACE": "",
    # The empty name is no file: git would warn of any that it can open.
    "GIT_GRAFT_FILE": "",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_EXTERNAL_DIFF": "",
    "GIT_TRACE": "0",
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE_SETUP": "0",
}
OPTIONS = (
    "-c",
    "core.commitGraph=false",
    "-c",
    "core.multiPackIndex=false",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.packedGitWindowSize=64m",
    "-c",
    "core.packedGitLimit=256m",
)
