"""The one place that starts git: a repository is read through a sterile git directory and never trusted.

Git runs in an empty bare repository of ours whose object folder is the target's, so that the target's
configuration, hooks, attributes, grafts and replacements are never read; of the target only its objects, its index,
its list of references and its list of shallow commits are used. See "SECURITY" in git(1).
"""

from __future__ import annotations

from linter.git.hooks import hooks_folder
from linter.git.process import Process, Result
from linter.git.sterile import EMPTY_TREE, Reference, Sterile, is_object_id

__all__ = ["EMPTY_TREE", "Process", "Reference", "Result", "Sterile", "hooks_folder", "is_object_id"]
