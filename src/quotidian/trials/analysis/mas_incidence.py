"""Incidence of macrophage activation syndrome in a cohort, and its recognition by the criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.engine import CompiledModel, Outcome
from quotidian.errors import InvalidInput
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients.chance_events import Change
from quotidian.patients.child import Child
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.patients.mas_episodes import mas_histories
from quotidian.patients.natural_history import histories
from quotidian.patients.past import SYSTEMIC
from quotidian.patients.population import TYPICAL, PatientPopulation, draw
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import DosingEvent, compiled_model, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.mas_cohort import SIGNS, MasCohort
from quotidian.trials.conduct.participants import EVENING
from quotidian.trials.conduct.setting import TRIAL_TOLERANCE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAS = "macrophage_activation"
INNATE = "innate_activity"
LEAD_DAYS = 84
"""Days of disease before day 0, long enough that IL-18 and regulation do not depend on their initial
values."""
__all__ = ["SIGNS", "MasCohort", "follow_mas"]


def follow_mas(
    regimen: Regimen,
    children: int,
    days: int,
    streams: Streams,
    *,
    replicate: int = 0,
    kind: str = "drawn",
    signs: tuple[str, ...] = SIGNS,
    population: PatientPopulation = TYPICAL,
    course: dict[str, float] | None = None,
    threads: int | None = None,
) -> MasCohort:
    """Draw children with their flares and chance events, keep those with active systemic disease and
    without MAS on day 0, and treat them.

    The trials whose rates these are enrolled active systemic disease, which is an innate activity above
    :data:`quotidian.patients.past.SYSTEMIC`. A child followed to day 0 may be in remission by then; activity
    after day 0 does not matter. Earlier MAS does not exclude a child.

    Parameters
    ----------
    kind : of course, a key of ``patients.natural_history.KINDS``.
    signs : observables recorded besides the activation of macrophages; fewer are faster.
    population : the population from which the children are drawn.
    course : replaces entries of the ledgers of courses and chance events, such as the rate of infections.
    streams, replicate : arms with the same ones have the same children, flares and chance events.

    Raises InvalidInput if no child is at risk, and the errors of the regimen.
    """
    n, end = np.arange(children), days * 24.0
    drawn_children = draw(streams, replicate, n.tolist(), population)
    drawn = histories(
        streams, replicate, n.tolist(), LEAD_DAYS + days, kind, course, from_day=float(-LEAD_DAYS)
    )
    doses = [treatment_events(child, regimen, end) for child in drawn_children]
    ward = _Ward(
        compiled_model("sjia", regimen.drugs),
        regimen.drugs,
        (MAS, INNATE, *signs),
        threads,
        population.overlay,
    )
    lead = ward.evenings(drawn_children, [h.changes for h in drawn], -LEAD_DAYS, 0)
    risk = np.flatnonzero(_at_risk(lead))
    if not len(risk):
        why = "On day 0 every child has MAS or no active systemic disease."
        raise InvalidInput("No child is at risk of MAS.", why, "Sample more children.")
    run = ward.evenings(
        [drawn_children[i] for i in risk], [drawn[i].changes for i in risk], 0, days,
        [doses[i] for i in risk], lead.states[risk], lead.inputs[risk],
    )  # fmt: skip
    fine = run.status == 0
    found = mas_histories(run.times / 24.0, run[MAS][fine], streams, replicate, risk[fine])
    measured = {name: run[name][fine] for name in signs}
    return MasCohort(run[MAS][fine], measured, risk[fine], children, tuple(found))


def _at_risk(lead: Outcome) -> Bools:
    """Children with active systemic disease and without MAS on the last evening, [child]."""
    active = lead[INNATE][:, -1] > SYSTEMIC
    return np.asarray(active & (lead[MAS][:, -1] <= IN_MAS) & (lead.status == 0))


@dataclass(frozen=True)
class _Ward:
    """Follows children on the part of a model that some observables need."""

    whole: CompiledModel
    drugs: frozenset[str]
    names: tuple[str, ...]
    threads: int | None
    overlay: Overlay = NO_OVERLAY

    def evenings(
        self,
        children: Sequence[Child],
        changes: Sequence[Sequence[Change]],
        first: int,
        last: int,
        doses: Sequence[Sequence[DosingEvent]] | None = None,
        states: Floats | None = None,
        inputs: Floats | None = None,
    ) -> Outcome:
        """Every evening from day ``first`` to the day before ``last``."""
        narrow = reduced_model("sjia", self.drugs, self.names)
        table = narrow.parameters_from(self.whole, subjects_of(children).table(self.whole, self.overlay))
        given = doses or [[]] * len(children)
        known = narrow.model.inputs
        events = [
            [*own, *(c.event for c in history if c.input in known)]
            for own, history in zip(given, changes, strict=True)
        ]
        return narrow.run(
            table, np.arange(first, last) * 24.0 + EVENING, events=narrow.events(events),
            observables=self.names, start=first * 24.0, end=last * 24.0, states=states, inputs=inputs,
            tolerance=TRIAL_TOLERANCE, threads=self.threads,
        )  # fmt: skip
