"""`python -m linter`: the same as the command `twlint`."""

import sys

if __name__ == "__main__":
    # The current folder is the scanned one's, and may hold modules of its own that must not be imported.
    sys.path[:] = [entry for entry in sys.path if entry]
    if sys.path and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from linter.cli import run

    run()
