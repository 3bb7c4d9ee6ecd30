"""A problem as machine code, compiled when first asked for, and the runs of it: tables in, outcomes out."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.ramps import narrowed, widened
from quotidian.engine.outcome import Outcome
from quotidian.engine.runtime.kernel_call import KernelCall, TangentKernelCall, TriggerKernelCall, march_at
from quotidian.engine.runtime.run_request import RunRequest
from quotidian.engine.runtime.threads import in_blocks
from quotidian.engine.sensitivities import Layout, Sensitivities, gathered
from quotidian.engine.tolerance import Tolerance
from quotidian.network import Model

if TYPE_CHECKING:
    from quotidian.engine.runtime.jit import MachineCode

Floats = NDArray[np.float64]


class Program:
    """Machine code of one problem, kept on disk, and compiled when first needed."""

    def __init__(self, model: Model, problem: OdeSystem) -> None:
        self.model = model
        self.ode_system = problem

    # ---- code
    @cached_property
    def code(self) -> MachineCode:
        """The plain march."""

        def text() -> str:
            from quotidian.engine.codegen.integrate import emit_march
            from quotidian.engine.codegen.rosenbrock import RODAS5P
            from quotidian.engine.runtime.jit import lanes

            return emit_march(self.ode_system, RODAS5P, lanes())

        return self._made("", text, ("prepare", "march"))

    @cached_property
    def watching_code(self) -> MachineCode:
        """The march that watches for crossings."""

        def text() -> str:
            from quotidian.engine.codegen.integrate import emit_march
            from quotidian.engine.codegen.rosenbrock import RODAS5P
            from quotidian.engine.runtime.jit import lanes

            return emit_march(self.ode_system, RODAS5P, lanes(), triggers=True)

        return self._made(" triggers", text, ("march",))

    def tangent_code(self, width: int) -> MachineCode:
        """The march that carries so many directions a lane."""

        def text() -> str:
            from quotidian.engine.codegen.integrate import emit_march_with_tangents
            from quotidian.engine.codegen.rosenbrock import RODAS5P
            from quotidian.engine.runtime.jit import lanes

            return emit_march_with_tangents(self.ode_system, RODAS5P, lanes(), width)

        return self._made(f" {width} tangents", text, ("prepare_tangent", "march"))

    def _made(self, kind: str, text: Callable[[], str], names: tuple[str, ...]) -> MachineCode:
        from quotidian.engine.runtime.jit import machine_code

        def audited() -> str:
            from quotidian.network.audit import audit

            audit(self.model)
            return text()

        return machine_code(self.ode_system.fingerprint + kind, audited, names)

    @cached_property
    def _prepare(self) -> Callable[..., None]:
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        return ctypes.CFUNCTYPE(None, integer, pointer, pointer, pointer)(self.code.addresses["prepare"])

    @cached_property
    def _march(self) -> Callable[..., None]:
        return march_at(self.code.addresses["march"])

    # ---- tables
    def begin(self, table: Floats) -> tuple[Floats, Floats]:
        """Hoisted constants [child, constant] and start states [child, state], from the parameters."""
        constants = np.empty((len(table), len(self.ode_system.hoisted)))
        states = np.empty((len(table), len(self.ode_system.states)))
        self._prepare(len(table), table.ctypes.data, constants.ctypes.data, states.ctypes.data)
        return constants, states

    def _tables(self, task: RunRequest) -> tuple[Floats, Floats, Floats]:
        """Hoisted constants, inputs and states."""
        constants, fresh = self.begin(task.parameters)
        u = widened(task.inputs, task.slopes, task.begin) if self.ode_system.ramps else task.inputs
        return constants, u, fresh if task.states is None else task.states

    def _rest(self, task: RunRequest) -> tuple[NDArray[np.int64], Tolerance, Floats]:
        p, tol = self.ode_system, task.tolerance
        chosen = np.array([p.observables.index(n) for n in task.names], dtype=np.int64)
        return chosen, tol, tol.atol * np.array(p.scales)

    # ---- runs
    def run(self, task: RunRequest) -> Outcome:
        """Solve every child of the task."""
        constants, u, y = self._tables(task)
        schedule = task.events.sorted().within(task.begin, task.end)
        tables = (task.begin, task.end, task.times, constants, u, y, schedule, *self._rest(task))
        if task.watch is None:
            job, march = KernelCall(*tables), self._march
        else:
            job = TriggerKernelCall(*tables, task.watch)
            march = march_at(self.watching_code.addresses["march"], triggers=True)
        self._work(job, march, task)
        return self._narrow(job.outcome(self.model.name, task.names))

    def run_tangents(self, task: RunRequest, d: Directions) -> Sensitivities:
        """Solve every child of the task and differentiate it; ``d`` holds whole tables."""
        layout = Layout(task.children, len(d.names))
        constants, u, y = map(layout.repeated, self._tables(task))
        seeds = d.event_table(len(task.events.value))
        schedule, event_dot = layout.events(task.events, seeds, task.begin, task.end)
        code = self.tangent_code(layout.width)
        c_dot, u_dot, y_dot = map(layout.spread, self._begin_tangents(code, task, d))
        chosen, tolerance, atol = self._rest(task)
        times = task.times if task.times.ndim == 1 else layout.repeated(task.times)
        job = TangentKernelCall(
            task.begin, task.end, times, constants, u, y, schedule, chosen, tolerance, atol,
            c_dot, u_dot, y_dot, event_dot,
        )  # fmt: skip
        self._work(job, march_at(code.addresses["march"], tangents=True), task)
        return self._narrow_tangents(gathered(job, layout, self.model.name, task.names, d))

    def _work(self, job: KernelCall, march: Callable[..., None], task: RunRequest) -> None:
        in_blocks(job.call(march), len(job.states), task.threads, task.progress, task.cancel)

    def _begin_tangents(
        self, code: MachineCode, task: RunRequest, d: Directions
    ) -> tuple[Floats, Floats, Floats]:
        """Tangents of hoisted constants, of inputs and of start states, [child, direction, ...]."""
        p, children = self.ode_system, task.children
        table = np.repeat(task.parameters, len(d.names), axis=0)
        moves = d.table("parameters", children, len(p.parameters))
        shape = (children, len(d.names))
        constants, states = np.empty((*shape, len(p.hoisted))), np.empty((*shape, len(p.states)))
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        prepare = ctypes.CFUNCTYPE(None, integer, *[pointer] * 4)(code.addresses["prepare_tangent"])
        prepare(len(table), *(x.ctypes.data for x in (table, moves, constants, states)))
        inputs, slopes = (d.table(x, children, task.inputs.shape[1]) for x in ("inputs", "slopes"))
        wide = widened(inputs, slopes, 0.0) if p.ramps else inputs
        extra = d.table("states", children, len(p.states))
        return constants, wide, states + extra if task.states is None else extra

    # ---- ends
    def _narrow(self, outcome: Outcome) -> Outcome:
        """Inputs of a ramped problem as the model's inputs at the instant reached, and their slopes."""
        if not self.ode_system.ramps:
            return outcome
        inputs, slopes = narrowed(outcome.inputs, outcome.inputs, outcome.reached)
        return replace(outcome, inputs=inputs, slopes=slopes)

    def _narrow_tangents(self, found: Sensitivities) -> Sensitivities:
        if not self.ode_system.ramps:
            return found
        wide = found.outcome.inputs
        inputs, slopes = narrowed(found.inputs, wide[:, None], found.outcome.reached)
        return replace(found, outcome=self._narrow(found.outcome), inputs=inputs, slopes=slopes)
