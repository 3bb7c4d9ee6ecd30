"""The table that ``simulate --exposure`` shows: a row for each dosing interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.cli.support.console import console
from quotidian.errors import InvalidInput
from quotidian.reports.files import STDOUT
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.table import Table

    from quotidian.cli.support.course import Course
    from quotidian.simulation import SimulationResult
    from quotidian.simulation.exposure import DosingInterval

MOST_ROWS = 14
"""A longer table shows its first rows and its last ones, half each."""
COLUMNS: tuple[tuple[str, Callable[[DosingInterval], object]], ...] = (
    ("dose", lambda x: str(x.dose)),
    ("day", lambda x: x.start_h / 24.0),
    ("amount\nmg", lambda x: x.amount_mg),
    ("Cmax\n{unit}", lambda x: x.cmax),
    ("after\nh", lambda x: x.tmax_h),
    ("Ctrough\n{unit}", lambda x: x.ctrough),
    ("Cavg\n{unit}", lambda x: x.cavg),
    ("AUC\n{unit}*day", lambda x: x.auc),
    ("accumulation\nof AUC", lambda x: x.accumulation),
)


def exposure_drugs(course: Course) -> tuple[str, ...]:
    """Drugs of the regimen with a concentration in the model. Raises InvalidInput for none."""
    from quotidian.models import observables

    known = observables(course.model)
    found = tuple(sorted(name for name in course.drugs if name in known))
    if not found:
        raise InvalidInput(
            "There is no exposure to show.",
            "No regimen gives a drug whose concentration the model contains.",
            "Add --regimen, such as --regimen tocilizumab-iv, or leave out --exposure.",
        )
    return found


def exposure_times(course: Course) -> NDArray[np.float64]:
    """Hours at which peaks and troughs are seen, [time]."""
    import numpy as np

    from quotidian.simulation import planned_doses
    from quotidian.simulation.exposure import sampling_hours

    end, who = course.days * 24.0, course.child.person
    given = [planned_doses(who, regimen, end) for regimen in course.regimens.values()]
    return np.unique(np.concatenate([sampling_hours(doses, end) for doses in given]))


def show_exposure(course: Course, result: SimulationResult, output: Path | None) -> None:
    """Print a table for each regimen and drug of a result that has the times and drugs of an exposure.

    It goes to standard error where the course goes to standard output.
    """
    to = console(stderr=output == STDOUT)
    for i, regimen in enumerate(course.regimens.values()):
        given = regimen.drugs.intersection(exposure_drugs(course))
        for drug in sorted(given):
            after = f": {course.arms[i]}" if course.compared else ""
            to.print(_table(result, i, drug, f"Exposure to {drug}{after}"))
    if output is None:
        print("\n".join([f"{course.words}.", *course.marks, RESEARCH_USE]))


def _table(result: SimulationResult, subject: int, drug: str, title: str) -> Table:
    from rich.table import Table

    from quotidian.simulation.exposure import dosing_intervals

    found = dosing_intervals(result.times, result[drug][subject], result.doses_given[subject], drug)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for head, _ in COLUMNS:
        table.add_column(head.format(unit=result.units[drug]), justify="right")
    for row in _shown(found):
        table.add_row(*(_cell(value(row)) if row else "..." for _, value in COLUMNS))
    return table


def _shown(found: Sequence[DosingInterval]) -> Iterator[DosingInterval | None]:
    """All rows, or the first and the last of them with None between."""
    if len(found) <= MOST_ROWS:
        yield from found
        return
    yield from found[: MOST_ROWS // 2]
    yield None
    yield from found[-(MOST_ROWS // 2) :]


def _cell(value: object) -> str:
    from quotidian.reports.wording import significant

    return "-" if value is None else significant(value, 3) if isinstance(value, float) else str(value)
