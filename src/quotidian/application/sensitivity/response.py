"""One child on one regimen as a function of the values of the ledger, with its exact derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quotidian.application.sensitivity.outcome import CourseOutcome
from quotidian.engine import CompiledModel, Directions
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.evidence.overlay import entries, full_name
from quotidian.network.model import model_entries
from quotidian.simulation import DosingEvent, SimulationRequest, compiled_model, dosing_events, planned_doses

Floats = NDArray[np.float64]
STEP = 1e-4
"""Relative step at which the parameters of the model are read from the ledger; they are nearly always
proportional to it."""


@dataclass(frozen=True)
class Response:
    """A request for one subject, and the outcome that is read from its course.

    ``base`` holds values of the ledger that are set for all runs.
    """

    request: SimulationRequest
    outcome: CourseOutcome
    base: Overlay = NO_OVERLAY

    @cached_property
    def model(self) -> CompiledModel:
        """The compiled model with the drugs of the regimen."""
        own = self.request
        return compiled_model(own.model, own.regimens[0].drugs, own.scenario)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Full names of the entries that move the course: of the model's laws, without the child's own."""
        own = self.request.subjects
        stated = {*own.covariates, *(n for n, column in own.values.items() if column[0] is not None)}
        found = {full_name(e): n for n, e in model_entries(self.model.model).items() if n not in stated}
        return tuple(name for name in found if name in entries())

    def table(self, overlay: Overlay) -> Floats:
        """The parameters of the model with values of the ledger, [parameter]."""
        return np.asarray(self.request.subjects.table(self.model, overlay.over(self.base))[0])

    def values(
        self, overlays: Sequence[Overlay], threads: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Floats:  # fmt: skip
        """The outcome with each overlay, [overlay]. Raises SolverFailed for a course without an end."""
        table = np.stack([self.table(overlay) for overlay in overlays])
        run = self.model.run(
            table, self.request.times, events=self.model.events([self._events] * len(overlays)),
            observables=(self.outcome.observable,), start=self._start, end=self.request.end_h,
            threads=threads, progress=progress,
        )  # fmt: skip
        if run.failures:
            raise SolverFailed(
                f"{len(run.failures)} of {len(overlays)} courses could not be simulated to the end.",
                f"The first failed because {run.failures[0].reason}.",
                "Choose fewer parameters, or those with narrower ranges.",
            )
        return self.outcome.of(self.request.times, run.values[:, :, 0])

    def elasticities(self, names: Sequence[str], threads: int | None = None) -> tuple[float, Floats]:
        r"""The outcome y, and :math:`\partial y / \partial \ln x` for each entry x, [name].

        The engine differentiates the course exactly in the direction in which the entry, and what is tied to
        it, moves the parameters of the model.
        """
        typical = self.table(NO_OVERLAY)
        seeds = np.stack([self._direction(name) for name in names])
        found = self.model.run_with_sensitivities(
            typical[None], self.request.times, with_respect_to=Directions(tuple(names), seeds),
            events=self.model.events([self._events]), observables=(self.outcome.observable,),
            start=self._start, end=self.request.end_h, threads=threads,
        )  # fmt: skip
        for failure in found.failures:
            raise SolverFailed(
                "The course has no derivative.", f"The solver reports: {failure.reason}.",
                "Use a global method, such as --method morris.",
            )  # fmt: skip
        course = found.outcome.values[0, :, 0]
        w = self.outcome.weights(self.request.times, course)
        return float(course @ w), found.values[0, :, :, 0] @ w

    def _direction(self, name: str) -> Floats:
        """Derivative of the parameters of the model by the logarithm of an entry, [parameter]."""
        value = self.base.by_name.get(name, entries()[name].value)
        high, low = (self.table(Overlay.of({name: value * (1.0 + h)})) for h in (STEP, -STEP))
        return (high - low) / (2.0 * STEP)

    @cached_property
    def _events(self) -> list[DosingEvent]:
        own = self.request
        doses = planned_doses(own.subjects.persons[0], own.regimens[0], own.end_h, own.first_dose_h)
        return dosing_events(doses, own.subjects.antibody_threshold(0), self.base)

    @property
    def _start(self) -> float:
        return -self.request.run_in_days * 24.0


def checked_names(response: Response, wanted: Sequence[str]) -> tuple[str, ...]:
    """Entries that the course reads and of which a name begins with one of ``wanted``; all for none.

    A beginning may leave out the folder: ``tocilizumab`` means ``drugs.tocilizumab``. Raises InvalidInput for
    one that fits no entry.
    """
    if not wanted:
        return response.names
    found: dict[str, None] = {}
    for beginning in wanted:
        own = [n for n in response.names if _begins(n, beginning.strip())]
        if not own:
            raise InvalidInput(
                f"No value on which the course depends begins with '{beginning}'.",
                f"It depends on {len(response.names)} values of the ledger, of its equations and drugs.",
                "Give the beginning of a name, such as tocilizumab or biology.fever.",
            )
        found |= dict.fromkeys(own)
    return tuple(found)


def _begins(name: str, beginning: str) -> bool:
    return any(
        full == beginning or full.startswith(f"{beginning}.") for full in (name, name.partition(".")[2])
    )
