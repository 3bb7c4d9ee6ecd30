"""Assessments at a visit: temperature readings, the core set with measurement error, observables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.errors import SolverFailed
from quotidian.patients.laboratory import SERUM, report
from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.measurement import core_set, crp, neutrophils, readings
from quotidian.trials.conduct.participants import Participants
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.criteria import CORE_SET

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TRANSIENT = ("rash",)
"""Signs that appear and disappear with fever."""


@dataclass(frozen=True)
class Assessment:
    """The assessments of each participant at a visit.

    Attributes
    ----------
    chart : [participant, reading] temperatures as read, degC, at ``days`` [reading].
    core : the core set and CRP as measured, with error, by name, [participant] each.
    observed : observables of the model, without error but those of serum, by name, [participant] each.
    safety : readings of the safety rules, by name, [participant] each: neutrophils as counted.
    seen : [participant] place of the visit in the times of the outcome.
    """

    chart: Floats
    days: Floats
    core: dict[str, Floats]
    observed: dict[str, Floats]
    safety: dict[str, Floats]
    seen: Integers


def assess(
    setting: TrialSetting, participants: Participants, run: Outcome, at: Floats, visit: int
) -> Assessment:
    """The visit of a week; ``at`` (h) are the reading times of the temperature chart that ends with it."""
    first = round(float(at[0] + RUN_IN_DAYS * 24) / 12)
    seen = _visit_places(setting, participants, run, at, visit)
    everyone, address = np.arange(len(seen)), (setting.streams, participants.replicate, participants.number)
    on = setting.overlay
    true = {name: run[name][everyone, seen] for name in CORE_SET if name in run.names}
    core = core_set(true, *address, visit, on) | {"crp": crp(run["crp"][everyone, seen], *address, visit, on)}
    chart = readings(run["temperature"][:, np.searchsorted(run.times, at)], *address, first, on)
    safety = {name: run[name][everyone, seen] for name in setting.safety_readings}
    if "neutrophils" in safety:
        safety["neutrophils"] = neutrophils(safety["neutrophils"], *address, visit, on)
    observed = _observed(setting, run, at, seen)
    observed |= {n: report(n, observed[n], *address, visit, overlay=on).value for n in SERUM if n in observed}
    return Assessment(chart, at / 24, core, observed, safety, seen)


def _visit_places(
    setting: TrialSetting, participants: Participants, run: Outcome, at: Floats, visit: int
) -> Integers:
    """Index into ``run.times`` of each participant's visit: its end, or some mornings before it."""
    early = np.zeros(len(participants), dtype=np.int64)
    if setting.trial.window and visit:
        u = setting.uniform(f"visit.window.{visit}", participants.replicate, participants.number)
        early = np.floor(u * (setting.trial.window + 1)).astype(np.int64)
    return np.searchsorted(run.times, at[np.maximum(len(at) - 1 - 2 * early, 0)])


def _observed(setting: TrialSetting, run: Outcome, at: Floats, seen: Integers) -> dict[str, Floats]:
    """Observables of a visit, [participant] each: values at ``seen``, and maxima of transient signs.

    A rash has faded by the morning of the visit. Like fever, it is assessed over the two weeks of the
    temperature chart, at ``at`` (h), and the maximum counts. Temperature is read separately.
    """
    everyone = np.arange(len(seen))
    found = {n: run[n][everyone, seen] for n in setting.observed if n != "temperature"}
    chart = np.searchsorted(run.times, at)
    return found | {n: run[n][:, chart].max(axis=1) for n in TRANSIENT if n in found}


def counted_neutrophils(setting: TrialSetting, record: CaseRecord, week: int) -> Floats:
    """Neutrophils of a visit as counted, 1e9/L, [participant]; visits are before the dose."""
    true = record.observed[week]["neutrophils"]
    address = (setting.streams, record.replicate, record.number, week)
    return neutrophils(true, *address, setting.overlay)


def refuse_lost(run: Outcome, record: CaseRecord) -> None:
    """Stop the trial with the name of a participant whose solution failed: no endpoint is defined for it."""
    for lost in run.failures:
        raise SolverFailed(
            f"Child {record.number[lost.subject]} of replicate {record.replicate[lost.subject]} could not "
            f"be simulated beyond day {lost.reached / 24:.1f}, after randomisation.",
            f"The solver stopped: {lost.reason}. Such a child is neither a responder nor a non-responder.",
            "Report the seed and this line; another seed or fewer replicates may avoid this child.",
        )
