"""Endpoints of growth: velocity, and height as SD score of the reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.patients import growth
from quotidian.trials.criteria.checks import stack, truth

Floats = NDArray[np.float64]
WEEKS_A_YEAR = 365.25 / 7.0


def height_velocity(before: ArrayLike, now: ArrayLike, weeks: float) -> Floats:
    """Height velocity over a number of weeks, cm/year, (children,): gain in height divided by time."""
    a, b = stack({"before": before, "now": now}, ("before", "now"), "Height velocity")
    return np.asarray((b - a) * WEEKS_A_YEAR / weeks)


def height_sds(height: ArrayLike, age: ArrayLike, female: ArrayLike) -> Floats:
    """SD score of height (cm) for age (years) and sex, CDC 2000 (`patients.growth`), (children,)."""
    tall, old = stack({"height": height, "age": age}, ("height", "age"), "Height SD score")
    sex = np.where(truth(female, "Female sex"), "female", "male")
    return np.asarray(growth.sd_score("height", old, sex, tall))
