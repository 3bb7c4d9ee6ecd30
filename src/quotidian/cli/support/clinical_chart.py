"""The clinical chart that ``simulate --plot`` draws: a week untreated, then the regimen, by the hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.cli.support.output import whole_file
from quotidian.errors import UnknownName

if TYPE_CHECKING:
    from quotidian.cli.support.course import Course

PICTURES = (".svg", ".png", ".pdf")
BEFORE_DAYS = 7.0
MOST_POINTS = 6000
"""A chart has no more points a line than this; longer courses are drawn more coarsely."""


def draw(course: Course, path: Path, threads: int | None = None) -> None:
    """Follow the child once more, from a week before the first dose, and draw it.

    Raises OutputError if the disk refuses, InvalidInput for a model that a chart has no place for.
    """
    from quotidian.dosing import describe
    from quotidian.models import DRUGS
    from quotidian.models import model as model_named
    from quotidian.patients.treatment import simulate
    from quotidian.reports.figures.chart import CHARTED, save_chart
    from quotidian.trials.result import ChildChart

    known = model_named(course.model, DRUGS).observables
    names = [name for name in CHARTED if name in known]
    if not names:
        raise UnknownName(
            f"'{course.model}' has nothing that a chart shows.", f"It shows {', '.join(CHARTED)}."
        )
    drawn = [n for n in names if n not in DRUGS or n in course.regimen.drugs]
    run = simulate(
        course.child, course.regimen, model=course.model, days=course.days, from_day=-BEFORE_DAYS,
        every_hours=max(1.0, (course.days + BEFORE_DAYS) * 24.0 / MOST_POINTS), observables=drawn,
        threads=threads, scenario=course.scenario, natural=course.natural,
    )  # fmt: skip
    given = run.doses_given[0]
    doses = tuple((a.time_h / 24.0, a.amount_mg) for a in given if a.drug == "tocilizumab")
    child = ChildChart(
        course.child.label, describe(course.regimen), run.times / 24.0, {n: run[n][0] for n in drawn},
        {n: known[n].unit for n in drawn}, doses,
    )  # fmt: skip
    with whole_file(path) as partial:
        save_chart(child, partial, path.suffix.lower().lstrip("."))
    print(f"Chart: {path}")
