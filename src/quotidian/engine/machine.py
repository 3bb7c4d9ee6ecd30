"""A compiled model: parameters in, trajectories out, many children at a time."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.events import Events
from quotidian.engine.outcome import Outcome
from quotidian.engine.problem import Problem, trace
from quotidian.errors import EngineError, UnknownName, closest
from quotidian.network import Model

Floats = NDArray[np.float64]
BLOCK = 64  # children a thread takes at a time


@dataclass(frozen=True)
class Tolerance:
    """Error control: ``rtol`` relative; ``atol`` as a fraction of each species' usual size. Steps in hours."""

    rtol: float = 1e-5
    atol: float = 1e-7
    first_step: float = 1e-3
    longest_step: float = 48.0
    max_steps: int = 2_000_000


def thread_count() -> int:
    """``QUOTIDIAN_THREADS``, else the processors this process may use."""
    named = os.environ.get("QUOTIDIAN_THREADS", "")
    return max(1, int(named)) if named.isdigit() else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Machine:
    """One model as machine code. Compiles on first use; later starts read the cache."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.problem: Problem = trace(model)

    @cached_property
    def _code(self):  # type: ignore[no-untyped-def]
        from quotidian.engine.compile import lanes, machine_code

        def text() -> str:
            from quotidian.engine.march import emit_march
            from quotidian.engine.method import RODAS5P

            return emit_march(self.problem, RODAS5P, lanes())

        return machine_code(self.problem.fingerprint, text, ("prepare", "march"))

    @cached_property
    def _prepare(self) -> Callable[..., None]:
        p = ctypes.c_void_p
        return ctypes.CFUNCTYPE(None, ctypes.c_int64, p, p, p)(self._code.addresses["prepare"])

    @cached_property
    def _march(self) -> Callable[..., None]:
        i, p, d = ctypes.c_int64, ctypes.c_void_p, ctypes.c_double
        kinds = [i, i, *[p] * 10, i, p, i, *[p] * 6, d, p, d, d, i]
        return ctypes.CFUNCTYPE(None, *kinds)(self._code.addresses["march"])

    # ---- from names to arrays
    def parameters(self, children: int, overrides: Mapping[str, float | Floats] | None = None) -> Floats:
        """Parameter table [child, parameter]: the model's values, with ``overrides`` by name."""
        names = {name: i for i, name in enumerate(self.problem.parameters)}
        table = np.tile([self.model.constants[n] for n in names], (children, 1))
        for name, value in (overrides or {}).items():
            if name not in names:
                raise UnknownName(f"{self.model.name} has no parameter '{name}'.", closest(name, names))
            table[:, names[name]] = value
        return table

    def begin(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Hoisted constants and start states of each child, from its parameters."""
        parameters = np.ascontiguousarray(parameters, dtype=np.float64)
        constants = np.empty((len(parameters), max(len(self.problem.hoisted), 1)))
        states = np.empty((len(parameters), len(self.problem.states)))
        narrow = np.empty((len(parameters), len(self.problem.hoisted)))
        self._prepare(len(parameters), parameters.ctypes.data, narrow.ctypes.data, states.ctypes.data)
        constants[:, : narrow.shape[1]] = narrow
        return np.ascontiguousarray(constants[:, : narrow.shape[1]]), states

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
        times: Floats,
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

        Raises EngineError for times out of order or outside the span.
        """
        tol = tolerance or Tolerance()
        times = np.ascontiguousarray(times, dtype=np.float64)
        children = len(parameters)
        t0 = float(times[0]) if start is None else float(start)
        t1 = float(times[-1]) if end is None else float(end)
        _check_times(times, t0, t1)
        constants, fresh = self.begin(parameters)
        y = fresh if states is None else np.array(states, dtype=np.float64, order="C")
        resting = np.tile(np.array(self.problem.resting, dtype=np.float64), (children, 1))
        u = resting if inputs is None else np.array(inputs, dtype=np.float64, order="C")
        chosen = self.choose(observables)
        picked = np.array([self.problem.observables.index(n) for n in chosen], dtype=np.int64)
        output = np.full((children, len(times), len(chosen)), np.nan)
        schedule = (events or Events.none(children)).sorted().within(t0, t1)
        counts = {name: np.zeros(children, dtype=np.int64) for name in ("status", "accepted", "rejected")}
        reached, begin, finish = np.zeros(children), np.full(children, t0), np.full(children, t1)
        atol = tol.atol * np.array(self.problem.scales)
        arrays = (constants, u, y, begin, finish, *schedule.arrays)
        later = (output, counts["status"], reached, counts["accepted"], counts["rejected"])

        def march(first: int, last: int) -> int:
            if cancel is None or not cancel.is_set():
                self._march(
                    first, last, *(a.ctypes.data for a in arrays), len(times), times.ctypes.data, len(picked),
                    picked.ctypes.data, *(a.ctypes.data for a in later), tol.rtol, atol.ctypes.data,
                    tol.first_step, tol.longest_step, tol.max_steps,
                )  # fmt: skip
            return last - first

        _in_threads(march, children, threads or thread_count(), progress)
        if cancel is not None and cancel.is_set():
            raise KeyboardInterrupt
        return Outcome(self.model.name, times, chosen, output, y, u, counts["status"], reached, counts["accepted"], counts["rejected"])


def _check_times(times: Floats, start: float, end: float) -> None:
    if len(times) and (np.any(np.diff(times) < 0) or times[0] < start or times[-1] > end):
        raise EngineError(
            "Output times must ascend and lie within the span of the run.",
            f"The run goes from {start:g} to {end:g} h; times go from {times.min():g} to {times.max():g} h.",
            "Sort the times, or widen the span.",
        )
    if not (np.isfinite(start) and np.isfinite(end) and end >= start):
        raise EngineError(f"A run cannot go from {start:g} to {end:g} h.", "", "Give an end after the start.")


def _in_threads(march: Callable[[int, int], int], children: int, threads: int, progress: Callable[[int], None] | None) -> None:
    blocks = [(i, min(i + BLOCK, children)) for i in range(0, children, BLOCK)]
    with ThreadPoolExecutor(threads) as pool:
        for done in as_completed([pool.submit(march, *block) for block in blocks]):
            count = done.result()
            if progress is not None:
                progress(count)
