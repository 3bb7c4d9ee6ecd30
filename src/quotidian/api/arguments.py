"""Arguments that several calls read alike, each refused in words before anything is computed."""

from __future__ import annotations

from quotidian.dosing.durations import hours
from quotidian.errors import InvalidInput


def days_of(weeks: float | str) -> float:
    """Days of a number of weeks, or of a text with its unit such as ``"84 days"``."""
    return hours(weeks) / 24.0 if isinstance(weeks, str) else 7.0 * weeks


def hours_of(every: float | str) -> float:
    """Hours of a number of hours, or of a text with its unit such as ``"1 day"``."""
    return hours(every) if isinstance(every, str) else float(every)


def refuse_not_whole(what: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number from ``least`` to ``most``. Raises InvalidInput."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= (most or value):
        return
    why = f"It is a whole number from {least}" + (f" to {most:,}." if most else ".")
    raise InvalidInput(f"{what}={value!r} is refused.", why, f"Write {what}={max(least, 1)}.")
