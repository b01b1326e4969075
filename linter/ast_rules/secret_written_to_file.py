"""A secret that is written to a file in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good, shown
from linter.ast_rules.exposed import exposing, secret_in
from linter.ast_rules.marks import called
from linter.model import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module

__all__ = ["SecretWrittenToFile"]

_WRITES = frozenset({"open.write", "io.open.write", "codecs.open.write", "os.fdopen.write", "open.writelines"})
_PATH_WRITES = ("pathlib.Path.write_text", "pathlib.Path.write_bytes", "pathlib.Path.open.write")


class SecretWrittenToFile(AstRule):
    """A secret is written to a file: with `write`, `write_text`, or by dumping a dict that holds it.

    Files are copied, backed up and committed. Use a keyring, or a file of mode 0600 outside of the repository.
    """

    id = "secret-written-to-file"
    name = "Secret written to a file"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    sort = Sort.PRACTICE
    advice = "Use a keyring, or a file of mode 0600 outside of the repository."
    examples = bad(
        'with open("creds.txt", "w") as f:\n    f.write(«access_token»)',
        'from pathlib import Path\nPath("tok").write_text(«refresh_token»)',
        'import json\nd = {"access_token": access_token}\nwith open("t.json", "w") as f:\n    json.dump(«d», f)',
    )
    counterexamples = good(
        'with open("a.txt", "w") as f:\n    f.write(report)  # token',
        'from pathlib import Path\nPath("x").write_text(token_type)',
        'import json\njson.dump({"count": n}, f)  # token',
        "sock.write(access_token)",
    )

    @property
    def marks(self) -> Marks:
        """A secret and a way to show it."""
        return exposing(called({"write", "writelines", "write_text", "write_bytes", *self.sinks.outputs["file"]}))

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Writes to files that are known to be such."""
        files = self.sinks.outputs["file"]
        words = {name.rpartition(".")[2] for name in (*_WRITES, *_PATH_WRITES, *files)}
        for name, call, scope in module.calls_ending(words):
            if not (name in _WRITES or name in files or name.endswith(_PATH_WRITES)):
                continue
            found = secret_in(module, call.args[0], scope) if call.args else None
            if found:
                yield self.practice(module, call.args[0], f"{shown(found)} is stored in clear")
