"""Participants at the start of the run-in: parameters, start values, and the steroid they take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.patients.child import Child
from quotidian.patients.treatment import children_table
from quotidian.simulation import DosingEvent, StagedSimulation
from quotidian.trials.conduct.background_events import chance_changes, steroid_changes
from quotidian.trials.conduct.concomitant_therapy import restraint, severity_factor
from quotidian.trials.conduct.participants import Participants
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.screening import Candidates
from quotidian.trials.conduct.setting import TrialSetting

Floats = NDArray[np.float64]


def started(setting: TrialSetting, found: Candidates, start_h: float) -> Participants:
    """Candidates at ``start_h`` (h), before any trial drug.

    The disease of a child on steroid is stronger by the factor that keeps its innate activity at the drawn
    value.
    """
    children, steroid = found.children, found.body["steroid"]
    return Participants(
        simulation=staged(setting, children, steroid, start_h),
        children=children,
        replicate=found.replicate,
        number=found.number,
        steroid=steroid,
        course=found.course,
        chance=chance_of(setting, found),
        prescriptions=[Prescription()] * len(children),
        calendar=[[] for _ in range(len(children))],
        end_h=setting.trial.end_h,
        overlay=setting.overlay,
    )


def chance_of(setting: TrialSetting, found: Candidates) -> list[list[DosingEvent]]:
    """Chance events of each candidate in order of time; none if the indication has none."""
    if not setting.trial.disease.chance_events:
        return [[] for _ in range(len(found.children))]
    end_h = setting.trial.end_h
    address = (setting.streams, found.replicate, found.number)
    return chance_changes(setting.narrow, *address, end_h, setting.overlay)


def staged(
    setting: TrialSetting, children: Sequence[Child], steroid: Floats, start_h: float
) -> StagedSimulation:
    """A staged simulation of these children on ``steroid`` [child], mg/kg/day, that begins at ``start_h``."""
    narrow, whole = setting.narrow, setting.whole
    full = children_table(children, whole, setting.overlay)
    table, states = _start_values(narrow, whole, full, steroid)
    return StagedSimulation(
        machine=narrow,
        table=table,
        states=states,
        doses=[steroid_changes(narrow, float(d), start_h) if d > 0 else [] for d in steroid],
        now_h=start_h,
        tolerance=setting.tolerance,
    )


def _start_values(
    narrow: CompiledModel, whole: CompiledModel, full: Floats, steroid: Floats
) -> tuple[Floats, Floats]:
    """Parameters with severity raised for the steroid, and start states of the disease as drawn."""
    table = narrow.parameters_from(whole, full)
    _, states = narrow.begin(table)
    if steroid.any():
        f = restraint(whole, full, steroid)
        narrow.parameter(table, "severity")[:] *= severity_factor(whole, full, f)
    return table, states
