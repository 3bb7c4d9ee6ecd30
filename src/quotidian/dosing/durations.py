"""Lengths of time: read from text, kept in hours, and written in words."""

from __future__ import annotations

import math
from fractions import Fraction

from quotidian.errors import RegimenError
from quotidian.units import quantity

MINUTE = 1 / 60
HOUR = 1.0
DAY = 24.0
YEAR = 365.25 * DAY
LIFETIME = 100 * YEAR

FINEST, ROUNDING = 360_000, 1e-12
"""Parts of an hour that a length of time can be written in, and the relative error of converting units."""
TICK = 1e-6
"""Two times closer than this (hours; 3.6 ms) count as one, because sums of binary fractions are not exact."""


def hours(text: str) -> float:
    """A length of time in hours: ``hours("2 week") == 336.0``.

    Raises
    ------
    InvalidQuantity : the text is not a length of time.
    """
    return float(exact(quantity(text, "hour")))


def exact(hours: float) -> Fraction:
    """The length of time that a number of hours stands for: 10 min is 1/6 h, whatever its binary digits.

    Fractions of an hour down to 10 ms count where the number is one up to rounding; any other is itself.
    """
    simple = Fraction(hours).limit_denominator(FINEST)
    return simple if abs(float(simple) - hours) <= ROUNDING * abs(hours) else Fraction(hours)


def between(value_h: float, low_h: float, high_h: float, what: str, example: str) -> None:
    """Refuse a length of time that is not a number of hours from ``low_h`` to ``high_h``.

    Raises
    ------
    RegimenError : outside the range, infinite or not a number.
    """
    if not (low_h <= value_h <= high_h and math.isfinite(value_h)):
        raise RegimenError(
            f"{what} of {in_words(value_h)} is refused.",
            f"It must lie from {in_words(low_h)} to {in_words(high_h)}.",
            f"Write for example {example}.",
        )


def in_words(value_h: float) -> str:
    """A length of time in words: ``30 minutes``, ``1 hour``, ``14 days``."""
    if value_h != 0.0 and abs(value_h) < HOUR:
        return _counted(value_h / MINUTE, "minute")
    if value_h != 0.0 and value_h % YEAR == 0.0:
        return _counted(value_h / YEAR, "year")
    if value_h != 0.0 and value_h % DAY == 0.0:
        return _counted(value_h / DAY, "day")
    return _counted(value_h, "hour")


def moment(value_h: float) -> str:
    """A point in time in words: ``day 84``, or ``hour 36`` where it is not a whole number of days."""
    return f"day {value_h / DAY:g}" if value_h % DAY == 0.0 else f"hour {value_h:g}"


def _counted(number: float, noun: str) -> str:
    digits = f"{number:g}"
    return f"{digits} {noun}" + ("" if digits == "1" else "s")
