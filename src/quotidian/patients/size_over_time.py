"""The size of a child over the years that a run may last: its own SD scores, by the reference.

Weight and height stay at the child's SD scores of day 0 to the end of the reference at 20 years, and then as
they are: an adult keeps its size. This is the size that a prescription sees. Height that disease takes is the
model's to say (``height`` of biology/growth.py); weight is left at its score, since glucocorticoid adds what
disease takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.dosing.person import Person
from quotidian.patients import growth

if TYPE_CHECKING:
    from quotidian.patients.child import Child

Floats = NDArray[np.float64]
DAYS_A_YEAR = 365.25
WEIGHED_EVERY = 84.0
"""Days from one weighing to the next: the weight of a dose is that of the last weighing."""


def weight_over_time(child: Child, days: ArrayLike) -> Floats:
    """Body weight, kg, at each day from day 0, [day]; constant before day 0 and after the 20th birthday."""
    return _over_time("weight", child, child.weight_kg, days)


def height_over_time(child: Child, days: ArrayLike) -> Floats:
    """Height, cm, at each day from day 0 at constant SD score, [day]; constant as the weight is."""
    return _over_time("height", child, child.height_cm, days)


def person_on(child: Child, day: float) -> Person:
    """What a dose given on that day needs to know: the size at the last quarterly weighing."""
    last = WEIGHED_EVERY * np.floor(max(day, 0.0) / WEIGHED_EVERY)
    return Person(
        float(weight_over_time(child, last)),
        child.age_years + day / DAYS_A_YEAR,
        float(height_over_time(child, last)),
    )


def weighings(child: Child, until_day: float) -> tuple[Floats, Floats]:
    """Days of the weighings up to ``until_day`` and the weights, kg: both [weighing], the first on day 0."""
    days = np.arange(0.0, max(until_day, 0.0) + 1e-9, WEIGHED_EVERY)
    return days, weight_over_time(child, days)


def _over_time(measure: str, child: Child, now: float, days: ArrayLike) -> Floats:
    since = np.maximum(np.asarray(days, dtype=np.float64), 0.0)
    ages = np.minimum(child.reference_age + since / DAYS_A_YEAR, growth.OLDEST)
    score = growth.sd_score(measure, child.reference_age, child.sex, now)
    sizes = np.asarray(growth.quantile(measure, ages, child.sex, np.full(ages.shape, score)))
    return np.where(since == 0.0, now, sizes)
