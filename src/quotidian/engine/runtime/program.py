"""Machine code of one ODE system, compiled at first use, and the runs with it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.arithmetic import is_portable
from quotidian.engine.directions import BY_EVENT, Directions
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.ramps import narrowed, narrowed_tangents, widened
from quotidian.engine.expressions.still import EVERYTHING_MOVES, Still, still
from quotidian.engine.outcome import Outcome
from quotidian.engine.runtime.kernel_call import (
    KernelCall,
    TangentKernelCall,
    TangentTriggerKernelCall,
    TriggerKernelCall,
    integrator_at,
)
from quotidian.engine.runtime.partition import in_two_groups
from quotidian.engine.runtime.run_request import RunRequest
from quotidian.engine.runtime.single_precision import (
    copied,
    in_single,
    solved_again,
    subjects_fit,
    system_fits,
)
from quotidian.engine.runtime.threads import in_blocks
from quotidian.engine.sensitivities import Layout, Sensitivities, gather_rows
from quotidian.engine.tolerance import Tolerance
from quotidian.network import Model

if TYPE_CHECKING:
    from quotidian.engine.runtime.jit import MachineCode

Floats = NDArray[np.float64]


class Program:
    """Machine code of one system, kept on disk, and compiled when first needed."""

    def __init__(self, model: Model, system: OdeSystem) -> None:
        self.model = model
        self.ode_system = system
        self._codes: dict[tuple[str, bool], MachineCode] = {}
        self._still: dict[tuple[bytes, bool], Still] = {}

    # ---- code
    @property
    def code(self) -> MachineCode:
        """The plain integrator, in the arithmetic in force."""
        return self._made("", ("prepare", "width", "integrate"))

    def run_code(self, triggers: bool, single: bool) -> MachineCode:
        """The integrator alone: one that locates crossings, and one with stages in single precision.

        Code in single precision holds the sizes of negligible values, which the fingerprint does not.
        """
        if not triggers and not single:
            return self.code
        sizes = f" single {self.ode_system.scales}" if single else ""
        kind = (" triggers" if triggers else "") + sizes
        return self._made(kind, ("integrate",), triggers, single=single)

    def tangent_code(self, blocks: int, block: int, triggers: bool, still: Still) -> MachineCode:
        """The integrator with tangents in blocks of directions, and one that locates crossings too."""
        kind = f" {blocks} x {block} tangents" + (" triggers" if triggers else "") + still.key
        return self._made(kind, ("prepare_tangent", "integrate"), triggers, (blocks, block), still)

    def _made(
        self,
        kind: str,
        names: tuple[str, ...],
        triggers: bool = False,
        directions: tuple[int, int] = (0, 0),
        still: Still = EVERYTHING_MOVES,
        single: bool = False,
    ) -> MachineCode:
        key = (kind, is_portable())
        if key not in self._codes:
            from quotidian.engine.runtime.jit import machine_code

            fingerprint = self.ode_system.fingerprint + kind + (" portable" if key[1] else "")
            text = partial(self._text, key[1], triggers, directions, still, single)
            self._codes[key] = machine_code(fingerprint, text, names)
        return self._codes[key]

    def _text(
        self, portable: bool, triggers: bool, directions: tuple[int, int], still: Still, single: bool
    ) -> str:
        from quotidian.engine.codegen import integrate
        from quotidian.engine.codegen.number_format import SINGLE_FORMAT
        from quotidian.engine.codegen.rosenbrock import RODAS5P
        from quotidian.engine.runtime.jit import lanes
        from quotidian.network.audit import audit

        audit(self.model)
        if directions[0]:
            return integrate.emit_integrator_with_tangents(
                self.ode_system, RODAS5P, lanes(), portable, directions, triggers, still
            )
        if single:
            return integrate.emit_integrator(
                self.ode_system, RODAS5P, 2 * lanes(), portable, triggers, SINGLE_FORMAT
            )
        return integrate.emit_integrator(self.ode_system, RODAS5P, lanes(), portable, triggers)

    @cached_property
    def constants(self) -> int:
        """Number of hoisted constants, as the code states it: finding them takes as long as a short run."""
        return int(ctypes.CFUNCTYPE(ctypes.c_int64)(self.code.addresses["width"])())

    def _prepare(self, subjects: int, *tables: Floats) -> None:
        pointers = [ctypes.c_void_p] * len(tables)
        native = ctypes.CFUNCTYPE(None, ctypes.c_int64, *pointers)(self.code.addresses["prepare"])
        native(subjects, *(table.ctypes.data for table in tables))

    # ---- tables
    def begin(self, table: Floats) -> tuple[Floats, Floats]:
        """Hoisted constants [subject, constant] and initial states [subject, state], from the parameters."""
        constants = np.empty((len(table), self.constants))
        states = np.empty((len(table), len(self.ode_system.states)))
        self._prepare(len(table), table, constants, states)
        return constants, states

    def _tables(self, request: RunRequest) -> tuple[Floats, Floats, Floats]:
        """Hoisted constants, inputs and states."""
        constants, fresh = self.begin(request.parameters)
        u = (
            widened(request.inputs, request.slopes, request.begin)
            if self.ode_system.ramps
            else request.inputs
        )
        return constants, u, fresh if request.states is None else request.states

    def _rest(self, request: RunRequest) -> tuple[NDArray[np.int64], Tolerance, Floats]:
        p, tol = self.ode_system, request.tolerance
        chosen = np.array([p.observables.index(n) for n in request.names], dtype=np.int64)
        return chosen, tol, tol.atol * np.array(p.scales)

    # ---- runs
    def run(self, request: RunRequest) -> Outcome:
        """Solve every subject of the request, in single precision where that is wanted and possible."""
        if not in_single(request.tolerance):
            return self._solved(request)
        fits = subjects_fit(self.begin(request.parameters)[0], request) & self._fits_single
        return in_two_groups(
            ~fits, lambda own: self._in_single(request.of(own)), lambda own: self._solved(request.of(own))
        )

    @cached_property
    def _fits_single(self) -> bool:
        return system_fits(self.ode_system)

    def _in_single(self, request: RunRequest) -> Outcome:
        return solved_again(self._solved(copied(request), single=True), request, self._solved)

    def _solved(self, request: RunRequest, single: bool = False) -> Outcome:
        constants, u, y = self._tables(request)
        schedule = request.events.sorted().within(request.begin, request.end)
        tables = (request.begin, request.end, request.times, constants, u, y, schedule, *self._rest(request))
        watch = request.watch
        call = KernelCall(*tables) if watch is None else TriggerKernelCall(*tables, watch)
        code = self.run_code(triggers=watch is not None, single=single)
        integrator = integrator_at(code.addresses["integrate"], triggers=watch is not None)
        self._work(call, integrator, request)
        return self._narrow(call.outcome(self.model.name, request.names))

    def run_with_sensitivities(self, request: RunRequest, d: Directions) -> Sensitivities:
        """Solve every subject of the request and differentiate it; ``d`` holds whole tables."""
        layout = Layout(request.subjects, len(d.names))
        constants, u, y = map(layout.repeated, self._tables(request))
        seeds = [d.event_table(what, len(request.events.value)) for what in BY_EVENT]
        schedule, (event_dot, event_time_dot) = layout.events(
            request.events, seeds, request.begin, request.end
        )
        watch = request.watch and request.watch.repeated(layout.rows)
        code = self.tangent_code(
            layout.blocks, layout.block, watch is not None, self._stands_still(request, d)
        )
        c_dot, u_dot, y_dot = map(layout.spread, self._begin_tangents(code, request, d))
        chosen, tolerance, atol = self._rest(request)
        times = request.times if request.times.ndim == 1 else layout.repeated(request.times)
        tables = (request.begin, request.end, times, constants, u, y, schedule, chosen, tolerance, atol)
        tangents = (c_dot, u_dot, y_dot, event_dot, event_time_dot)
        if watch is None:
            call = TangentKernelCall(*tables, *tangents)
        else:
            pending = d.table("pending", request.subjects, watch.pending.shape[1])
            pending_dot = np.ascontiguousarray(layout.spread(pending).transpose(0, 2, 1))
            call = TangentTriggerKernelCall(*tables, *tangents, watch, pending_dot)
        integrator = integrator_at(code.addresses["integrate"], tangents=True, triggers=watch is not None)
        self._work(call, integrator, request)
        return self._narrow_tangents(gather_rows(call, layout, self.model.name, request.names, d))

    def _stands_still(self, request: RunRequest, d: Directions) -> Still:
        """Constants that no direction moves; inputs, where no direction moves one, a dose or an instant."""
        moving = np.any(np.asarray(d.parameters) != 0, axis=(0, 1))
        sources = (d.inputs, d.slopes, d.events, d.times)
        inputs = request.watch is not None or any(np.any(np.asarray(x) != 0) for x in sources)
        key = (moving.tobytes(), inputs)
        if key not in self._still:
            names = [name for name, moves in zip(self.ode_system.parameters, moving, strict=True) if moves]
            self._still[key] = still(self.ode_system, names, inputs)
        return self._still[key]

    def _work(self, call: KernelCall, integrator: Callable[..., None], request: RunRequest) -> None:
        in_blocks(call.bind(integrator), len(call.states), request.threads, request.progress, request.cancel)

    def _begin_tangents(
        self, code: MachineCode, request: RunRequest, d: Directions
    ) -> tuple[Floats, Floats, Floats]:
        """Tangents of hoisted constants, of inputs and of start states, [subject, direction, ...]."""
        p, subjects = self.ode_system, request.subjects
        table = np.repeat(request.parameters, len(d.names), axis=0)
        moves = d.table("parameters", subjects, len(p.parameters))
        shape = (subjects, len(d.names))
        constants, states = np.empty((*shape, len(p.hoisted))), np.empty((*shape, len(p.states)))
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        prepare = ctypes.CFUNCTYPE(None, integer, *[pointer] * 4)(code.addresses["prepare_tangent"])
        prepare(len(table), *(x.ctypes.data for x in (table, moves, constants, states)))
        inputs, slopes = (d.table(x, subjects, request.inputs.shape[1]) for x in ("inputs", "slopes"))
        wide = widened(inputs, slopes, 0.0) if p.ramps else inputs
        extra = d.table("states", subjects, len(p.states))
        return constants, wide, states + extra if request.states is None else extra

    # ---- ends
    def _narrow(self, outcome: Outcome) -> Outcome:
        """Inputs of a ramped system as the model's inputs at the instant reached, and their slopes."""
        if not self.ode_system.ramps:
            return outcome
        inputs, slopes = narrowed(outcome.inputs, outcome.reached)
        return replace(outcome, inputs=inputs, slopes=slopes)

    def _narrow_tangents(self, found: Sensitivities) -> Sensitivities:
        if not self.ode_system.ramps:
            return found
        wide = found.outcome.inputs
        inputs, slopes = narrowed_tangents(found.inputs, wide[:, None], found.outcome.reached)
        return replace(found, outcome=self._narrow(found.outcome), inputs=inputs, slopes=slopes)
