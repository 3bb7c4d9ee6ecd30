"""Simulations of anonymous subjects: from a request, by compiled models, to results with names and units.

::

    request = SimulationRequest(
        subjects=subjects, regimens=(regimen,), times=output_hours(84), end_h=84 * 24.0, observables=("crp",)
    )
    result = simulate(request)
    result["crp"], result.units["crp"], result.doses_given
"""

from quotidian.simulation.clock import FIRST_DOSE_HOUR, RUN_IN_DAYS, grid, output_count, output_hours, points
from quotidian.simulation.compiled_models import compiled_model, keep_at_most, reduced_model
from quotidian.simulation.dosing_events import DosingEvent, dosing_events, planned_doses
from quotidian.simulation.result import Provenance, SimulationResult
from quotidian.simulation.run import SimulationRequest, Start, simulate
from quotidian.simulation.settled_disease import settled_states
from quotidian.simulation.staged_simulation import StagedSimulation
from quotidian.simulation.subjects import Subjects
from quotidian.simulation.switches import Switches

__all__ = [
    "FIRST_DOSE_HOUR",
    "RUN_IN_DAYS",
    "DosingEvent",
    "Provenance",
    "SimulationRequest",
    "SimulationResult",
    "StagedSimulation",
    "Start",
    "Subjects",
    "Switches",
    "compiled_model",
    "dosing_events",
    "grid",
    "keep_at_most",
    "output_count",
    "output_hours",
    "planned_doses",
    "points",
    "reduced_model",
    "settled_states",
    "simulate",
]
