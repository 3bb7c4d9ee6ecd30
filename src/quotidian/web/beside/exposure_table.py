"""The exposure of a child to each drug of each regimen, as an HTML table."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np

from quotidian.drugs.catalogue import regimen
from quotidian.patients.treatment import simulate
from quotidian.reports.wording import number, unit_sign
from quotidian.simulation import SimulationResult, planned_doses
from quotidian.simulation.exposure import DosingInterval, dosing_intervals, sampling_hours
from quotidian.web.chart_panels import chip
from quotidian.web.simulations import MODEL, holding, solved_for, units, warm
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Shelf

TABLES: Shelf[ChildState, str] = Shelf(24)
MOST_ROWS = 6
"""Dosing intervals of one drug that are listed: the first half and the last half of these."""
HEADS = (
    "Dose",
    "Day",
    "mg",
    "C<sub>max</sub>",
    "C<sub>trough</sub>",
    "C<sub>avg</sub>",
    "AUC",
    "Accumulation",
)


def exposure_table(state: ChildState) -> str:
    """Peak, trough, mean, area and accumulation by dose over the whole simulation, stored or computed.

    Raises the errors of :func:`quotidian.web.simulations.follow`.
    """
    return TABLES.or_make(replace(state.numbers, window=None), lambda: _table(state))


def _table(state: ChildState) -> str:
    end = state.weeks * 7.0 * 24.0
    plans = {letter: regimen(text) for letter, text in state.regimens.items()}
    known = units()
    drugs = sorted({d for plan in plans.values() for d in plan.drugs} & known.keys())
    if not drugs:
        return '<p class="caption">No regimen gives a drug whose concentration the model contains.</p>'
    doses = [planned_doses(state.child.person, plan, end) for plan in plans.values()]
    held = holding(drugs)
    warm(held)
    run = simulate(
        [state.child] * len(plans), list(plans.values()), model=MODEL, days=state.weeks * 7.0,
        times=np.unique(np.concatenate([sampling_hours(given, end) for given in doses])),
        observables=solved_for(held), natural=state.natural, threads=1, drugs=held, narrow=True,
    )  # fmt: skip
    rows = [
        _rows(run, i, letter, drug)
        for i, (letter, plan) in enumerate(plans.items())
        for drug in drugs
        if drug in plan.drugs
    ]
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Regimen", "Drug", *HEADS))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Exposure"><table class="broad">'
        "<caption>Exposure by dosing interval over the whole simulation: concentrations in the unit of "
        "the drug, AUC in that unit times day. Accumulation is the AUC divided by that after the first dose. "
        "The interval of the last dose is incomplete.</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _rows(run: SimulationResult, subject: int, letter: str, drug: str) -> str:
    found = dosing_intervals(run.times, run[drug][subject], run.doses_given[subject], drug)
    half = MOST_ROWS // 2
    shown = [*found[:half], None, *found[-half:]] if len(found) > MOST_ROWS else list(found)
    unit = unit_sign(run.units[drug])
    return "".join(_row(one, letter, f"{escape(drug)} <small>{unit}</small>") for one in shown)


def _row(one: DosingInterval | None, letter: str, drug: str) -> str:
    if one is None:
        return f'<tr><td colspan="{len(HEADS) + 2}">…</td></tr>'
    values = (one.amount_mg, one.cmax, one.ctrough, one.cavg, one.auc, one.accumulation)
    cells = [f"{one.dose}", f"{one.start_h / 24.0:.3g}", *(number(v, "") for v in values)]
    return f"<tr><td>{chip(letter)}</td><td>{drug}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
