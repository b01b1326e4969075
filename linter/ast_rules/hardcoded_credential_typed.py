"""A password that a program types into a prompt or a form."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from linter.ast_rules.base import AstRule, Sort, bad, good
from linter.ast_rules.judging import by_name, confidence_of
from linter.model import Confidence, Severity
from linter.python.names import dotted
from linter.word_sets import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linter.ast_rules.base import AstCandidate, Marks
    from linter.python import Module, Scope

__all__ = ["HardcodedCredentialTyped"]

_ASKED = re.compile(r"assw(?:or)?d|assphrase|asscode|\bpwd\b|\bpin\b", re.IGNORECASE)
_WAITS = word_set("expect expect_exact read_until recv_until wait_for")
_ANSWERS = word_set("sendline send write sendLine send_command")
_FILLS = word_set("fill type send_keys press_sequentially set_text set_value input_text")
_LEAST = 1
"""The score of a word: what is typed where a password is asked for is one, or the test of a form."""


class HardcodedCredentialTyped(AstRule):
    """A program answers a prompt for a password, or fills a field for one, with a literal.

    Whoever can read the source can log in, and it stays in the history after it was removed. Use a key instead of a
    password, or read it from the environment or a secret store.
    """

    id = "hardcoded-credential-typed"
    name = "Hardcoded credential typed into a prompt"
    severity = Severity.HIGH
    confidence = Confidence.MEDIUM
    sort = Sort.SECRET
    advice = "Log in with a key, or read the password from the environment or a secret store, and change this one."
    rank = 60
    examples = bad(
        'import pexpect\nc = pexpect.spawn("ssh h")\nc.expect("assword:")\nc.sendline("«Zx9!k~Lm2#Qp»")',
        'import telnetlib\nt = telnetlib.Telnet("h")\nt.read_until(b"Password: ")\nt.write(b"«Zx9!k~Lm2#Qp\\n»")',
        'driver.find_element(By.ID, "password").send_keys("«Zx9!k~Lm2#Qp»")',
        'page.fill("#passwd", "«Zx9!k~Lm2#Qp»")',
        'page.get_by_label("Password").fill("«Zx9!k~Lm2#Qp»")',
        'import subprocess\nsubprocess.run(["sudo", "-S", "id"], input="«Zx9!k~Lm2#Qp\\n»")',
    )
    counterexamples = good(
        'import pexpect\nc = pexpect.spawn("ssh h")\nc.expect("assword:")\nc.sendline(password)',
        'import pexpect\nc = pexpect.spawn("ssh h")\nc.expect("assword:")\nc.expect("[$#] ")\nc.sendline("r3boot!")',
        'import pexpect\nc = pexpect.spawn("ssh h")\nc.expect("assword:")\nlog.write("r3boot-n0w!")',
        'driver.find_element(By.ID, "user").send_keys("Zx9!k~Lm2#Qp")',
        'page.fill("#password", "password")',
        'page.fill("#password", "test-password")',
        'page.get_by_label("Password").fill("")',
        'import subprocess\nsubprocess.run(["sudo", "-S", "id"], input=text)',
    )

    @property
    def marks(self) -> Marks:
        """What asks for a password, and a call that types."""
        types = rb"\.(?:" + b"|".join(sorted(name.lower().encode() for name in _ANSWERS | _FILLS)) + rb")\s*\("
        return (rb"assw(?:or)?d|assphrase|asscode|\bpwd\b|\bpin\b", types), (rb"sudo", rb"input\s*=")

    def find(self, module: Module) -> Iterator[AstCandidate]:
        """Answers behind a call that waits for a prompt, fields that are filled, and what `sudo -S` reads."""
        asking: str | None = None
        for call, scope in module.calls:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name in _WAITS:
                asking = _receiver(call) if self._asks(module, call.args[:1], scope) else None
            elif name in _ANSWERS and call.args:
                if asking is not None and asking == _receiver(call):
                    yield from self._typed(module, call.args[0], scope, "prompt for a password")
                    asking = None
            elif name in _FILLS and call.args and self._is_for_a_password(module, call, scope):
                yield from self._typed(module, call.args[-1], scope, "field for a password")
            elif name in ("run", "check_output", "communicate"):
                yield from self._piped(module, call, scope)

    def _is_for_a_password(self, module: Module, call: ast.Call, scope: Scope) -> bool:
        """True if the field is called so, by a selector or by the call that found it."""
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        found_by = receiver.args if isinstance(receiver, ast.Call) else []
        return self._asks(module, [*call.args[:-1], *found_by], scope)

    def _asks(self, module: Module, nodes: list[ast.expr], scope: Scope) -> bool:
        return any(_ASKED.search(value.text) for node in nodes for value in module.values(node, scope))

    def _piped(self, module: Module, call: ast.Call, scope: Scope) -> Iterator[AstCandidate]:
        command = module.elements(call.args[0], scope) if call.args else None
        words = {value.text for node, where in (command or [])[:3] for value in module.values(node, where)}
        if words >= {"sudo", "-S"}:
            for keyword in call.keywords:
                if keyword.arg == "input":
                    yield from self._typed(module, keyword.value, scope, "input of sudo")

    def _typed(self, module: Module, node: ast.expr, scope: Scope, where: str) -> Iterator[AstCandidate]:
        for value in module.values(node, scope):
            line = value.part(0, len(value.text.rstrip("\r\n")))
            for judged in by_name(line, "password", _LEAST):
                confidence = min(confidence_of(judged.score), self.confidence)
                yield from self.secret(line, judged.span, confidence, (where, judged.evidence), chosen=True)


def _receiver(call: ast.Call) -> str | None:
    """What a method is called of, as it is written; None for what has no name."""
    return dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
