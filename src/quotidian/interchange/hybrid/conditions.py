"""A comparison that turns over while a model runs."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.interchange.formula import Formula

TRUTH = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
}
"""What a comparison says for the sign of its difference."""


@dataclass(frozen=True)
class Condition:
    """One comparison: ``name`` is the input that is 1 while it holds.

    ``sides`` are what it compares. ``watched`` is the name of the observable that is their difference, where
    a state decides; None where only time, constants and ``inputs`` do: then the instants are computed, by
    solving for time where it is ``solved``, else by searching.
    """

    name: str
    op: str
    sides: tuple[Formula, Formula]
    watched: str | None
    solved: bool = True
    inputs: tuple[str, ...] = ()

    @property
    def difference(self) -> Formula:
        """Left side less right side."""
        return self.sides[0] - self.sides[1]

    def holds(self, sign: float) -> float:
        """1 or 0, for the sign of the difference."""
        return float(TRUTH[self.op](sign))
