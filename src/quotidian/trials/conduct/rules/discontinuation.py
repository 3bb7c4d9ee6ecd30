"""Discontinuation: death, a reaction to antibodies, safety, lack of response, or a reason outside the model.

The first four follow from the course of the child: from macrophage activation, from its own antibodies
(``Drug.antibodies``), from a drug that safety rules stopped, and from what its visits found. The rest is a
constant hazard, alike in all arms.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.mas_episodes import fatal_toll
from quotidian.simulation.dosing_events import antibodies
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.actions import Decision, Withdraw
from quotidian.trials.conduct.measurement import errors, withdrawn
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.rules.judging import core_set
from quotidian.trials.conduct.state import Bools, Floats, Visit, places
from quotidian.trials.criteria import jia_acr
from quotidian.trials.protocol.treatment import regimens

Reason: TypeAlias = Literal["death", "antibodies", "safety", "no response", "other"]
RESPONSE = 30  # JIA ACR, per cent
WEEK_H = 168.0


def discontinue(visit: Visit) -> list[Decision]:
    """Who leaves the trial at a visit, with the first reason that holds.

    A child that does not come can still die or leave for another reason; antibodies, safety and want of
    response need the visit.
    """
    record, here = visit.record, ~visit.record.missed[visit.week]
    reasons: dict[Reason, Bools] = {
        "death": dead(visit),
        "antibodies": reacts_to_antibodies(visit) & here,
        "safety": stopped_for_safety(visit) & here,
        "no response": without_response(visit) & here,
        "other": withdrawn(*_address(visit), visit.week, visit.setting.overlay),
    }
    left, found = record.left[visit.week].copy(), []
    for reason, who in reasons.items():
        found.append(Decision(places(who & ~left), Withdraw(), "withdrawal", reason))
        left |= who
    return found


def _address(visit: Visit) -> tuple[Streams, NDArray[np.int64], NDArray[np.int64]]:
    """The random streams of the participants."""
    return visit.setting.streams, visit.record.replicate, visit.record.number


def dead(visit: Visit) -> Bools:
    """Who has died of macrophage activation syndrome by now, [participant]."""
    record = visit.record
    if visit.week not in record.toll:
        return ~visit.everyone
    fatal = fatal_toll(*_address(visit), visit.setting.overlay)
    return np.asarray(record.toll[visit.week] >= fatal)


def reacts_to_antibodies(visit: Visit) -> Bools:
    """Who has antibodies that act on a drug by now and reacts to it, [participant].

    The others keep the drug and clear it faster. Who would react is drawn once, the same in every arm.
    """
    simulation, record = visit.participants.simulation, visit.record
    model, found = simulation.machine, ~visit.everyone
    if simulation.inputs is None:
        return found
    u = visit.setting.streams.uniform("antibody_reaction", record.replicate, record.number)[:, 0]
    for against in antibodies(visit.setting.overlay).values():
        if against.input in model.model.inputs:
            found |= (model.input(simulation.inputs, against.input) > 0.0) & (u < against.reaction_share)
    return found


def stopped_for_safety(visit: Visit) -> Bools:
    """Whose every drug of the trial is stopped by a safety rule, [participant]."""

    def stopped(prescription: Prescription) -> bool:
        if not prescription.status:
            return False
        drugs = {drug for regimen in regimens(prescription.give) for drug in regimen.drugs}
        return bool(drugs) and all(prescription.of_drug(drug).state == "stopped" for drug in drugs)

    return np.array([stopped(p) for p in visit.participants.prescriptions], dtype=bool)


def without_response(visit: Visit) -> Bools:
    """No JIA ACR30 at any visit attended over a stretch, after weeks enough of one treatment, [participant].

    Without assessment of the core set no child leaves for it. In a randomised period, where treatment is
    blinded, only children who were given open drug before its end leave for it.
    """
    if not visit.trial.disease.core_set:
        return ~visit.everyone
    span, week, record = visit.trial.randomised, visit.week, visit.record
    rule = visit.setting.overlay.values(errors())
    begins = week - rule["no_response_for"]
    found = _on_drug(visit) <= begins - rule["no_response_after"]
    if span is not None and span[0] < week <= span[1]:
        found &= record.escaped
    if not found.any():
        return found
    entry = core_set(visit, 0)
    for earlier in (w for w in record.weeks if w and begins <= w <= week):
        found &= ~jia_acr(entry, core_set(visit, earlier), RESPONSE) | record.missed[earlier]
    return found


def _on_drug(visit: Visit) -> Floats:
    """Week since which each participant has had its treatment, [participant]; infinite without a drug."""
    prescriptions = visit.participants.prescriptions
    given = [any(r.drugs for r in regimens(p.give)) for p in prescriptions]
    begun = [p.first_h // WEEK_H for p in prescriptions]
    return np.where(given, begun, np.inf)
