"""Turn formulas with branches into arithmetic, since a law has no branch.

What time decides becomes an input that events switch between 0 and 1. What a state decides is kept if the
formula is continuous there (``abs``, ``min``, ``max`` and their spellings as piecewise); a jump at a state
is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from quotidian.errors import InvalidInput
from quotidian.interchange.formula import Apply, Formula, Name, Number, names, written
from quotidian.interchange.initial_values import Beginnings
from quotidian.interchange.timing import timeline

KINK = 1e-300
"""Keeps the derivative of an absolute value finite at 0; it changes no value above 1e-140."""
OPPOSITE = {">": "max", ">=": "max", "<": "min", "<=": "min"}
EXCHANGED = {"max": "min", "min": "max"}


@dataclass(frozen=True)
class Switch:
    """An input that is 1 while a condition holds and 0 else: its start, and (time, value) of each change."""

    name: str
    condition: str
    resting: float
    changes: tuple[tuple[float, float], ...]


@dataclass
class Smoother:
    """Takes the branches out of formulas; collects the switches that stand for them."""

    beginnings: Beginnings
    switches: dict[Formula, Switch] = field(default_factory=dict)

    def smooth(self, formula: Formula, where: str) -> Formula:
        """The same formula without a branch.

        Raises InvalidInput for a piecewise formula that jumps at a state.
        """
        if not isinstance(formula, Apply):
            return formula
        if formula.op == "piecewise":
            return self._pieces(formula.args, where)
        args = tuple(self.smooth(a, where) for a in formula.args)
        if formula.op == "abs":
            return _size(args[0])
        if formula.op in EXCHANGED:
            result = args[0]
            for other in args[1:]:
                result = _extreme(formula.op, result, other)
            return result
        return Apply(formula.op, args)

    def _pieces(self, args: tuple[Formula, ...], where: str) -> Formula:
        if len(args) % 2 == 0:
            raise InvalidInput(
                f"A piecewise formula in {where} says nothing for when none of its conditions holds.",
                f"It is {written(Apply('piecewise', args))[:160]}.",
                "Add the value for otherwise.",
            )
        result = self.smooth(args[-1], where)
        pieces = list(zip(args[:-1:2], args[1::2], strict=True))
        for value, condition in reversed(pieces):
            result = self._choice(condition, self.smooth(value, where), result, where)
        return result

    def _choice(self, condition: Formula, value: Formula, other: Formula, where: str) -> Formula:
        """``value`` while the condition holds, ``other`` else."""
        b = self.beginnings
        full = b.in_full(condition)
        read = {*names(full)}
        if read <= {"time", *b.constants, *b.derived}:
            return self._switched(full, value, other, where)
        if isinstance(condition, Apply) and condition.op in OPPOSITE:
            op, (low, high) = OPPOSITE[condition.op], (self.smooth(a, where) for a in condition.args)
            if (value, other) == (low, high):
                return _extreme(op, low, high)
            if (value, other) == (high, low):
                return _extreme(EXCHANGED[op], low, high)
        raise InvalidInput(
            f"A piecewise formula in {where} jumps where {written(condition)[:120]} turns over.",
            f"It depends on {', '.join(sorted(read & (b.moving | b.switched)))}, of unknown course. "
            "Supported are conditions on time or constants, and pieces that meet: max, min, abs.",
            "Replace the jump by a steep Hill function, or put the instant into the condition.",
        )

    def _switched(self, condition: Formula, value: Formula, other: Formula, where: str) -> Formula:
        course = timeline(condition, self.beginnings.values, where)
        if not course.switches():
            return value if course.after_zero else other
        if condition not in self.switches:
            name = f"when_{len(self.switches) + 1}"
            while name in self.beginnings.quantities:
                name += "_"
            changes = tuple((time, float(truth)) for time, truth in course.switches())
            self.switches[condition] = Switch(name, written(condition), float(course.after_zero), changes)
        on = Name(self.switches[condition].name)
        if other == Number(0.0):
            return on if value == Number(1.0) else on * value
        return on * value + (1 - on) * other


def _size(x: Formula) -> Formula:
    r""":math:`|x| = \sqrt{x^2}`"""
    return Apply("sqrt", (x * x + KINK,))


def _extreme(op: str, a: Formula, b: Formula) -> Formula:
    r""":math:`\max(a, b) = (a + b + |a - b|)/2`; the minimum has a minus."""
    if b == Number(0.0):
        return (a + _size(a)) / 2 if op == "max" else (a - _size(a)) / 2
    return (a + b + _size(a - b)) / 2 if op == "max" else (a + b - _size(a - b)) / 2
