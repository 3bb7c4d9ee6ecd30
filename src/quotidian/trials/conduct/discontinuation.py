"""Who leaves a trial and why: antibodies that act, want of response, or a reason outside the model.

The first two follow from what becomes of the child: from its own antibodies (patients/antibodies) and from
what its visits found. The rest is a constant chance, alike in all arms.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.simulation.dosing_events import ANTIBODIES
from quotidian.trials.conduct.assessments import Assessments
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.measurement import errors
from quotidian.trials.conduct.participants import Participants
from quotidian.trials.criteria import counted, jia_acr
from quotidian.trials.protocol.design import regimens

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Reason: TypeAlias = Literal["antibodies", "no response", "other"]
RESPONSE = 30  # JIA ACR, per cent
WEEK_H = 168.0


def attend(clinic: Assessments, record: CaseRecord, week: int) -> None:
    """Who has left by a visit, written down with the reason; the first that holds is given.

    Whoever left is followed no more. Who does not come can still leave for another reason; antibodies and
    want of response need the visit.
    """
    before = record.left[max(w for w in record.left if w < week)]
    here = ~record.missed[week]
    reasons: dict[Reason, Bools] = {
        "antibodies": immune(record) & here,
        "no response": without_response(clinic, record, week) & here,
        "other": clinic.gone(record, week),
    }
    left = before.copy()
    for reason, who in reasons.items():
        record.write(np.flatnonzero(who & ~left), week, "withdrawal", reason)
        left |= who
    record.left[week] = left
    _ward(record).gone = left


def immune(record: CaseRecord) -> Bools:
    """Whose antibodies act on the drug by now, [child]."""
    ward, acting = _ward(record), np.zeros(record.children, dtype=bool)
    if ward.inputs is None:
        return acting
    for against in ANTIBODIES.values():
        if against.input in ward.machine.model.inputs:
            acting |= ward.machine.input(ward.inputs, against.input) > 0.0
    return acting


def without_response(clinic: Assessments, record: CaseRecord, week: int) -> Bools:
    """No JIA ACR30 at any visit attended over a stretch, after weeks enough of one treatment, [child].

    Nobody leaves for it in a randomised period, where nobody knows what is given, unless open drug came
    before its time.
    """
    span, rule = clinic.trial.randomised, errors()
    begins = week - rule["no_response_for"].value
    found = _on_drug(record) <= begins - rule["no_response_after"].value
    if span is not None and span[0] < week <= span[1]:
        found &= record.escaped
    entry = counted(record.core[0], clinic.trial.marker)
    for visit in (w for w in record.weeks if w and begins <= w <= week and found.any()):
        responds = jia_acr(entry, counted(record.core[visit], clinic.trial.marker), RESPONSE)
        found &= ~responds | record.missed[visit]
    return found


def _on_drug(record: CaseRecord) -> Floats:
    """Week since which each child has been given the present drug, [child]; infinite without one."""
    orders = _ward(record).orders
    given = [any(r.drugs for r in regimens(order.give)) for order in orders]
    begun = [order.first_h // WEEK_H for order in orders]
    return np.where(given, begun, np.inf)


def _ward(record: CaseRecord) -> Participants:
    assert record.cohort is not None
    return record.cohort
