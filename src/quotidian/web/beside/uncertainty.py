"""The uncertainty band: the child of the page with the values of each member of the ensemble."""

from __future__ import annotations

import numpy as np

from quotidian.application.learning.knowledge import member_overlays
from quotidian.drugs.catalogue import regimen
from quotidian.patients.treatment import simulate
from quotidian.simulation import SimulationResult
from quotidian.web.beside.band import CENTRAL, LONGEST_WEEKS, Band
from quotidian.web.chart_panels import SHOWN_LINES
from quotidian.web.simulations import MODEL, Floats, holding, solved_for, warm
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

MEMBERS = 40
KNOWN: Shelf[ChildState, Band] = Shelf(4)
WORDS = (
    f"Uncertainty band, with an edge: the central {100 * CENTRAL:.0f} % of this child with each of {MEMBERS} "
    "members of the ensemble, which are sets of values of the model that the published results leave "
    "plausible."
)


def uncertainty_of(state: ChildState) -> Band:
    """The courses of the child with each member, stored or simulated; none for a simulation that is too long.

    A member whose solution failed is left out. Raises the errors of a simulation, and InvalidInput for an
    ensemble that cannot be used with the present ledger.
    """
    if state.weeks > LONGEST_WEEKS:
        return {}
    return KNOWN.or_make(state.numbers, lambda: _courses(state))


def _courses(state: ChildState) -> Band:
    first, last = state.span
    plans = {letter: regimen(text) for letter, text in state.regimens.items()}
    held = holding(drug for plan in plans.values() for drug in plan.drugs)
    warm(held)
    runs = [
        simulate(
            [state.child] * len(plans), list(plans.values()), model=MODEL, days=last, from_day=first,
            every_hours=state.every_hours, observables=solved_for(held), threads=1, natural=state.natural,
            drugs=held, narrow=True, overlay=overlay,
        )
        for overlay in member_overlays(MEMBERS)
    ]  # fmt: skip
    return {
        letter: {name: _together(runs, i, name) for name in (*sorted(plan.drugs), *SHOWN_LINES)}
        for i, (letter, plan) in enumerate(plans.items())
    }


def _together(runs: list[SimulationResult], subject: int, name: str) -> Floats:
    """The courses of one regimen, [member, time]."""
    kept = [run[name][subject] for run in runs if run.status[subject] == 0]
    return np.array(kept).astype(np.float32)
