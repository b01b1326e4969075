"""Archives, containers and documents: what is in them, in memory and within limits; no path is ever written."""

from linter.sources.archives.kinds import among
from linter.sources.archives.limits import Memory
from linter.sources.archives.opened import MARK, Opened

__all__ = ["MARK", "Memory", "Opened", "among"]
