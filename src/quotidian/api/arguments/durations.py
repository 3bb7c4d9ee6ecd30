"""Lengths of time as callers give them, in days and hours."""

from __future__ import annotations

from quotidian.dosing.durations import hours


def days_of(weeks: float | str) -> float:
    """Days of a number of weeks, or of a text with its unit such as ``"84 days"``."""
    return hours(weeks) / 24.0 if isinstance(weeks, str) else 7.0 * weeks


def hours_of(every: float | str) -> float:
    """Hours of a number of hours, or of a text with its unit such as ``"1 day"``."""
    return hours(every) if isinstance(every, str) else float(every)
