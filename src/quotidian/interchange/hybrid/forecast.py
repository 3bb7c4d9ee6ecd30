"""Instants known beforehand: where conditions on time turn over, and which outputs they fall on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.turning import slope_in_time, turning_time

SNAP = 1e-13
"""Part of a requested time by which an instant may differ and still be that time: a rounding error or two."""
SAMPLES = 20_000
"""Places of a run at which a condition is read that bends in time (a sine, a remainder): it may turn over
often, and a turn and its return between two of them are not seen."""
HALVINGS = 64


@dataclass
class Forecast:
    """The instants of one run to the last of ``times``."""

    times: NDArray[np.float64]
    _turns: dict[tuple[object, ...], list[float]] = field(default_factory=dict)

    def snapped(self, time: float) -> float:
        """The requested time next to this one, if it is within rounding; else the time itself."""
        if not math.isfinite(time):
            return time
        i = int(np.searchsorted(self.times, time))
        for near in self.times[max(i - 1, 0) : i + 1]:
            if abs(near - time) <= SNAP * abs(time):
                return float(near)
        return time

    def next_turn(self, values: Values) -> float:
        """When the next condition on time turns over; infinity for never."""
        return min((self._next(c, values) for c in values.conditions if c.watched is None), default=math.inf)

    def _next(self, c: Condition, values: Values) -> float:
        if c.solved:
            time = self.snapped(turning_time(c, values))
            return time if time > values.time else math.inf
        return next((t for t in self._found(c, values) if t > values.time), math.inf)

    def due(self, before: Values, later: Values) -> dict[str, float]:
        """Conditions that are level at this instant, whatever rounding makes of their difference."""
        return {
            c.name: 1.0
            for c in later.conditions
            if c.watched is None and c.solved and self.snapped(turning_time(c, before)) == later.time
        }

    def after(self, c: Condition, values: Values) -> float:
        """The sign of a level difference just after the instant; 0 if it stays."""
        if c.solved:
            slope = slope_in_time(c, values)
        else:
            nearby = min([self._next(c, values), float(self.times[-1]) * 2, values.time + 1.0])
            slope = values.at((values.time + nearby) / 2).difference(c)
        return math.copysign(1.0, slope) if slope else 0.0

    def _found(self, c: Condition, values: Values) -> list[float]:
        """Every turn of a condition that bends in time, for the inputs of the instant."""
        key = (c.name, *(values.held[name] for name in c.inputs))
        if key not in self._turns:
            self._turns[key] = list(self._sampled(c, values))
        return self._turns[key]

    def _sampled(self, c: Condition, values: Values) -> list[float]:
        grid = np.linspace(0.0, float(self.times[-1]), SAMPLES + 1).tolist()
        holds = [c.holds(values.at(t).sign(c)) for t in grid]
        found = []
        for low, high, was, now in zip(grid, grid[1:], holds, holds[1:], strict=False):
            if was != now:
                found.append(self._located(c, values, low, high, now))
        return found

    def _located(self, c: Condition, values: Values, low: float, high: float, now: float) -> float:
        """The first double at which it says what it says at ``high``."""
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            if c.holds(values.at(middle).sign(c)) == now:
                high = middle
            else:
                low = middle
        return high
