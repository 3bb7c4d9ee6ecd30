"""Discontinuation: death, antibodies that act, want of response, or a reason outside the model.

The first three follow from the course of the child: from macrophage activation, from its own
antibodies (``Drug.antibodies``) and from what its visits found. The rest is a constant hazard, alike in all
arms.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from quotidian.patients.mas_episodes import fatal_toll
from quotidian.simulation.dosing_events import ANTIBODIES
from quotidian.trials.conduct.actions import Decision, Withdraw
from quotidian.trials.conduct.measurement import errors, withdrawn
from quotidian.trials.conduct.rules.judging import core_set
from quotidian.trials.conduct.state import Bools, Floats, Visit, places
from quotidian.trials.criteria import jia_acr
from quotidian.trials.protocol.design import regimens

Reason: TypeAlias = Literal["death", "antibodies", "no response", "other"]
RESPONSE = 30  # JIA ACR, per cent
WEEK_H = 168.0


def discontinue(visit: Visit) -> list[Decision]:
    """Who leaves the trial at a visit, with the first reason that holds.

    A child that does not come can still die or leave for another reason; antibodies and want of response
    need the visit.
    """
    record, here = visit.record, ~visit.record.missed[visit.week]
    reasons: dict[Reason, Bools] = {
        "death": dead(visit),
        "antibodies": antibodies_act(visit) & here,
        "no response": without_response(visit) & here,
        "other": withdrawn(visit.setting.streams, record.replicate, record.number, visit.week),
    }
    left, found = record.left[visit.week].copy(), []
    for reason, who in reasons.items():
        found.append(Decision(places(who & ~left), Withdraw(), "withdrawal", reason))
        left |= who
    return found


def dead(visit: Visit) -> Bools:
    """Who has died of macrophage activation syndrome by now, [participant]."""
    record = visit.record
    if visit.week not in record.toll:
        return ~visit.everyone
    fatal = fatal_toll(visit.setting.streams, record.replicate, record.number)
    return np.asarray(record.toll[visit.week] >= fatal)


def antibodies_act(visit: Visit) -> Bools:
    """Whose antibodies act on a drug by now, [participant]."""
    simulation, acting = visit.participants.simulation, ~visit.everyone
    model = simulation.machine
    if simulation.inputs is None:
        return acting
    for against in ANTIBODIES.values():
        if against.input in model.model.inputs:
            acting |= model.input(simulation.inputs, against.input) > 0.0
    return acting


def without_response(visit: Visit) -> Bools:
    """No JIA ACR30 at any visit attended over a stretch, after weeks enough of one treatment, [participant].

    Where the core set is not assessed nobody leaves for it. In a randomised period, where treatment is
    blinded, nobody leaves for it but those who were given open drug before its end.
    """
    if not visit.trial.disease.core_set:
        return ~visit.everyone
    span, rule, week, record = visit.trial.randomised, errors(), visit.week, visit.record
    begins = week - rule["no_response_for"].value
    found = _on_drug(visit) <= begins - rule["no_response_after"].value
    if span is not None and span[0] < week <= span[1]:
        found &= record.escaped
    entry = core_set(visit, 0)
    for earlier in (w for w in record.weeks if w and begins <= w <= week and found.any()):
        found &= ~jia_acr(entry, core_set(visit, earlier), RESPONSE) | record.missed[earlier]
    return found


def _on_drug(visit: Visit) -> Floats:
    """Week since which each participant has had its treatment, [participant]; infinite without a drug."""
    prescriptions = visit.participants.prescriptions
    given = [any(r.drugs for r in regimens(p.give)) for p in prescriptions]
    begun = [p.first_h // WEEK_H for p in prescriptions]
    return np.where(given, begun, np.inf)
