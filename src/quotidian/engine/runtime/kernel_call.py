"""One call of the compiled integrator: its arrays in the order of the arguments, and its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ctypes import CFUNCTYPE, c_double, c_int64, c_void_p
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import Kind, arguments
from quotidian.engine.events import Events
from quotidian.engine.outcome import Outcome
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import TriggerState, TriggerTables

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
CTYPES: dict[Kind, type[c_int64] | type[c_double] | type[c_void_p]] = {
    Kind.INTEGER: c_int64,
    Kind.DOUBLE: c_double,
    Kind.INTEGERS: c_void_p,
    Kind.DOUBLES: c_void_p,
}
DTYPES = {Kind.INTEGERS: np.dtype(np.int64), Kind.DOUBLES: np.dtype(np.float64)}


def integrator_at(address: int, tangents: bool = False, triggers: bool = False) -> Callable[..., None]:
    """The compiled integrator at an address, as a function."""
    return CFUNCTYPE(None, *(CTYPES[kind] for kind in arguments(tangents, triggers).values()))(address)


@dataclass(frozen=True)
class KernelCall:
    """The arrays that the integrator reads and writes; it overwrites ``inputs`` and ``states``."""

    begin: float
    end: float
    times: Floats
    constants: Floats
    inputs: Floats
    states: Floats
    events: Events
    chosen: Integers
    tolerance: Tolerance
    atol: Floats
    takes: ClassVar[Mapping[str, Kind]] = arguments()
    output: Floats = field(init=False)
    status: Integers = field(init=False)
    reached: Floats = field(init=False)
    accepted: Integers = field(init=False)
    rejected: Integers = field(init=False)

    def __post_init__(self) -> None:
        subjects = len(self.states)
        shape = (subjects, self.times.shape[-1], len(self.chosen))
        object.__setattr__(self, "output", np.full(shape, np.nan))
        object.__setattr__(self, "reached", np.zeros(subjects))
        for name in ("status", "accepted", "rejected"):
            object.__setattr__(self, name, np.zeros(subjects, dtype=np.int64))

    def bind(self, integrator: Callable[..., None]) -> Callable[[int, int], None]:
        """Bind all arguments but the first and last subject."""
        values, takes = self._values(), self.takes
        rest = [_passed(name, takes[name], values[name]) for name in takes if name not in ("first", "last")]
        return lambda first, last: integrator(first, last, *rest)

    def _values(self) -> Mapping[str, Any]:
        own = {name: value for name, value in vars(self).items() if name in self.takes}
        events = {f"event_{name}": column for name, column in vars(self.events).items()}
        control = {
            name: value for name, value in vars(self.tolerance).items() if name not in ("atol", "precision")
        }
        count = self.times.shape[-1]
        stride = count if self.times.ndim == 2 else 0
        return own | events | control | {
            "n_times": count, "times_stride": stride, "n_chosen": len(self.chosen),
        }  # fmt: skip

    def outcome(self, model: str, names: tuple[str, ...]) -> Outcome:
        """The results of the call."""
        return Outcome(
            model, self.times, names, self.output, self.states, self.inputs,
            self.status, self.reached, self.accepted, self.rejected, np.zeros_like(self.inputs),
        )  # fmt: skip


@dataclass(frozen=True)
class TangentKernelCall(KernelCall):
    """A call with tangents of every value, [.., direction, ..]; ends overwrite beginnings here too."""

    constants_dot: Floats
    inputs_dot: Floats
    states_dot: Floats
    event_dot: Floats
    event_time_dot: Floats
    takes: ClassVar[Mapping[str, Kind]] = arguments(tangents=True)
    output_dot: Floats = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        subjects, times, chosen = self.output.shape
        shape = (subjects, times, self.states_dot.shape[1], chosen)
        object.__setattr__(self, "output_dot", np.full(shape, np.nan))


@dataclass(frozen=True)
class TriggerKernelCall(KernelCall):
    """A call with triggers; their state at the end overwrites that at the beginning."""

    watch: TriggerTables
    takes: ClassVar[Mapping[str, Kind]] = arguments(triggers=True)
    watched: TriggerState = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "watched", _watched(self.watch, len(self.states)))

    def _values(self) -> Mapping[str, Any]:
        return {**super()._values(), **_trigger_arguments(self.watch, self.watched)}

    def outcome(self, model: str, names: tuple[str, ...]) -> Outcome:
        """The results of the call."""
        return replace(super().outcome(model, names), watched=self.watched)


@dataclass(frozen=True)
class TangentTriggerKernelCall(TangentKernelCall):
    """A call with both; the tangents of pending instants at the end overwrite those at the beginning."""

    watch: TriggerTables
    pending_dot: Floats
    takes: ClassVar[Mapping[str, Kind]] = arguments(tangents=True, triggers=True)
    watched: TriggerState = field(init=False)
    crossing_time_dot: Floats = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "watched", _watched(self.watch, len(self.states)))
        shape = (*self.watched.time.shape, self.states_dot.shape[1])
        object.__setattr__(self, "crossing_time_dot", np.full(shape, np.nan))

    def _values(self) -> Mapping[str, Any]:
        return {**super()._values(), **_trigger_arguments(self.watch, self.watched)}

    def outcome(self, model: str, names: tuple[str, ...]) -> Outcome:
        """The results of the call."""
        return replace(super().outcome(model, names), watched=self.watched)


def _watched(watch: TriggerTables, subjects: int) -> TriggerState:
    """Room for the state at the end, in the arrays of the state at the beginning, and for crossings."""
    noted = (np.full((subjects, watch.room), np.nan), np.full((subjects, watch.room), -1, dtype=np.int64))
    return TriggerState(watch.armed, watch.pending, *noted, np.zeros(subjects, dtype=np.int64))


def _trigger_arguments(watch: TriggerTables, watched: TriggerState) -> Mapping[str, Any]:
    noted = {f"crossing_{name}": getattr(watched, name) for name in ("time", "trigger", "count")}
    return {**watch.arguments(), **noted}


def _passed(name: str, kind: Kind, value: Any) -> Any:
    """Pass a number by value, an array by address after a check of its type and layout."""
    if kind not in DTYPES:
        return value
    if value.dtype != DTYPES[kind] or not value.flags.c_contiguous:
        raise TypeError(f"{name} must be contiguous {kind.value}, not {value.dtype}")
    return value.ctypes.data
