"""The clock that all simulations share: hour 0 is midnight of the day of the first dose."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing.durations import exact

FIRST_DOSE_HOUR = 9.0
"""Clock time of the first dose, h, on day 0."""
RUN_IN_DAYS = 28
"""Days of untreated disease before day 0, in which the start values are forgotten."""
Floats = NDArray[np.float64]
LARGEST = 2**53
"""Whole numbers up to this are doubles, so that their quotient is rounded once."""


def output_count(days: float, every_hours: float = 1.0, from_day: float = 0.0) -> int:
    """How many outputs :func:`output_hours` gives."""
    return points(from_day * 24.0, days * 24.0, every_hours)


def output_hours(days: float, every_hours: float = 1.0, from_day: float = 0.0) -> Floats:
    """Hours of the outputs, [time]: every so many hours (h) from ``from_day`` up to ``days`` (day)."""
    return grid(from_day * 24.0, days * 24.0, every_hours)


def points(start: float, end: float, step: float) -> int:
    """How many points :func:`grid` has."""
    return int((exact(end) - exact(start)) // exact(step)) + 1


def grid(start: float, end: float, step: float) -> Floats:
    """Times from ``start`` by ``step`` up to ``end``, [time].

    The grid is one of fractions, :math:`(a + k p) / q` with whole numbers, each rounded once: the last point
    is there, and one that falls on a dose is at its very instant.
    """
    first, each, count = exact(start), exact(step), points(start, end, step)
    q = math.lcm(first.denominator, each.denominator)
    a, p = int(first * q), int(each * q)
    if q > LARGEST or abs(a) + count * p > LARGEST:
        return np.array([(a + k * p) / q for k in range(count)])
    return (a + np.arange(count, dtype=np.int64) * p) / q
