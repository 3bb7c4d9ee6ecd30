"""When a condition on time turns over, solved exactly."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from quotidian.interchange.formula import Formula, evaluate
from quotidian.interchange.hybrid.affine import Affine
from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.instant import Values


class _Lazy(dict[str, Any]):
    """Values of names, those of rules computed on asking."""

    def __init__(self, rules: Mapping[str, Formula], values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.rules = rules
        self["time"] = Affine(0.0, {"time": 1.0})

    def __missing__(self, name: str) -> Any:
        self[name] = evaluate(self.rules[name], self)
        return self[name]


def root_and_slope(
    sides: tuple[Formula, ...], rules: Mapping[str, Formula], values: Mapping[str, float]
) -> tuple[float, float]:
    """When the difference is 0, and its slope in time; infinity where it is never 0.

    Raises NotAffine where time is inside a function.
    """
    known = _Lazy(rules, values)
    left, right = (evaluate(side, known) for side in sides)
    difference = Affine() + left - right
    slope = difference.slopes.get("time", 0.0)
    root = -difference.constant / slope if slope else float("inf")
    return (root if isfinite(root) else float("inf")), slope


def turning_time(condition: Condition, values: Values) -> float:
    """The instant at which a condition on time turns over, for the constants and inputs of an instant."""
    return root_and_slope(condition.sides, values.rules, {**values.constants, **values.held})[0]


def slope_in_time(condition: Condition, values: Values) -> float:
    """The slope of its difference, whose sign it has just after that instant."""
    return root_and_slope(condition.sides, values.rules, {**values.constants, **values.held})[1]
