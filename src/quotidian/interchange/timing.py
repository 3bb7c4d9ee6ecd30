"""When a condition on time holds: its instants, found exactly, and its truth between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from quotidian.errors import InvalidInput
from quotidian.interchange.affine import Affine, NotAffine
from quotidian.interchange.formula import ARITHMETIC, Apply, Formula, Operations, evaluate, parts, written

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LOGIC = ("and", "or", "xor", "not")
TRUTH: Operations = {
    **ARITHMETIC,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "and": lambda *a: all(a),
    "or": lambda *a: any(a),
    "xor": lambda *a: sum(map(bool, a)) % 2 == 1,
    "not": lambda a: not a,
    "abs": abs,
    "min": min,
    "max": max,
    "piecewise": lambda *a: next((v for v, c in zip(a[::2], a[1::2], strict=False) if c), a[-1]),
}
"""Arithmetic on plain numbers with everything that a condition may hold."""


@dataclass(frozen=True)
class Timeline:
    """Truth at time 0, just after, and in ``steps``: each an instant, the truth at it and after it."""

    at_zero: bool
    after_zero: bool
    steps: tuple[tuple[float, bool, bool], ...]

    def switches(self) -> tuple[tuple[float, bool], ...]:
        """Instants after 0 at which the truth between instants changes, with the new one."""
        found, last = [], self.after_zero
        for time, _, after in self.steps:
            if after != last:
                found.append((time, after))
                last = after
        return tuple(found)

    def rises(self, before: bool) -> tuple[float, ...]:
        """Instants at which it becomes true; ``before`` is what it counts as before time 0."""
        sequence = [(0.0, self.at_zero), (0.0, self.after_zero)]
        sequence += [(time, truth) for time, *both in self.steps for truth in both]
        found, last = [], before
        for time, truth in sequence:
            if truth and not last:
                found.append(time)
            last = truth
        return tuple(found)


def timeline(condition: Formula, values: Mapping[str, float], where: str) -> Timeline:
    """The truth of a condition in which only ``time`` is unknown.

    Raises InvalidInput where time is inside a function, so that its instants cannot be found.
    """
    instants = sorted({t for part in parts(condition) for t in _instants(part, values, where) if t > 0})
    between = [(a + b) / 2 for a, b in zip([0.0, *instants], [*instants, 0.0], strict=True)]
    between[-1] = 2 * instants[-1] if instants else 1.0

    def holds(time: float) -> bool:
        return bool(evaluate(condition, {**values, "time": time}, TRUTH))

    steps = tuple((t, holds(t), holds(later)) for t, later in zip(instants, between[1:], strict=True))
    return Timeline(holds(0.0), holds(between[0]), steps)


def _instants(part: Formula, values: Mapping[str, float], where: str) -> list[float]:
    """When a comparison turns over: the root of its difference."""
    if not (isinstance(part, Apply) and part.op in COMPARISONS):
        return []
    try:
        sides = [evaluate(side, {**values, "time": Affine(0.0, {"time": 1.0})}) for side in part.args]
        difference = Affine() + sides[0] - sides[1]
    except (NotAffine, TypeError, KeyError):
        raise InvalidInput(
            f"The condition {written(part)} of {where} cannot be followed.",
            "Its instants are found by solving it for time, which must stand in it outside functions.",
            "Compare time itself with a constant.",
        ) from None
    slope = difference.slopes.get("time", 0.0)
    root = -difference.constant / slope if slope else float("inf")
    return [root] if isfinite(root) else []
