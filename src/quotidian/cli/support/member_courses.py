"""The course of one child with the values of each member of an ensemble: parameter uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.cli.support.console import note
from quotidian.errors import SolverFailed

if TYPE_CHECKING:
    from quotidian.cli.support.course import Course
    from quotidian.evidence import Overlay
    from quotidian.simulation import SimulationResult

Floats = NDArray[np.float64]
CENTRAL = (0.025, 0.975)
KNOWN = (
    "central 95 % over {count} members of the ensemble, from parameter uncertainty alone: the "
    "child is the same in all members."
)


@dataclass(frozen=True)
class MemberCourses:
    """Results of one child, one for each member that could be simulated, at the same times."""

    results: tuple[SimulationResult, ...]

    def part(self, names: Sequence[str], times: Floats) -> MemberCourses:
        """Some observables at some of the times."""
        return self.each(lambda one: one.part(tuple(names), times))

    def each(self, made: Callable[[SimulationResult], SimulationResult]) -> MemberCourses:
        """What is made of the result of each member."""
        return MemberCourses(tuple(made(one) for one in self.results))

    @property
    def values(self) -> Floats:
        """[member, subject, time, observable]; a subject is the child on one of the regimens."""
        return np.stack([one.values for one in self.results])

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """Ends of the central 95 % over members, [subject, time, observable] each."""
        low, high = np.quantile(self.values, CENTRAL, axis=0)
        return low, high

    @property
    def words(self) -> str:
        """What the interval is."""
        return f"In brackets: {KNOWN.format(count=len(self.results))}"

    @property
    def file_words(self) -> str:
        """What the further columns of a table are."""
        return f"Columns low_known and high_known: {KNOWN.format(count=len(self.results))}"


def member_courses(
    course: Course, members: Sequence[Overlay], threads: int | None, times: Floats, names: Sequence[str]
) -> MemberCourses | None:
    """The course with the values of each member; None without members.

    Values that the user set count before those of members. A member with which the solution fails is left
    out, with a note. Raises SolverFailed where more than half fail.
    """
    from quotidian.cli.support.course import run

    results: list[SimulationResult] = []
    failed = 0
    for overlay in members:
        try:
            results.append(run(replace(course, overlay=course.overlay.over(overlay)), threads, times, names))
        except SolverFailed:
            failed += 1
    if 2 * failed > len(members):
        raise SolverFailed(
            f"Only {len(results)} of {len(members)} members gave a complete course of the child.",
            "The solver failed with the values of the others.",
            "Leave out --members.",
        )
    if failed:
        note(f"{failed} of {len(members)} members have no result here and are left out.")
    return MemberCourses(tuple(results)) if results else None
