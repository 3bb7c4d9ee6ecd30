"""The request of a simulation as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.engine import Tolerance
from quotidian.errors import ImplausibleChild, RegimenError
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.simulation.clock import FIRST_DOSE_HOUR, RUN_IN_DAYS
from quotidian.simulation.dosing_events import DosingEvent
from quotidian.simulation.subjects import Subjects

Start: TypeAlias = Literal["run-in", "periodic"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulationRequest:
    """Subjects from untreated disease before day 0 to ``end_h`` (h) after it.

    Parameters
    ----------
    subjects, regimens : the subjects, and one regimen for all or one for each.
    times : [time] hours of the outputs, ascending, from midnight of day 0; negative hours show the untreated
        run-in. end_h : end of the simulation, h; doses are given before it.
    model, scenario : names; ``scenario`` is one set of alternative values, or several joined by ``+``.
    drugs : drugs in the model besides those given, so that one compiled model serves many regimens.
    observables : names; None for all of the model's and of the drugs given. An observable of a drug that a
        subject does not receive is 0.
    narrow : solve only the laws on which ``observables`` depend, which is two to three times as fast for a
        few of them. The solver then takes other steps, so that digits depend on what is asked for, within
        the tolerance.
    background : events independent of treatment, such as flares: one list for each subject, or none.
    first_dose_h : start of the regimens, h.
    start : "run-in" integrates ``run_in_days`` from the model's start values; "periodic" begins at the
        periodic steady state of untreated disease (:mod:`quotidian.simulation.settled_disease`), which
        also holds for slow pools.
    tolerance : None for the engine's own. overlay : values of the ledger that replace those of the files.

    Raises ImplausibleChild without a subject, RegimenError for another number of regimens than of subjects.
    """

    subjects: Subjects
    regimens: tuple[Regimen, ...]
    times: NDArray[np.float64]
    end_h: float
    model: str = "sjia"
    scenario: str = ""
    drugs: frozenset[str] = frozenset()
    observables: tuple[str, ...] | None = None
    background: tuple[tuple[DosingEvent, ...], ...] = ()
    first_dose_h: float = FIRST_DOSE_HOUR
    run_in_days: int = RUN_IN_DAYS
    start: Start = "run-in"
    narrow: bool = False
    tolerance: Tolerance | None = None
    overlay: Overlay = NO_OVERLAY

    def __post_init__(self) -> None:
        if not len(self.subjects):
            raise ImplausibleChild("There is no child to simulate.", "", "Give at least one.")
        if len(self.regimens) not in (1, len(self.subjects)):
            raise RegimenError(
                f"There are {len(self.regimens)} regimens for {len(self.subjects)} children.",
                "Each child has one regimen, or all have the same.",
                "Give one regimen, or as many as children.",
            )

    @property
    def regimen_of_each(self) -> tuple[Regimen, ...]:
        """[subject]."""
        return self.regimens * len(self.subjects) if len(self.regimens) == 1 else self.regimens
