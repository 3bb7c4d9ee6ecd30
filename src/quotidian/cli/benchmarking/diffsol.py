"""The peer pydiffsol: its BDF with dense LU on our model in DiffSL, which it compiles once.

Of its methods and matrices this was the cheapest on this task; its sparse KLU ended the process (0.6.2).
Each child is set by value; the run is cut at its infusions' starts and ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from quotidian.cli.benchmarking.benchmark_case import Floats, Task
from quotidian.cli.benchmarking.diffsl import diffsl


class Diffsol:
    """pydiffsol with the task's model compiled. Raises ImportError where it is not installed."""

    name, package, extra = "pydiffsol", "pydiffsol", "bench"
    shares = (1e-2, 1e-3)
    tightest = 0.0

    def __init__(self, task: Task) -> None:
        import pydiffsol  # type: ignore[import-untyped, import-not-found, unused-ignore]

        self.task = task
        self.ode: Any = pydiffsol.Ode(
            diffsl(task.machine.ode_system),
            matrix_type=pydiffsol.nalgebra_dense,
            linear_solver=pydiffsol.lu,
            ode_solver=pydiffsol.bdf,
        )

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]."""
        self.ode.rtol, self.ode.atol = rtol, atol
        return np.array([self._child(i) for i in range(self.task.children)])

    def _child(self, number: int) -> Floats:
        task = self.task
        state = task.starts[number]
        found = np.empty((len(task.times), len(state)))
        found[0] = state
        for part in task.segments(number):
            stops = np.unique([*part.times, part.end])
            self.ode.t0 = part.begin
            arguments = np.concatenate([task.parameters[number], list(part.inputs.values()), state])
            solved = np.asarray(self.ode.solve_dense(arguments, stops).ys).T
            found[part.rows] = solved[: len(part.times)]
            state = solved[-1]
        return found
