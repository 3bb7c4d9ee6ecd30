"""Comparisons that turn over while a model runs: each is a switch, and its difference is watched.

Between two turns a comparison keeps its truth, so the engine integrates smooth equations: the branch in
force, and no other. ``min``, ``max`` and ``abs`` are continuous and need no switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from quotidian.interchange.affine import Affine, NotAffine
from quotidian.interchange.formula import Apply, Formula, Name, evaluate
from quotidian.interchange.initial_values import Beginnings
from quotidian.interchange.instant import Values
from quotidian.interchange.operations import COMPARISONS

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

    ``sides`` are what it compares, and ``watched`` the name of the observable that is their difference; None
    where only time and constants decide, and the instants are computed.
    """

    name: str
    op: str
    sides: tuple[Formula, Formula]
    watched: str | None

    @property
    def difference(self) -> Formula:
        """Left side less right side."""
        return self.sides[0] - self.sides[1]

    def holds(self, sign: float) -> float:
        """1 or 0, for the sign of the difference."""
        return float(TRUTH[self.op](sign))


@dataclass
class Conditions:
    """Takes turning comparisons out of formulas, and collects them; inner ones stand before outer ones."""

    beginnings: Beginnings
    found: dict[Formula, Condition] = field(default_factory=dict)

    def switched(self, formula: Formula) -> Formula:
        """The same formula with the names of switches for comparisons that turn over."""
        if not isinstance(formula, Apply):
            return formula
        args = tuple(self.switched(a) for a in formula.args)
        if formula.op in COMPARISONS and self._turns(formula):
            return Name(self._condition(formula, args).name)
        return Apply(formula.op, args)

    def _turns(self, comparison: Formula) -> bool:
        reads = self.beginnings.reads(comparison)
        return "time" in reads or bool(reads & self.beginnings.moving)

    def _condition(self, formula: Apply, args: tuple[Formula, ...]) -> Condition:
        if formula not in self.found:
            name = f"when {len(self.found) + 1}"
            states = bool(self.beginnings.reads(formula) & self.beginnings.moving)
            watched = f"difference {len(self.found) + 1}" if states or not self._solvable(formula) else None
            self.found[formula] = Condition(name, formula.op, (args[0], args[1]), watched)
        return self.found[formula]

    def _solvable(self, formula: Apply) -> bool:
        b = self.beginnings
        values = {**b.values, **{name: b.value(name) for name in sorted(b.switched)}}
        try:
            root_and_slope(formula.args, _Lazy(b.rules, values))
        except (NotAffine, TypeError, KeyError, AttributeError):
            return False
        return True


class _Lazy(dict[str, Any]):
    """Values of names, those of rules computed on asking."""

    def __init__(self, rules: Mapping[str, Formula], values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.rules = rules
        self["time"] = Affine(0.0, {"time": 1.0})

    def __missing__(self, name: str) -> Any:
        self[name] = evaluate(self.rules[name], self)
        return self[name]


def root_and_slope(sides: tuple[Formula, ...], values: Mapping[str, Any]) -> tuple[float, float]:
    """When the difference is 0, and its slope in time; infinity where it is never 0.

    Raises NotAffine where time is inside a function.
    """
    left, right = (evaluate(side, values) for side in sides)
    difference = Affine() + left - right
    slope = difference.slopes.get("time", 0.0)
    root = -difference.constant / slope if slope else float("inf")
    return (root if isfinite(root) else float("inf")), slope


def turning_time(condition: Condition, values: Values) -> float:
    """The instant at which a condition on time turns over, for the constants and inputs of an instant."""
    return root_and_slope(condition.sides, _Lazy(values.rules, {**values.constants, **values.held}))[0]


def slope_in_time(condition: Condition, values: Values) -> float:
    """The slope of its difference, whose sign it has just after that instant."""
    return root_and_slope(condition.sides, _Lazy(values.rules, {**values.constants, **values.held}))[1]
