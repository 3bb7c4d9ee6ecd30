"""The clinical chart that ``simulate --plot`` draws: a week untreated, then the regimen, by the hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.errors import UnknownName
from quotidian.reports.files import whole_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotidian.cli.support.course import Course
    from quotidian.cli.support.member_courses import MemberCourses
    from quotidian.cli.support.own_data import Points
    from quotidian.simulation import SimulationResult
    from quotidian.trials.result import ChildChart

PICTURES = (".svg", ".png", ".pdf")
BEFORE_DAYS = 7.0
MOST_POINTS = 6000
"""A chart has no more points a line than this; longer courses are drawn more coarsely."""


def chart_times(course: Course) -> NDArray[np.float64]:
    """Hours at which a chart needs outputs, [time]."""
    from quotidian.simulation import output_hours

    every = max(1.0, (course.days + BEFORE_DAYS) * 24.0 / MOST_POINTS)
    return output_hours(course.days, every, -BEFORE_DAYS)


def chart_names(course: Course) -> tuple[str, ...]:
    """Observables that a chart of the course shows.

    Raises UnknownName for a model that has none of them.
    """
    from quotidian.models import DRUGS
    from quotidian.models import model as model_named
    from quotidian.reports.figures.chart import CHARTED

    known = model_named(course.model, DRUGS).observables
    names = [name for name in CHARTED if name in known]
    if not names:
        raise UnknownName(
            f"'{course.model}' has no observable that the chart can draw.",
            f"The chart draws {', '.join(CHARTED)}.",
        )
    return tuple(name for name in names if name not in DRUGS or name in course.drugs)


def chart_units(course: Course) -> dict[str, str]:
    """The unit of each observable that a chart of the course shows. Raises as :func:`chart_names`."""
    from quotidian.models import observables

    known = observables(course.model)
    return {name: known[name].unit for name in chart_names(course)}


def draw(
    course: Course, result: SimulationResult, path: Path, known: MemberCourses | None = None,
    points: Points | None = None,
) -> None:  # fmt: skip
    """Draw the chart of a result that has the times and observables of a chart; regimens share its panels.

    The intervals ``known`` are shaded where there is one regimen. ``points`` are measurements, drawn as dots.

    Raises OutputError if the disk refuses.
    """
    from quotidian.reports.figures.chart import save_chart
    from quotidian.reports.figures.regimens import save_comparison

    shown = result.part(chart_names(course), chart_times(course))
    spread = None if known is None else known.part(shown.names, shown.times)
    arms = [_arm(course, shown, i, spread) for i in range(len(course.regimens))]
    kind = path.suffix.lower().lstrip(".")
    with whole_file(path) as partial:
        if course.compared or points is not None:
            save_comparison(arms, partial, kind, points)
        else:
            save_chart(arms[0], partial, kind)


def _arm(course: Course, shown: SimulationResult, subject: int, known: MemberCourses | None) -> ChildChart:
    from quotidian.trials.result import ChildChart

    ends = {}
    if known is not None:
        low, high = known.interval
        ends = {name: (low[subject, :, i], high[subject, :, i]) for i, name in enumerate(shown.names)}
    marked = course.drugs if course.compared else {"tocilizumab"}
    given = shown.doses_given[subject]
    return ChildChart(
        course.child.label, course.arms[subject], shown.times / 24.0,
        {name: shown[name][subject] for name in shown.names}, {n: shown.units[n] for n in shown.names},
        tuple((dose.time_h / 24.0, dose.amount_mg) for dose in given if dose.drug in marked),
        ends,
    )  # fmt: skip
