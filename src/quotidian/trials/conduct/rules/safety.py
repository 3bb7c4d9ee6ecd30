"""Safety: a drug is held, reduced, stopped or restarted according to the measurements of a visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from quotidian.drugs.safety import Limit, decided
from quotidian.trials.conduct.actions import Action, Decision, Hold, Reduce, Restart, Stop
from quotidian.trials.conduct.case_record import Happened
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.state import Floats, Visit, places
from quotidian.trials.protocol.safety import limit_text
from quotidian.trials.protocol.treatment import regimens


def keep_safe(visit: Visit) -> list[Decision]:
    """Hold, reduce, stop or restart drugs of participants who attend, by the limits of the design."""
    readings = visit.record.safety.get(visit.week, {})
    found: list[Decision] = []
    for drug, limits in visit.setting.limits.items():
        found += _for_drug(visit, drug, limits, readings)
    return found


def _for_drug(
    visit: Visit, drug: str, limits: tuple[Limit, ...], readings: Mapping[str, Floats]
) -> list[Decision]:
    """Decisions on one drug, grouped by limit."""
    beyond = np.any([limit.met(readings[limit.reads]) for limit in limits], axis=0)
    by_limit: dict[Limit, list[int]] = {}
    for i in places(visit.here).tolist():
        prescription = visit.participants.prescriptions[i]
        held = prescription.of_drug(drug).state == "held"
        if not (beyond[i] or held) or not _given(prescription, drug):
            continue
        own = {name: float(values[i]) for name, values in readings.items()}
        limit = decided(limits, own, held)
        if limit is not None and _changes(prescription, limit):
            by_limit.setdefault(limit, []).append(i)
    return [_decision(drug, limit, who) for limit, who in by_limit.items()]


def _given(prescription: Prescription, drug: str) -> bool:
    """Whether the treatment has the drug, and it is not stopped."""
    on_drug = any(drug in regimen.drugs for regimen in regimens(prescription.give))
    return on_drug and prescription.of_drug(drug).state != "stopped"


def _changes(prescription: Prescription, limit: Limit) -> bool:
    return limit.act != "reduce" or prescription.of_drug(limit.drug).share != limit.share


def _decision(drug: str, limit: Limit, who: Iterable[int]) -> Decision:
    actions: dict[str, tuple[Action, Happened]] = {
        "hold": (Hold(drug), "held"),
        "reduce": (Reduce(drug, limit.share), "reduced"),
        "stop": (Stop(drug), "stopped"),
        "restart": (Restart(drug), "restarted"),
    }
    action, event = actions[limit.act]
    reason = "every reading is safe" if limit.act == "restart" else limit_text(limit)
    return Decision(np.array(list(who), dtype=np.int64), action, event, f"{drug}: {reason}")
