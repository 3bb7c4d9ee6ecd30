"""The clock that all simulations share: hour 0 is midnight of the day of the first dose."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing.durations import exact

FIRST_DOSE_HOUR = 9.0
"""Clock time of the first dose, h, on day 0."""
RUN_IN_DAYS = 28
"""Days of untreated disease before day 0, in which the effect of the start values vanishes."""
Floats = NDArray[np.float64]
LARGEST = 2**53
"""Whole numbers up to this are doubles, so that their quotient is rounded once."""


def output_count(days: float, every_hours: float = 1.0, from_day: float = 0.0) -> int:
    """Number of outputs of :func:`output_hours`."""
    return points(from_day * 24.0, days * 24.0, every_hours)


def output_hours(days: float, every_hours: float = 1.0, from_day: float = 0.0) -> Floats:
    """Output times, h, [time]: every ``every_hours`` (h) from ``from_day`` up to ``days`` (day)."""
    return grid(from_day * 24.0, days * 24.0, every_hours)


def points(start: float, end: float, step: float) -> int:
    """Number of points of :func:`grid`."""
    return int((exact(end) - exact(start)) // exact(step)) + 1


def grid(start: float, end: float, step: float) -> Floats:
    """Times from ``start`` by ``step`` up to ``end``, [time].

    Each time is a fraction :math:`(a + k p) / q` of whole numbers, rounded once. The last point is therefore
    included, and a point at the time of a dose has exactly that time.
    """
    first, each, count = exact(start), exact(step), points(start, end, step)
    q = math.lcm(first.denominator, each.denominator)
    a, p = int(first * q), int(each * q)
    if q > LARGEST or abs(a) + count * p > LARGEST:
        return np.array([(a + k * p) / q for k in range(count)])
    return (a + np.arange(count, dtype=np.int64) * p) / q
