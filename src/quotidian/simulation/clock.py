"""The clock that all simulations share: hour 0 is midnight of the day of the first dose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST_DOSE_HOUR = 9.0
"""Clock time of the first dose, h, on day 0."""
RUN_IN_DAYS = 28
"""Days of untreated disease before day 0, in which the start values are forgotten."""


def output_hours(days: float, every_hours: float = 1.0, from_day: float = 0.0) -> NDArray[np.float64]:
    """Hours of the outputs, [time]: every so many hours (h) from ``from_day`` up to ``days`` (day)."""
    span = days * 24.0 - from_day * 24.0
    steps = np.arange(0, int(np.floor(span / every_hours + 1e-9)) + 1, dtype=np.float64)
    return from_day * 24.0 + steps * every_hours
