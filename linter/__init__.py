"""twlint: a credential hygiene linter. `python -m linter` and the command `twlint` run it; programs call `scan`.

What `__all__` names, and their fields and parameters, stay as they are from one minor version to the next.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Commit",
    "Confidence",
    "Coverage",
    "Error",
    "Finding",
    "Occurrence",
    "Part",
    "Report",
    "Secret",
    "Severity",
    "Skip",
    "SkipKind",
    "State",
    "Status",
    "__version__",
    "scan",
]

__version__ = "0.1.0"

if TYPE_CHECKING:
    from linter.api import scan
    from linter.model import (
        Commit,
        Confidence,
        Coverage,
        Error,
        Finding,
        Occurrence,
        Part,
        Report,
        Secret,
        Severity,
        Skip,
        SkipKind,
        State,
        Status,
    )
else:

    def __getattr__(name: str) -> object:
        """The public name, imported when it is first asked for: `import linter` and `twlint --help` stay fast."""
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(f"module 'linter' has no attribute {name!r}")
        return getattr(import_module("linter.api" if name == "scan" else "linter.model"), name)
