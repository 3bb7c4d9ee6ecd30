"""Solve subjects with and without ramps separately, each by its own code, and merge the results.

Which code solves a subject depends on the subject alone, so its results do not depend on the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import RAMP
from quotidian.engine.outcome import BY_SUBJECT, Outcome
from quotidian.engine.runtime.run_request import RunRequest
from quotidian.engine.sensitivities import Sensitivities
from quotidian.engine.triggers import TriggerState

Bools = NDArray[np.bool_]
T = TypeVar("T", Outcome, Sensitivities)
W = TypeVar("W", Outcome, Sensitivities, TriggerState)


def have_ramps(request: RunRequest) -> Bools:
    """Which subjects have an input that varies continuously in the span of the request."""
    events = request.events
    moving = np.asarray(np.any(request.slopes != 0, axis=1))
    if request.watch is not None and request.watch.ramps:
        moving[:] = True
    ramps = (events.kind == RAMP) & (events.time >= request.begin) & (events.time < request.end)
    moving[events.subjects[ramps]] = True
    return moving


def in_two_groups(apart: Bools, plain: Callable[[Bools], T], other: Callable[[Bools], T]) -> T:
    """``other`` of the subjects that are ``apart`` [subject], ``plain`` of the rest, as one result."""
    if not apart.any():
        return plain(~apart)
    if apart.all():
        return other(apart)
    return _merged(apart, plain(~apart), other(apart))


def _merged(apart: Bools, rest: W, those: W) -> W:
    names: tuple[str, ...] = BY_SUBJECT
    parts: dict[str, Any] = {}
    if isinstance(rest, TriggerState):
        names = tuple(field.name for field in fields(rest))
    if isinstance(rest, Outcome) and rest.watched is not None:
        assert isinstance(those, Outcome) and those.watched is not None
        parts["watched"] = _merged(apart, rest.watched, those.watched)
    if isinstance(rest, Sensitivities):
        assert isinstance(those, Sensitivities)
        parts["outcome"] = _merged(apart, rest.outcome, those.outcome)
        names = ("values", "states", "inputs", "slopes", "pending", "crossings")
    if isinstance(rest, Outcome) and rest.times.ndim == 2:
        names = (*names, "times")
    for name in names:
        one: NDArray[Any] = getattr(rest, name)
        room = np.empty((len(apart), *one.shape[1:]), dtype=one.dtype)
        room[~apart], room[apart] = one, getattr(those, name)
        parts[name] = room
    return replace(rest, **parts)
