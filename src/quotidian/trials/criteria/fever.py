"""Fever charts: days with fever, and periods without fever."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.criteria.checks import refuse

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEVER = 37.5
"""degC; a reading at or above it is fever (absence of fever in TENDER, US label of Actemra, section 14)."""

_MOMENT = (
    1e-6  # days (a tenth of a second), so that rounding does not move a reading across the edge of a window
)


def fever_days(
    readings: ArrayLike, days: ArrayLike, at_day: float, window_days: int, threshold: float = FEVER
) -> NDArray[np.int64]:
    """Number of days in the window with any reading at or above the threshold.

    The window (at_day - window_days, at_day] excludes its start and includes its end. Its days are counted
    back from at_day and have the same kind of ends.

    Parameters
    ----------
    readings : temperatures, (children, times), degC; a reading outside the window may be missing.
    days : when they were taken, (times,), days; every day of the window has at least one.
    at_day : end of the window, day.
    window_days : its length, whole days from 1.
    threshold : degC.

    Returns
    -------
    Days with fever, (children,), 0 to window_days.

    Raises
    ------
    InvalidInput for a day without a reading, a missing reading (with the children), or shapes that disagree.
    """
    readings, days = np.asarray(readings, dtype=np.float64), np.asarray(days, dtype=np.float64)
    if readings.ndim != 2 or days.shape != readings.shape[1:] or window_days < 1 or window_days % 1:
        raise InvalidInput(
            "The fever chart cannot be used.",
            f"Readings {readings.shape} must be (children, times), days {days.shape} must be (times,), "
            f"and the window ({window_days} days) whole days from 1.",
            "Give one row per child and one column per reading.",
        )
    febrile = np.empty((readings.shape[0], int(window_days)), dtype=bool)
    for back in range(int(window_days)):
        end = at_day - back
        taken = (days > end - 1.0 + _MOMENT) & (days <= end + _MOMENT)
        febrile[:, back] = _day(readings[:, taken], end) >= threshold
    return np.asarray(febrile.sum(axis=1), dtype=np.int64)


def no_fever(
    readings: ArrayLike, days: ArrayLike, at_day: float, window_days: int, threshold: float = FEVER
) -> Bools:
    """Absence of fever: no reading at or above the threshold in (at_day - window_days, at_day].

    TENDER has two windows: 7 days in the primary endpoint, 14 days in the analysis of systemic features
    (US label of Actemra, section 14). Arguments and errors as in `fever_days`; result (children,).
    """
    return np.asarray(fever_days(readings, days, at_day, window_days, threshold) == 0)


def _day(readings: Floats, end: float) -> Floats:
    """Highest reading of one day, (children,), none of it missing."""
    if readings.shape[1] == 0:
        raise InvalidInput(
            f"The fever chart has no reading in the day that ends at day {end:g}.",
            "Absence of fever requires a reading on every day of the window.",
            "Record the temperature at least once a day, or choose a later day or a shorter window.",
        )
    refuse(
        ~np.all(np.isfinite(readings), axis=1), f"The fever chart lacks a reading in the day to day {end:g}"
    )
    return np.asarray(readings.max(axis=1))
