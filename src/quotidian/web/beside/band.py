"""The population band: children of the age, sex and size of the page whose other traits are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from quotidian.drugs.catalogue import regimen
from quotidian.patients.child import Child
from quotidian.patients.patient_table import PatientTable
from quotidian.patients.population import draw_table
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams
from quotidian.web.chart_panels import SHOWN_LINES
from quotidian.web.simulations import MODEL, Floats, holding, solved_for, warm
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

CHILDREN, CENTRAL, SEED = 40, 0.8, 1
LONGEST_WEEKS = 52
"""Longest simulation with a band; a longer one would occupy the server for too long."""
Band = Mapping[str, Mapping[str, Floats]]
"""Courses [child, time] by the letter of the regimen and by observable."""
BANDS: Shelf[ChildState, Band] = Shelf(4)
WORDS = (
    f"Population band: the central {100 * CENTRAL:.0f} % of {CHILDREN} virtual children of this age, sex, "
    "weight and height. Their severity, disease, receptor and drug parameters are sampled as for candidates "
    "of a trial, before screening."
)
IN_LONG_VIEWS = (
    " In long views a band summarises each day as the line does, and the daily range is not drawn."
)
TOO_LONG = f"There is no band for more than {LONGEST_WEEKS} weeks: choose a shorter simulation."


def band_of(state: ChildState) -> Band:
    """The courses of all children of the band, stored or simulated; none for a simulation that is too long.

    A child whose solution failed is left out. Raises the errors of a simulation.
    """
    if state.weeks > LONGEST_WEEKS:
        return {}
    return BANDS.or_make(replace(state.numbers, severity=1.0), lambda: _courses(state))


def _courses(state: ChildState) -> Band:
    first, last = state.span
    children = alike(state.child)
    found: dict[str, dict[str, Floats]] = {}
    for letter, text in state.regimens.items():
        plan = regimen(text)
        held = holding(plan.drugs)
        warm(held)
        names = (*sorted(plan.drugs), *SHOWN_LINES)
        run = simulate(
            children, plan, model=MODEL, days=last, from_day=first, every_hours=state.every_hours,
            observables=solved_for(held), threads=1, natural=state.natural, drugs=held, narrow=True,
        )  # fmt: skip
        kept = run.status == 0
        found[letter] = {name: run[name][kept].astype(np.float32) for name in names}
    return found


def alike(child: Child) -> PatientTable:
    """Children of the population with the age, sex and size of this one.

    Those who have been ill for longer than its life are passed over.
    """
    drawn = draw_table(Streams(SEED), 0, range(20 * CHILDREN))
    own = drawn.chosen(np.flatnonzero(drawn.duration_years <= child.age_years)[:CHILDREN])
    same = np.ones(len(own))
    return replace(
        own, age_years=child.age_years * same, sex=np.full(len(own), child.sex),
        weight_kg=child.weight_kg * same, height_cm=child.height_cm * same, target_height_z=np.nan * same,
    )  # fmt: skip


def limits(courses: Floats | None) -> tuple[Floats, ...]:
    """The lower and the upper end of the central part of children at each time; nothing without children."""
    if courses is None:
        return ()
    tail = (1.0 - CENTRAL) / 2.0
    low, high = np.quantile(courses, [tail, 1.0 - tail], axis=0)
    return low, high
