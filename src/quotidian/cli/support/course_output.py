"""What ``simulate`` writes of a course: its table into a file, or a summary on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.cli.support.console import note
from quotidian.reports.files import STDOUT
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.cli.support.course import Course
    from quotidian.cli.support.member_courses import MemberCourses
    from quotidian.simulation import SimulationResult


def deliver(
    course: Course, result: SimulationResult, output: Path | None, known: MemberCourses | None = None
) -> None:
    """Write the table to a file, or its summary to the screen; then what it is. ``known`` adds intervals."""
    names = tuple(course.observables)
    if output is None:
        from quotidian.cli.support.text_summary import show

        spread = None if known is None else known.part(names, course.hourly)
        values = None if spread is None else spread.values
        show(result.part(names, course.hourly), course.observables, course.titles, values)
        said = [] if known is None else [known.words]
        print("\n".join([f"{course.words}.", *said, *course.marks, RESEARCH_USE]))
        return
    from quotidian.cli.support import time_series

    table = _table(course, result)
    labels = tuple(course.regimens) if course.compared else ()
    ends = None if known is None else known.each(lambda one: _table(course, one)).interval
    time_series.write(output, table, dict(table.units), labels, ends)
    say, place = (note, "standard output") if output == STDOUT else (print, str(output))
    rows = course.rows * len(course.regimens)
    said = [] if known is None else [known.file_words]
    say("\n".join([f"{course.words}; {rows} rows to {place}.", *said, *course.marks, RESEARCH_USE]))


def _table(course: Course, result: SimulationResult) -> SimulationResult:
    """What a file holds of a result: its outputs, or the summaries of its days."""
    from quotidian.simulation.daily import summarised

    table = result.part(tuple(course.observables), course.times)
    return summarised(table, course.daily) if course.daily else table
