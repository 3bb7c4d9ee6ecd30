"""Continuation of a stable state while one input changes in steps, up and then down, to find hysteresis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, CompiledModel, Events
from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """States reached at each level, [level, observable], upwards and downwards; levels ascend in both."""

    input: str
    levels: Floats
    names: tuple[str, ...]
    up: Floats
    down: Floats

    def branch(self, name: str) -> tuple[Floats, Floats]:
        """One observable on the way up and on the way down, [level]."""
        i = self.names.index(name)
        return self.up[:, i], self.down[:, i]

    def thresholds(self, name: str, above: float) -> tuple[float, float]:
        """(level at which the way up first exceeds ``above``, lowest level at which the way down still does).

        Not-a-number where it never does.
        """
        up, down = self.branch(name)
        return tuple(  # type: ignore[return-value]
            float(self.levels[np.argmax(way > above)]) if (way > above).any() else float("nan")
            for way in (up, down)
        )


def sweep(
    machine: CompiledModel,
    parameters: Floats,
    input: str,
    levels: Sequence[float],
    hold_days: float,
    observables: Sequence[str],
) -> Sweep:
    """Hold each level for so many days, up and then down, in one run of one subject.

    Parameters
    ----------
    parameters : [1, parameter]. levels : ascending. hold_days : whole days, so that every reading is
        taken at the same hour.

    Raises InvalidInput for levels that do not ascend or an unknown input.
    """
    steps = np.asarray(levels, dtype=np.float64)
    if len(steps) < 2 or np.any(np.diff(steps) <= 0) or input not in machine.ode_system.inputs:
        raise InvalidInput(
            f"'{input}' cannot be swept.",
            f"The inputs are {', '.join(machine.ode_system.inputs)}; levels must ascend, two or more.",
            "Name an input and give ascending levels.",
        )
    order = np.concatenate([steps, steps[::-1]])
    index, hold = machine.ode_system.inputs.index(input), hold_days * 24.0
    events = [(i * hold, SWITCH, index, float(x)) for i, x in enumerate(order)]
    times = hold * np.arange(1, len(order) + 1)
    run = machine.run(
        parameters[:1], times, events=Events.of([events]), observables=observables, start=0.0, end=times[-1]
    )
    values, n = run.values[0], len(steps)
    return Sweep(input, steps, run.names, values[:n], values[n:][::-1])
