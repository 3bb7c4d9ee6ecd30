"""The outcome of a course as one number: an observable and how its course is summarised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.models import observables

Floats = NDArray[np.float64]
SUMMARIES: Mapping[str, str] = {
    "end": "mean of the last day",
    "mean": "mean of the course",
    "max": "highest of the course",
    "min": "lowest of the course",
    "auc": "area under the course",
}
"""How a course is summarised, in words."""


@dataclass(frozen=True)
class CourseOutcome:
    """An observable, and a key of ``SUMMARIES``."""

    observable: str
    summary: str
    unit: str

    @property
    def words(self) -> str:
        """``crp, mean of the last day``."""
        return f"{self.observable}, {SUMMARIES[self.summary]}"

    def weights(self, hours: Floats, course: Floats) -> Floats:
        """The row w, [time], with which the outcome is :math:`w \\cdot v`, v the values of ``course``.

        Those of the highest and the lowest value pick it, so that :math:`w \\cdot \\dot v` is the derivative.
        """
        if self.summary in ("max", "min"):
            place = int(np.argmax(course) if self.summary == "max" else np.argmin(course))
            return np.asarray(np.eye(1, len(hours), place)[0])
        w = _trapezium(hours / 24.0)
        if self.summary == "end":
            w = np.where(hours >= hours[-1] - 24.0 - 1e-9, 1.0, 0.0)
        return w if self.summary == "auc" else w / w.sum()

    def of(self, hours: Floats, courses: Floats) -> Floats:
        """The outcome of each row of ``courses`` [row, time]."""
        if self.summary in ("max", "min"):
            return np.asarray(courses.max(axis=1) if self.summary == "max" else courses.min(axis=1))
        return np.asarray(courses @ self.weights(hours, courses[0]))


def _trapezium(days: Floats) -> Floats:
    """Weights of the trapezoidal rule over these days."""
    step = np.diff(days)
    return np.asarray(0.5 * (np.append(step, 0.0) + np.append(0.0, step)))


def course_outcome(text: str, model: str) -> CourseOutcome:
    """Read ``crp`` or ``crp:mean``. Raises UnknownName for an observable or a summary that there is not."""
    name, colon, summary = (part.strip() for part in text.partition(":"))
    known = observables(model)
    if name not in known:
        raise UnknownName(f"There is no observable '{name}' in {model}.", closest(name, known), "")
    if colon and summary not in SUMMARIES:
        raise UnknownName(f"'{summary}' is not a summary of a course.", closest(summary, SUMMARIES), "")
    unit = known[name].unit
    if summary == "auc":
        unit = "day" if unit == "1" else f"{unit}*day"
    return CourseOutcome(name, summary or "end", unit)


def refuse_zero(outcome: CourseOutcome, value: float) -> None:
    """Refuse an outcome of zero, which has no elasticity. Raises InvalidInput."""
    if value == 0.0:
        raise InvalidInput(
            f"{outcome.words}, is zero.",
            "An elasticity is a relative change, which is undefined at zero.",
            "Choose another outcome, or give a regimen that changes it.",
        )
