"""Into which sign a difference moves that is 0: judged along the rates, over a step that changes little."""

from __future__ import annotations

import math

from quotidian.interchange.formula import evaluate
from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.system import STILL, System

LITTLE = 1e-6
"""Part of the run, and of the size of each state, that the step covers at most."""
STILL_ZERO = 1e-13
"""Part of its sides by which a difference must move to count as moving: rounding is a thousandth of it."""


def direction(system: System, c: Condition, after: Values, at: Values, span: float) -> float:
    r"""The sign of :math:`g(t + h, y + h \dot y) - g(t, y)`; 0 if it does not move.

    ``after`` has the signs for which the rates :math:`\dot y` are taken, ``at`` those of the instant.
    """
    rates = {name: float(evaluate(f, after)) for name, f in system.rates.items() if name != STILL}
    speeds = [abs(r) / (abs(after[name]) + system.sizes[name]) for name, r in rates.items()]
    fastest = max((s for s in speeds if math.isfinite(s)), default=0.0)
    h = LITTLE * min(span, 1.0 / fastest if fastest else math.inf)
    states = {name: after[name] + h * r for name, r in rates.items()}
    later = after.at(after.time + h, states, after.signs)
    moved = later.difference(c) - at.difference(c)
    size = max(abs(float(evaluate(side, after))) for side in c.sides)
    if math.isfinite(moved) and abs(moved) > STILL_ZERO * max(size, 1e-300):
        return math.copysign(1.0, moved)
    return 0.0
