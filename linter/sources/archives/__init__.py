"""Archives, containers and documents: what is in them, in memory and within limits; no path is ever written."""

from linter.sources.archives.kinds import MARK, among
from linter.sources.archives.limits import Memory

__all__ = ["MARK", "Memory", "among"]
