"""The peer AMICI: CVODES with the sparse solver KLU on our exported SBML, as compiled C++.

AMICI writes and compiles the code once, in a minute or two; it is kept in the folder of cached machine code.
Its simplification of derivatives is not used: it had not finished after four minutes. Each child is set by
value (parameters and states), and the run is cut at its infusions' starts and ends.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from quotidian.cli.benchmarking.benchmark_case import MODEL, Floats, Task
from quotidian.engine.runtime.jit import cache_folder
from quotidian.errors import InvalidInput
from quotidian.interchange import to_sbml
from quotidian.models import model as model_named

MOST_STEPS = 1_000_000
COMPILERS = ("c++", "g++", "clang++")


class Amici:
    """AMICI with the task's model compiled.

    Raises ImportError where it is not installed, InvalidInput without a compiler or where it fails.
    """

    name, package, extra = "AMICI", "amici", "amici"
    shares = (1e-2, 1e-4)
    tightest = 0.0

    def __init__(self, task: Task) -> None:
        import amici.sim.sundials as native

        if not any(map(shutil.which, COMPILERS)):
            raise InvalidInput("There is no C++ compiler.", "AMICI compiles the model.", "Install one.")
        self.task, self.run = task, native.run_simulation
        self.model: Any = _compiled(to_sbml(model_named(MODEL)))
        self.solver = self.model.create_solver()
        self.solver.set_max_steps(MOST_STEPS)
        self.solver.set_linear_solver(native.LinearSolver.KLU)
        self.solver.set_return_data_reporting_mode(native.RDataReporting.full)
        self.done = native.AMICI_SUCCESS
        states = [_identifier(s.name) for s in task.model.species]
        self.order = np.array([states.index(name) for name in self.model.get_state_ids()])
        self._settle()

    def _settle(self) -> None:
        """Values of each child as AMICI takes them, made before the clock runs."""
        names = list(self.model.get_free_parameter_ids())
        self.inputs = [names.index(_identifier(name)) for name in self.task.model.inputs]
        self.values = []
        for number in range(self.task.children):
            known = {_identifier(name): value for name, value in self.task.constants(number).items()}
            self.values.append(np.array([known.get(name, 0.0) for name in names]))

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]. Raises ArithmeticError where AMICI gives up."""
        self.solver.set_relative_tolerance(rtol)
        self.solver.set_absolute_tolerance(atol)
        return np.array([self._child(number) for number in range(self.task.children)])

    def _child(self, number: int) -> Floats:
        task, values = self.task, self.values[number].copy()
        state = task.starts[number][self.order]
        found = np.empty((len(task.times), len(state)))
        found[0] = state
        for part in task.segments(number):
            values[self.inputs] = list(part.inputs.values())
            stops = np.unique([*part.times, part.end])
            self.model.set_free_parameters(values)
            self.model.set_t0(part.begin)
            self.model.set_timepoints(stops)
            self.model.set_initial_state(state)
            run = self.run(self.model, self.solver)
            if run["status"] != self.done:
                raise ArithmeticError(f"AMICI stopped with the status {run['status']}.")
            solved = np.asarray(run["x"])
            found[part.rows] = solved[: len(part.times)]
            state = solved[-1]
        return found[:, np.argsort(self.order)]


def _compiled(sbml: str) -> Any:
    """AMICI's model of an SBML document, built at first use of this version of both."""
    import amici

    key = hashlib.sha256(f"{metadata.version('amici')} {sbml}".encode()).hexdigest()[:16]
    name, folder = f"quotidian_{key}", cache_folder() / "amici" / key
    whole = folder / "whole"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _build(sbml, name, folder)
        whole.touch()
    return amici.import_model_module(name, folder).get_model()


def _build(sbml: str, name: str, folder: Path) -> None:
    from amici.importers.sbml import SbmlImporter

    try:
        with _scripts_first():
            SbmlImporter(sbml, from_file=False).sbml2amici(
                name, folder, observation_model=[], compute_conservation_laws=False,
                generate_sensitivity_code=False, simplify=None,
            )  # fmt: skip
    except Exception as error:
        raise InvalidInput(
            "AMICI did not compile the model.", str(error), "Check its compiler and its SWIG."
        ) from error


@contextmanager
def _scripts_first() -> Iterator[None]:
    """Find the SWIG that is installed with the package before any other: their versions must agree."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _identifier(name: str) -> str:
    """A name of ours as the exporter spells it."""
    return name.replace(".", "__")
