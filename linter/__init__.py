"""twlint: a credential hygiene linter. `python -m linter` and the command `twlint` run it."""

__version__ = "0.1.0"
