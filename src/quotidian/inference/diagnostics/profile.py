r"""Profiles of the likelihood: the objective as a function of one parameter, minimised over all others.

The 95 % interval ends where the objective is 3.84 above its minimum. Each search starts on the line of the
conditional means, :math:`x_0 + (t/\Sigma_{kk}) \Sigma_{\cdot k}`, with the conditional covariance as inverse
Hessian.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.gradient_fit import FoceiFunction
from quotidian.inference.quasi_newton import minimise

Floats = NDArray[np.float64]
RISE = 3.841458820694124  # 95 % of a chi-squared variable with one degree of freedom
STEPS = (0.98, 1.96, 2.7, 3.6, 5.0)  # in standard errors, until the objective has risen enough


@dataclass(frozen=True, eq=False)
class Profile:
    """A coordinate's profile: places in ascending order, rise of the objective there, and the 95 % interval.

    An end is infinite if the objective does not rise by 3.84 within five standard errors.
    """

    at: Floats
    rise: Floats
    low: float
    high: float

    def mapped(self, scale: Callable[[float], float]) -> Profile:
        """The profile on another, ascending scale."""
        ends = [scale(end) if np.isfinite(end) else end for end in (self.low, self.high)]
        return Profile(np.array([scale(float(x)) for x in self.at]), self.rise, *ends)


def profile(function: FoceiFunction, x: Floats, covariance: Floats, k: int) -> Profile:
    """The profile of coordinate ``k`` about the minimum ``x``, with the covariance of the estimates."""
    lowest = function(x)[0]
    sides = [_side(function, x, covariance, k, sign, lowest) for sign in (-1.0, 1.0)]
    ends = [_end(side) for side in sides]
    points = sorted([*sides[0], (0.0, 0.0), *sides[1]])
    function(x)
    return Profile(
        x[k] + np.array([t for t, _ in points]),
        np.array([r for _, r in points]),
        x[k] + ends[0],
        x[k] + ends[1],
    )


def _side(
    function: FoceiFunction, x: Floats, covariance: Floats, k: int, sign: float, lowest: float
) -> list[tuple[float, float]]:
    """Distance and rise at points on one side."""
    others = np.arange(len(x)) != k
    line = covariance[:, k] / covariance[k, k]
    inner = covariance - np.outer(line, covariance[k])
    inverse = 0.5 * inner[np.ix_(others, others)]
    found = []
    for step in STEPS:
        t = sign * step * float(np.sqrt(covariance[k, k]))
        start = x + t * line

        def fixed(y: Floats, whole: Floats = start) -> tuple[float, Floats]:
            point = whole.copy()
            point[others] = y
            value, slope = function(point)
            return value, slope[others]

        rise = minimise(fixed, start[others], most=30, accuracy=1e-2, inverse=inverse).value - lowest
        found.append((t, max(rise, 0.0)))
        if rise >= RISE:
            break
    return found


def _end(side: list[tuple[float, float]]) -> float:
    """Distance at which the root of the rise, interpolated linearly, is that of 3.84."""
    before = (0.0, 0.0)
    for t, rise in side:
        if rise >= RISE:
            a, b = np.sqrt(before[1]), np.sqrt(rise)
            return float(before[0] + (t - before[0]) * (np.sqrt(RISE) - a) / (b - a))
        before = (t, rise)
    return float(np.sign(side[-1][0]) * np.inf)
