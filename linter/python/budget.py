"""How much work the analysis of one module may cost, counted in steps so that results do not depend on the machine."""

from __future__ import annotations

__all__ = ["STEPS_FLOOR", "STEPS_PER_BYTE", "Budget", "OutOfBudget"]

STEPS_FLOOR = 200_000
STEPS_PER_BYTE = 2
"""Real sources take up to a quarter of a step a byte."""


class OutOfBudget(Exception):
    """The analysis of a module costs more than it may; what was found until then stands."""


class Budget:
    """Steps that are left."""

    __slots__ = ("_left",)

    def __init__(self, size: int) -> None:
        self._left = STEPS_FLOOR + STEPS_PER_BYTE * size

    def spend(self, steps: int = 1) -> None:
        """Take `steps`.

        Raises:
            OutOfBudget: none are left.
        """
        self._left -= steps
        if self._left < 0:
            raise OutOfBudget
