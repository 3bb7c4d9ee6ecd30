"""Incidence of macrophage activation syndrome in a cohort, and how often the criteria recognise it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.engine import CompiledModel, Outcome
from quotidian.errors import InvalidInput
from quotidian.patients.child import Child
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.patients.natural_history import History, histories
from quotidian.patients.population import TYPICAL, PatientPopulation, draw
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import DosingEvent, compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.mas_cohort import SIGNS, MasCohort
from quotidian.trials.conduct.mas_history import LEAD_DAYS
from quotidian.trials.conduct.participants import EVENING, TRIAL_TOLERANCE

Floats = NDArray[np.float64]
__all__ = ["SIGNS", "MasCohort", "follow_mas"]


def follow_mas(
    regimen: Regimen,
    children: int,
    days: int,
    streams: Streams,
    *,
    replicate: int = 0,
    kind: str = "persistent",
    signs: tuple[str, ...] = SIGNS,
    population: PatientPopulation = TYPICAL,
    course: dict[str, float] | None = None,
    machine: CompiledModel | None = None,
    threads: int | None = None,
) -> MasCohort:
    """Draw children with their flares and infections, leave out those with MAS before day 0, treat the rest.

    Parameters
    ----------
    kind : of course, a key of ``patients.natural_history.KINDS``.
    population : whom the children are drawn from.
    course : replaces entries of the ledger of courses, such as rate and size of infections and flares.
    machine : another model than "sjia" with the regimen's drugs.
    streams, replicate : arms that share them share their children, flares and infections.

    Raises InvalidInput if nobody is at risk, and whatever the regimen refuses a child.
    """
    m = machine or compiled_model("sjia", regimen.drugs)
    n, end = np.arange(children), days * 24.0
    drawn_children = draw(streams, replicate, n.tolist(), population)
    drawn = histories(
        streams, replicate, n.tolist(), LEAD_DAYS + days, kind, course, from_day=float(-LEAD_DAYS)
    )
    doses = [treatment_events(child, regimen, end) for child in drawn_children]
    lead = _evenings(
        m,
        drawn_children,
        drawn,
        [[] for _ in drawn_children],
        -LEAD_DAYS,
        0,
        ("macrophage_activation",),
        threads,
    )
    risk = np.flatnonzero((lead["macrophage_activation"] <= IN_MAS).all(axis=1) & (lead.status == 0))
    if not len(risk):
        raise InvalidInput("Nobody is at risk of a first MAS.", "All have had one.", "Draw more children.")
    run = _evenings(
        m, [drawn_children[i] for i in risk], [drawn[i] for i in risk], [doses[i] for i in risk],
        0, days, ("macrophage_activation", *signs), threads, lead.states[risk], lead.inputs[risk],
    )  # fmt: skip
    fine = run.status == 0
    measured = {name: run[name][fine] for name in signs}
    return MasCohort(run["macrophage_activation"][fine], measured, risk[fine], children)


def _evenings(
    m: CompiledModel, children: list[Child], drawn: list[History], doses: list[list[DosingEvent]], first: int,
    last: int,
    names: tuple[str, ...], threads: int | None, states: Floats | None = None, inputs: Floats | None = None,
) -> Outcome:  # fmt: skip
    """Every evening from day ``first`` to the day before ``last``."""
    events = [
        given + [change.event for change in history.changes]
        for given, history in zip(doses, drawn, strict=True)
    ]
    times = np.arange(first, last) * 24.0 + EVENING
    return m.run(
        subjects_of(children).table(m), times, events=m.events(events), observables=names, start=first * 24.0,
        end=last * 24.0, states=states, inputs=inputs, tolerance=TRIAL_TOLERANCE, threads=threads,
    )  # fmt: skip
