"""Children with and without ramps solved apart, each by its own code, and put together again.

Which code solves a child depends on the child alone, so its bits do not depend on its company.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import RAMP
from quotidian.engine.outcome import BY_CHILD, Outcome
from quotidian.engine.runtime.run_request import RunRequest
from quotidian.engine.sensitivities import Sensitivities
from quotidian.engine.triggers import Watched

Bools = NDArray[np.bool_]
T = TypeVar("T", Outcome, Sensitivities)
W = TypeVar("W", Outcome, Sensitivities, Watched)


def on_ramps(task: RunRequest) -> Bools:
    """Which children have an input that moves in the task's span."""
    events = task.events
    moving = np.asarray(np.any(task.slopes != 0, axis=1))
    if task.watch is not None and task.watch.ramps:
        moving[:] = True
    ramps = (events.kind == RAMP) & (events.time >= task.begin) & (events.time < task.end)
    moving[events.children[ramps]] = True
    return moving


def in_parts(apart: Bools, plain: Callable[[Bools], T], other: Callable[[Bools], T]) -> T:
    """``other`` of the children that are ``apart`` [child], ``plain`` of the rest, as one result."""
    if not apart.any():
        return plain(~apart)
    if apart.all():
        return other(apart)
    return _woven(apart, plain(~apart), other(apart))


def _woven(apart: Bools, rest: W, those: W) -> W:
    names: tuple[str, ...] = BY_CHILD
    parts: dict[str, Any] = {}
    if isinstance(rest, Watched):
        names = tuple(field.name for field in fields(rest))
    if isinstance(rest, Outcome) and rest.watched is not None:
        assert isinstance(those, Outcome) and those.watched is not None
        parts["watched"] = _woven(apart, rest.watched, those.watched)
    if isinstance(rest, Sensitivities):
        assert isinstance(those, Sensitivities)
        parts["outcome"] = _woven(apart, rest.outcome, those.outcome)
        names = ("values", "states", "inputs", "slopes")
    for name in names:
        one: NDArray[Any] = getattr(rest, name)
        room = np.empty((len(apart), *one.shape[1:]), dtype=one.dtype)
        room[~apart], room[apart] = one, getattr(those, name)
        parts[name] = room
    return replace(rest, **parts)
