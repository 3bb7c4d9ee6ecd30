"""One run of the compiled march: its arrays in the order of the call, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ctypes import c_double, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.calling import ARGUMENTS, Kind
from quotidian.engine.events import Events
from quotidian.engine.outcome import Outcome
from quotidian.engine.tolerance import Tolerance

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
CTYPES: dict[Kind, type[c_int64] | type[c_double] | type[c_void_p]] = {
    Kind.INTEGER: c_int64,
    Kind.DOUBLE: c_double,
    Kind.INTEGERS: c_void_p,
    Kind.DOUBLES: c_void_p,
}
DTYPES = {Kind.INTEGERS: np.dtype(np.int64), Kind.DOUBLES: np.dtype(np.float64)}
SIGNATURE = tuple(CTYPES[kind] for kind in ARGUMENTS.values())


@dataclass(frozen=True)
class Job:
    """Everything a march reads and writes; ``inputs`` and ``states`` are overwritten with the end's."""

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
    output: Floats = field(init=False)
    status: Integers = field(init=False)
    reached: Floats = field(init=False)
    accepted: Integers = field(init=False)
    rejected: Integers = field(init=False)

    def __post_init__(self) -> None:
        children = len(self.states)
        shape = (children, len(self.times), len(self.chosen))
        object.__setattr__(self, "output", np.full(shape, np.nan))
        object.__setattr__(self, "reached", np.zeros(children))
        for name in ("status", "accepted", "rejected"):
            object.__setattr__(self, name, np.zeros(children, dtype=np.int64))

    def call(self, march: Callable[..., None]) -> Callable[[int, int], None]:
        """``march`` with everything but the first and last child filled in."""
        values = self._values()
        rest = [_passed(name, values[name]) for name in ARGUMENTS if name not in ("first", "last")]
        return lambda first, last: march(first, last, *rest)

    def _values(self) -> Mapping[str, Any]:
        own = {name: value for name, value in vars(self).items() if name in ARGUMENTS}
        events = {f"event_{name}": column for name, column in vars(self.events).items()}
        control = {name: value for name, value in vars(self.tolerance).items() if name != "atol"}
        return own | events | control | {"n_times": len(self.times), "n_chosen": len(self.chosen)}

    def outcome(self, model: str, names: tuple[str, ...]) -> Outcome:
        """What the march has written."""
        return Outcome(
            model, self.times, names, self.output, self.states, self.inputs,
            self.status, self.reached, self.accepted, self.rejected,
        )  # fmt: skip


def _passed(name: str, value: Any) -> Any:
    """A number as it is, an array by its address: the one place where its layout is trusted."""
    kind = ARGUMENTS[name]
    if kind not in DTYPES:
        return value
    if value.dtype != DTYPES[kind] or not value.flags.c_contiguous:
        raise TypeError(f"{name} must be contiguous {kind.value}, not {value.dtype}")
    return value.ctypes.data
