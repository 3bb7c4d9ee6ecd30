"""A compiled model: parameters in, trajectories out, many children at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from threading import Event as Flag
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.directions import Directions, directions_of
from quotidian.engine.events import Events
from quotidian.engine.job import Job, TangentJob, march_at
from quotidian.engine.memory import bytes_needed, refuse_beyond_memory
from quotidian.engine.outcome import Outcome
from quotidian.engine.problem import Problem, trace
from quotidian.engine.refusals import finite_table, ordered_times
from quotidian.engine.tangents import Layout, Tangents, gathered
from quotidian.engine.threads import in_blocks, thread_count
from quotidian.engine.tolerance import Tolerance
from quotidian.errors import UnknownName, closest
from quotidian.network import Model

if TYPE_CHECKING:
    from quotidian.engine.compile import MachineCode

Floats = NDArray[np.float64]


class Machine:
    """One model as machine code. Audits and compiles on first use; later starts read the cache."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.problem: Problem = trace(model)

    @cached_property
    def _code(self) -> MachineCode:
        from quotidian.engine.compile import lanes, machine_code

        def text() -> str:
            from quotidian.engine.march import emit_march
            from quotidian.engine.method import RODAS5P
            from quotidian.network.audit import audit

            audit(self.model)
            return emit_march(self.problem, RODAS5P, lanes())

        return machine_code(self.problem.fingerprint, text, ("prepare", "march"))

    @cached_property
    def _prepare(self) -> Callable[..., None]:
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        return ctypes.CFUNCTYPE(None, integer, pointer, pointer, pointer)(self._code.addresses["prepare"])

    @cached_property
    def _march(self) -> Callable[..., None]:
        return march_at(self._code.addresses["march"])

    def _tangent_code(self, width: int) -> MachineCode:
        """Machine code that carries so many directions a lane: made, and kept, when first asked for."""
        from quotidian.engine.compile import lanes, machine_code

        def text() -> str:
            from quotidian.engine.march import emit_march_with_tangents
            from quotidian.engine.method import RODAS5P
            from quotidian.network.audit import audit

            audit(self.model)
            return emit_march_with_tangents(self.problem, RODAS5P, lanes(), width)

        fingerprint = f"{self.problem.fingerprint} {width} tangents"
        return machine_code(fingerprint, text, ("prepare_tangent", "march"))

    # ---- from names to arrays
    def parameters(self, children: int, overrides: Mapping[str, float | Floats] | None = None) -> Floats:
        """Parameter table [child, parameter]: the model's values, with ``overrides`` by name.

        Raises UnknownName for a name the model has not, EngineError for a value that is not finite.
        """
        names = {name: i for i, name in enumerate(self.problem.parameters)}
        table = np.tile([self.model.constants[n] for n in names], (children, 1))
        for name, value in (overrides or {}).items():
            if name not in names:
                raise UnknownName(f"{self.model.name} has no parameter '{name}'.", closest(name, names))
            table[:, names[name]] = value
        return finite_table("parameter", table, children, self.problem.parameters)

    def begin(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Hoisted constants [child, constant] and start states [child, state], from the parameters."""
        table = np.ascontiguousarray(parameters, dtype=np.float64)
        constants = np.empty((len(table), len(self.problem.hoisted)))
        states = np.empty((len(table), len(self.problem.states)))
        self._prepare(len(table), table.ctypes.data, constants.ctypes.data, states.ctypes.data)
        return constants, states

    def choose(self, observables: Sequence[str] | None) -> tuple[str, ...]:
        """Names checked against the model's observables; all of them for ``None``."""
        known = self.problem.observables
        for name in observables or ():
            if name not in known:
                raise UnknownName(f"{self.model.name} has no observable '{name}'.", closest(name, known))
        return tuple(observables) if observables is not None else known

    # ---- run
    def run(
        self,
        parameters: Floats,
        times: ArrayLike,
        *,
        events: Events | None = None,
        observables: Sequence[str] | None = None,
        start: float | None = None,
        end: float | None = None,
        states: Floats | None = None,
        inputs: Floats | None = None,
        tolerance: Tolerance | None = None,
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
        cancel: Flag | None = None,
    ) -> Outcome:
        """Solve every child from ``start`` to ``end`` (h) and record ``observables`` at ``times`` (h).

        Parameters
        ----------
        parameters : [child, parameter], from :meth:`parameters`.
        times : ascending hours, shared by all children; an output at the instant of a dose shows
            the state before it.
        events : doses and switches, see :class:`Events`.
        states, inputs : where to continue from, as an earlier outcome left them.
        progress : called with the number of children finished since the last call.
        cancel : set it from another thread to stop; the run then raises KeyboardInterrupt.

        Raises EngineError for a table or an event that does not fit the model, a value that is not
        finite, times out of order or outside the span; StudyTooLarge for a run beyond memory.
        """
        hours, begin, finish = ordered_times(times, start, end)
        names = self.choose(observables)
        self._refuse_too_large(len(parameters), len(hours), len(names))
        constants, y, u = self._tables(parameters, states, inputs)
        problem, tol = self.problem, tolerance or Tolerance()
        schedule = self._events(events, len(y)).sorted().within(begin, finish)
        chosen = np.array([problem.observables.index(n) for n in names], dtype=np.int64)
        job = Job(
            begin, finish, hours, constants, u, y, schedule, chosen, tol, tol.atol * np.array(problem.scales)
        )
        in_blocks(
            job.call(self._march), len(y), thread_count() if threads is None else threads, progress, cancel
        )
        return job.outcome(self.model.name, names)

    def run_tangents(
        self,
        parameters: Floats,
        times: ArrayLike,
        *,
        with_respect_to: Sequence[str] | Directions,
        events: Events | None = None,
        observables: Sequence[str] | None = None,
        start: float | None = None,
        end: float | None = None,
        states: Floats | None = None,
        inputs: Floats | None = None,
        tolerance: Tolerance | None = None,
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
        cancel: Flag | None = None,
    ) -> Tangents:
        r"""Solve as :meth:`run` does, and differentiate every number by ``with_respect_to``.

        The tangent :math:`\dot x = \partial x / \partial s` follows each accepted step by the chain rule,
        :math:`\dot y_1 = \frac{\partial \Phi_h}{\partial y}(y_0, p)\,\dot y_0 +
        \frac{\partial \Phi_h}{\partial p}\,\dot p`, through doses and dense output; step lengths
        are held. It is exact for the steps taken, so its error is of the order of the run's own.

        Parameters
        ----------
        with_respect_to : names of parameters, or of states for their start values; or any
            :class:`Directions`, which may move doses too.
        states, inputs : where to continue from; they do not depend on the parameters unless the
            directions say how (:meth:`Tangents.onward`).
        progress : counts rows, each a child with up to four directions.

        Raises UnknownName for a name that the model has not, EngineError for no direction or one that does
        not fit, and whatever :meth:`run` raises.
        """
        hours, begin, finish = ordered_times(times, start, end)
        names, problem, tol = self.choose(observables), self.problem, tolerance or Tolerance()
        d = directions_of(with_respect_to, problem, self.model.name)
        layout = Layout(len(parameters), len(d.names))
        self._refuse_too_large((layout.width + 1) * layout.rows * len(parameters), len(hours), len(names))
        constants, y, u = map(layout.repeated, self._tables(parameters, states, inputs))
        given = self._events(events, len(parameters))
        schedule, event_dot = layout.events(given, d.event_table(len(given.value)), begin, finish)
        code = self._tangent_code(layout.width)
        c_dot, y_dot = self._begin_tangents(code, parameters, d, fresh=states is None)
        u_dot = d.table("inputs", len(parameters), len(problem.inputs))
        chosen = np.array([problem.observables.index(n) for n in names], dtype=np.int64)
        moves = [layout.spread(table) for table in (c_dot, u_dot, y_dot)]
        job = TangentJob(
            begin, finish, hours, constants, u, y, schedule, chosen, tol, tol.atol * np.array(problem.scales),
            moves[0], moves[1], moves[2], event_dot,
        )  # fmt: skip
        march = march_at(code.addresses["march"], tangents=True)
        in_blocks(job.call(march), len(y), thread_count() if threads is None else threads, progress, cancel)
        return gathered(job, layout, self.model.name, names, d)

    def _begin_tangents(
        self, code: MachineCode, parameters: Floats, d: Directions, fresh: bool
    ) -> tuple[Floats, Floats]:
        """Tangents of hoisted constants and of start states, [child, direction, ...]."""
        p, children = self.problem, len(parameters)
        table = np.repeat(finite_table("parameter", parameters, None, p.parameters), len(d.names), axis=0)
        moves = d.table("parameters", children, len(p.parameters))
        shape = (children, len(d.names))
        constants, states = np.empty((*shape, len(p.hoisted))), np.empty((*shape, len(p.states)))
        integer, pointer = ctypes.c_int64, ctypes.c_void_p
        prepare = ctypes.CFUNCTYPE(None, integer, *[pointer] * 4)(code.addresses["prepare_tangent"])
        prepare(len(table), *(x.ctypes.data for x in (table, moves, constants, states)))
        extra = d.table("states", children, len(p.states))
        return constants, states + extra if fresh else extra

    def _events(self, events: Events | None, children: int) -> Events:
        given = Events.none(children) if events is None else events
        return given.fitting(children, len(self.problem.states), len(self.problem.inputs))

    def _refuse_too_large(self, children: int, times: int, observables: int) -> None:
        p = self.problem
        others = len(p.hoisted) + 2 * len(p.states) + 2 * len(p.inputs) + len(p.parameters)
        refuse_beyond_memory(bytes_needed(children, times, observables, others))

    def _tables(
        self, parameters: Floats, states: Floats | None, inputs: Floats | None
    ) -> tuple[Floats, Floats, Floats]:
        """Hoisted constants, states and inputs of each child, as the march wants them."""
        p = self.problem
        table = finite_table("parameter", parameters, None, p.parameters)
        constants, fresh = self.begin(table)
        y = fresh if states is None else finite_table("state", states, len(table), p.states)
        resting = np.tile(np.array(p.resting, dtype=np.float64), (len(table), 1))
        u = resting if inputs is None else finite_table("input", inputs, len(table), p.inputs)
        return constants, y, u
