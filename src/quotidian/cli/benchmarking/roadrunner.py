"""The peer libRoadRunner: CVODE on our exported SBML, which it compiles once.

Each child is set by value (parameters, what follows from them, volumes, states), and the run is cut at its
infusions' starts and ends, which any solver must restart at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from quotidian.cli.benchmarking.benchmark_case import MODEL, Floats, Task
from quotidian.interchange import to_sbml
from quotidian.models import model as model_named

MOST_STEPS = 1_000_000


class RoadRunner:
    """libRoadRunner with the task's model loaded. Raises ImportError where it is not installed."""

    name, package, extra = "libRoadRunner", "libroadrunner", "bench"
    shares = (1e-2, 1e-4)
    tightest = 0.0

    def __init__(self, task: Task) -> None:
        import roadrunner  # type: ignore[import-untyped, import-not-found, unused-ignore]

        self.task = task
        self.runner: Any = roadrunner.RoadRunner(to_sbml(model_named(MODEL)))
        self.native = self.runner.model
        states = [_identifier(s.name) for s in task.model.species]
        self.runner.timeCourseSelections = [f"[{state}]" for state in states]
        species = list(self.native.getFloatingSpeciesIds())
        self.order = np.array([states.index(name) for name in species])
        self.inputs = self._places(task.model.inputs)
        self._settle()

    def _places(self, names: Any) -> list[int]:
        known = list(self.native.getGlobalParameterIds())
        return [known.index(_identifier(name)) for name in names]

    def _settle(self) -> None:
        """Values of each child as libRoadRunner takes them, made before the clock runs."""
        children = [self.task.constants(i) for i in range(self.task.children)]
        self.constants = self._places(children[0])
        self.values = [np.array(list(values.values())) for values in children]
        volumes = {s.within.name: s.volume.name for s in self.task.model.species if s.within and s.volume}
        spaces = list(self.native.getCompartmentIds())
        self.spaces = [spaces.index(_identifier(name)) for name in volumes]
        self.volumes = [np.array([values[v] for v in volumes.values()]) for values in children]

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]."""
        integrator = self.runner.integrator
        integrator.stiff, integrator.maximum_num_steps = True, MOST_STEPS
        integrator.relative_tolerance, integrator.absolute_tolerance = rtol, atol
        return np.array([self._child(i) for i in range(self.task.children)])

    def _child(self, number: int) -> Floats:
        task, native = self.task, self.native
        native.setGlobalParameterValues(self.constants, self.values[number])
        native.setCompartmentVolumes(self.spaces, self.volumes[number])
        native.setFloatingSpeciesConcentrations(task.starts[number][self.order])
        found = np.empty((len(task.times), len(self.order)))
        found[0] = task.starts[number]
        for part in task.segments(number):
            native.setGlobalParameterValues(self.inputs, list(part.inputs.values()))
            stops = np.unique([part.begin, *part.times, part.end])
            solved = np.asarray(self.runner.simulate(times=stops.tolist()))
            found[part.rows] = solved[1 : 1 + len(part.times)]
        return found


def _identifier(name: str) -> str:
    """A name of ours as the exporter spells it."""
    return name.replace(".", "__")
