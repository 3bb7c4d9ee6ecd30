"""A compiled model: parameters in, trajectories out, many subjects at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.arithmetic import is_portable
from quotidian.engine.directions import Directions, directions_of
from quotidian.engine.expressions.ode_system import OdeSystem, trace
from quotidian.engine.expressions.ramps import ramped, varied
from quotidian.engine.named_tables import NamedTables
from quotidian.engine.outcome import Outcome
from quotidian.engine.runtime.memory import bytes_needed, refuse_beyond_memory
from quotidian.engine.runtime.partition import have_ramps, in_two_groups
from quotidian.engine.runtime.program import Program
from quotidian.engine.runtime.run_request import (
    RunOptions,
    RunRequest,
    resting,
    run_request,
    whole_directions,
)
from quotidian.engine.runtime.validation import finite_table, ordered_times
from quotidian.engine.sensitivities import Layout, Sensitivities
from quotidian.engine.steady_state.periodic_orbit import (
    TYPICAL_WARM_UP,
    PeriodicStart,
    PeriodMap,
    find_fixed_point,
    newton_correction,
)
from quotidian.engine.steady_state.periodic_tangents import fixed_point_tangents, period_directions
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import MOST_CROSSINGS, Trigger, TriggerState, TriggerTables
from quotidian.errors import InvalidCall, UnknownName, closest
from quotidian.network import Model

if TYPE_CHECKING:
    from quotidian.engine.runtime.jit import MachineCode

Floats = NDArray[np.float64]


class CompiledModel(NamedTables):
    """One model as machine code. It is audited and compiled on first use, and later read from the cache.

    ``varying`` names parameters that may change in time: each is also an input, ``name(t)``, which starts at
    the parameter's value and which events switch and ramp. Initial values are computed from the parameter
    itself.
    """

    def __init__(self, model: Model, varying: Sequence[str] = ()) -> None:
        self.model = model
        self._varying = tuple(varying)
        self.ode_system: OdeSystem = self._traced()
        self._plain = Program(model, self.ode_system)
        self._corrections: dict[tuple[object, ...], Floats | None] = {}

    def _traced(self) -> OdeSystem:
        system = trace(self.model)
        return varied(system, self._varying, self.model.constants) if self._varying else system

    @cached_property
    def _ramped(self) -> Program:
        """The program for subjects with a ramp; it has a graph of its own, separate from the plain one."""
        return Program(self.model, ramped(self._traced()))

    @property
    def _code(self) -> MachineCode:
        return self._plain.code

    # ---- from parameters to starts
    def begin(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Constants, [subject, constant], and initial states, [subject, state], from parameters."""
        return self._plain.begin(np.ascontiguousarray(parameters, dtype=np.float64))

    def choose(self, observables: Sequence[str] | None) -> tuple[str, ...]:
        """Names checked against the model's observables; all of them for ``None``."""
        known = self.ode_system.observables
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
        triggers: Sequence[Trigger] = (),
        watched: TriggerState | None = None,
        most_crossings: int = MOST_CROSSINGS,
        **options: Unpack[RunOptions],
    ) -> Outcome:
        """Solve every subject from ``start`` to ``end`` (h) and record ``observables`` at ``times`` (h).

        Parameters
        ----------
        parameters : [subject, parameter], from :meth:`parameters`.
        times : ascending hours, shared by all subjects, or [subject, time] for times of their own, which
            end with infinity where a subject has fewer. An output at the instant of a dose shows the state
            before it; an infinite time before the last stands for an output that a RECORD event writes.
        triggers : actions at crossings of levels, see :class:`Trigger`; ``most_crossings`` of each subject
            are recorded, and a subject with more counts as failed.
        watched : triggers to continue from, as an earlier outcome left them.
        options : see :class:`RunOptions`.

        Raises InvalidCall for a table or an event that does not fit the model, a value that is not
        finite, times out of order or outside the span; StudyTooLarge for a run beyond memory.
        """
        request = self._watched(self._request(parameters, times, options), triggers, most_crossings, watched)
        apart = have_ramps(request)
        copies = 2 if apart.any() and not apart.all() else 1
        self._refuse_too_large(copies * request.subjects, request.times.shape[-1], len(request.names))
        return in_two_groups(
            apart, lambda own: self._plain.run(request.of(own)), lambda own: self._ramped.run(request.of(own))
        )

    def run_with_sensitivities(
        self,
        parameters: Floats,
        times: ArrayLike,
        *,
        with_respect_to: Sequence[str] | Directions,
        triggers: Sequence[Trigger] = (),
        watched: TriggerState | None = None,
        most_crossings: int = MOST_CROSSINGS,
        **options: Unpack[RunOptions],
    ) -> Sensitivities:
        r"""Solve as :meth:`run` does, and differentiate every number by ``with_respect_to``.

        The tangent :math:`\dot x = \partial x / \partial s` follows each accepted step by the chain rule,
        :math:`\dot y_1 = \frac{\partial \Phi_h}{\partial y}(y_0, p)\,\dot y_0 +
        \frac{\partial \Phi_h}{\partial p}\,\dot p`, through doses and dense output; step sizes
        are held constant. It is exact for the steps taken, so its error is of the order of the run's own.

        Parameters
        ----------
        with_respect_to : names of parameters, or of states for their start values; or any
            :class:`Directions`, which may move doses and their instants too.
        triggers, watched, most_crossings : as in :meth:`run`. Derivatives include the shift of
            the instant of a crossing; a subject whose value touches a level without crossing it counts as
            failed. Levels and values of actions do not depend on the directions.
        options : see :class:`RunOptions`. Given ``states``, ``inputs`` and ``slopes`` do not depend on the
            parameters unless the directions hold their derivatives (:meth:`Sensitivities.onward`).
            ``progress`` counts rows, each a subject with up to sixteen directions.

        Raises UnknownName for an unknown name, InvalidCall for no direction, one that does not fit, or single
        precision, and whatever :meth:`run` raises.
        """
        request = self._watched(self._request(parameters, times, options), triggers, most_crossings, watched)
        _refuse_single(request.tolerance)
        d = directions_of(with_respect_to, self.ode_system, self.model.name)
        layout = Layout(request.subjects, len(d.names))
        self._refuse_too_large(
            (layout.width + 1) * layout.rows * request.subjects, request.times.shape[-1], len(request.names)
        )
        d = whole_directions(self.ode_system, d, request, fresh=options.get("inputs") is None)
        return in_two_groups(
            have_ramps(request),
            lambda own: self._plain.run_with_sensitivities(
                request.of(own), d.of(own, own[request.events.subjects])
            ),
            lambda own: self._ramped.run_with_sensitivities(
                request.of(own), d.of(own, own[request.events.subjects])
            ),
        )

    def periodic_start(
        self,
        parameters: Floats,
        *,
        period: float = 24.0,
        start: float = 0.0,
        inputs: Floats | None = None,
        states: Floats | None = None,
        except_states: Sequence[str] = (),
        accuracy: float = 1e-6,
        most_periods: int = 180,
        tolerance: Tolerance | None = None,
        threads: int | None = None,
    ) -> PeriodicStart:
        """States at ``start`` (h) that return after ``period`` (h) while inputs are constant, per subject.

        Parameters
        ----------
        states : where the search begins; the model's start values for None.
        except_states : names of states that do not return, such as height; they keep their start values.
        accuracy : a subject has converged when the largest relative correction of a state is at most this.
        most_periods : a subject that has not converged by then is returned as it is, marked as not converged.
        tolerance : None for a tenth of ``accuracy``; always in double precision.

        Raises UnknownName for an unknown state, and the errors of :meth:`run`.
        """
        p, table = self.ode_system, finite_table("parameter", parameters, None, self.ode_system.parameters)
        held = tuple(self._place("state", name) for name in except_states)
        y = self.begin(table)[1] if states is None else finite_table("state", states, len(table), p.states)
        u = resting(p, table) if inputs is None else finite_table("input", inputs, len(table), p.inputs)
        exact = replace(tolerance or Tolerance(rtol=accuracy / 10, atol=accuracy / 1000), precision="double")
        period_map, scales = PeriodMap(self.run, period, start, held, exact, threads), np.array(p.scales)
        key = (period, start, held, exact, is_portable())
        if key not in self._corrections:
            typical = self.parameters(1)
            at = (typical, resting(p, typical), self.begin(typical)[1])
            settled_in, _ = period_map(*at, at[2], TYPICAL_WARM_UP)
            self._corrections[key] = newton_correction(period_map, *at, settled_in, scales)

        def advance(x: Floats, which: NDArray[np.int64], periods: int) -> tuple[Floats, NDArray[np.bool_]]:
            return period_map(table[which], u[which], y[which], x, periods)

        def own(child: int, x: Floats) -> Floats | None:
            rows = slice(child, child + 1)
            return newton_correction(period_map, table[rows], u[rows], y[rows], x, scales)

        return find_fixed_point(advance, y, scales, accuracy, most_periods, self._corrections[key], own)

    def periodic_start_tangents(
        self,
        parameters: Floats,
        found: PeriodicStart,
        *,
        with_respect_to: Sequence[str] | Directions,
        period: float = 24.0,
        start: float = 0.0,
        inputs: Floats | None = None,
        states: Floats | None = None,
        except_states: Sequence[str] = (),
        tolerance: Tolerance | None = None,
        threads: int | None = None,
    ) -> Directions:
        r"""Directions with the derivative of a periodic start as ``states``, [subject, direction, state].

        For a run with sensitivities that begins at ``found.states``. By the implicit function theorem,
        :math:`\dot x = (I - G_x)^{-1} (G_h \dot h + G_p \dot p)`, from one run over one period; the states
        :math:`h` that are held move with the start values.

        Parameters
        ----------
        found : from :meth:`periodic_start`, called with the same other arguments.
        with_respect_to : as in :meth:`run_with_sensitivities`.

        The row of a subject that has not converged is not-a-number. Raises the errors of
        :meth:`run_with_sensitivities`.
        """
        d, p = directions_of(with_respect_to, self.ode_system, self.model.name), self.ode_system
        held = {self._place("state", name) for name in except_states}
        free = [i for i in range(len(p.states)) if i not in held]

        def follow(directions: Directions, y: Floats | None, end: float) -> Floats:
            return self.run_with_sensitivities(
                parameters, [], with_respect_to=directions, observables=(), start=start, end=end,
                states=y, inputs=inputs, tolerance=tolerance, threads=threads,
            ).states  # fmt: skip

        begun = follow(d, states, start)
        over = period_directions(d.whole(len(begun), p, 0), free, begun)
        ends = follow(over, found.states, start + period)
        moved = fixed_point_tangents(ends, free, begun)
        moved[~found.converged] = np.nan
        return replace(d, states=moved)

    def _request(self, parameters: Floats, times: ArrayLike, options: RunOptions) -> RunRequest:
        names = self.choose(options.get("observables"))
        span = ordered_times(times, options.get("start"), options.get("end"))
        return run_request(self.ode_system, parameters, span, names, options)

    def _watched(
        self, request: RunRequest, triggers: Sequence[Trigger], room: int, before: TriggerState | None
    ) -> RunRequest:
        if not triggers:
            return request
        watch = TriggerTables.of(triggers, self.ode_system, request.subjects, room, before)
        return replace(request, watch=watch)

    def _refuse_too_large(self, children: int, times: int, observables: int) -> None:
        p = self.ode_system
        others = self._plain.constants + 2 * len(p.states) + 2 * len(p.inputs) + len(p.parameters)
        refuse_beyond_memory(bytes_needed(children, times, observables, others))


def _refuse_single(tolerance: Tolerance) -> None:
    if tolerance.precision == "single":
        raise InvalidCall(
            "Derivatives need double precision.",
            "The rounding errors of single precision are too large for them.",
            "Give a tolerance with precision='double'.",
        )
