"""Triggers: what happens to a child at the instant at which one of its own values crosses a level.

::

    heat = Trigger("temperature", 38.5, actions=(Act(SWITCH, "paracetamol", 15.0), Act(SWITCH, "paracetamol",
                   0.0, after_h=0.5)), rearm=37.5)

The instant is found within the step, to the last bit of the dense polynomial; its error is that of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.abi import ADD, MULTIPLY, RAMP, SET, STOP, SWITCH, UNDECIDED
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.errors import InvalidCall, UnknownName, closest

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
MOST_CROSSINGS = 64


@dataclass(frozen=True)
class Act:
    """What a trigger does: an event of this ``kind`` to a state or input; STOP ends the child's run.

    ``value`` is one number or [child]. ``after_h``: so many hours after the crossing; while an action waits,
    another crossing does not order it again.
    """

    kind: int
    target: str = ""
    value: ArrayLike = 0.0
    after_h: float = 0.0


@dataclass(frozen=True)
class Trigger:
    """Fires when ``observable`` (or a state of that name) crosses ``level`` upwards, or downwards.

    Attributes
    ----------
    level : one number or [child]; not-a-number for a child that has none.
    actions : in the order in which they act at one instant, after the events of that instant.
    rising : upwards; False for downwards.
    once : never again after it has fired.
    rearm : it fires again only after the value was seen beyond this level on the other side at the end of a
        step; None for ``level`` itself. A trigger whose value begins past its level waits likewise.
    """

    observable: str
    level: ArrayLike
    actions: tuple[Act, ...] = ()
    rising: bool = True
    once: bool = False
    rearm: ArrayLike | None = None

    @property
    def ramps(self) -> bool:
        """Whether it sets an input in motion."""
        return any(act.kind == RAMP for act in self.actions)


@dataclass(frozen=True)
class Watched:
    """How triggers stand at the end of a run, to go on from, and the crossings of it.

    Attributes
    ----------
    armed : [child, trigger]. pending : [child, action] h when an ordered action is due, infinity for none.
    time, trigger : [child, crossing] h, and number of the trigger; the first ``count`` [child] of each hold.
    """

    armed: Integers
    pending: Floats
    time: Floats
    trigger: Integers
    count: Integers

    def of(self, child: int, trigger: int) -> Floats:
        """Instants (h) at which a child's trigger has fired."""
        n = self.count[child]
        found: Floats = self.time[child, :n][self.trigger[child, :n] == trigger]
        return found


@dataclass(frozen=True)
class Watch:
    """Triggers as tables, by the names of the march's arguments."""

    trigger_source: Integers
    trigger_sign: Floats
    trigger_once: Integers
    trigger_level: Floats
    trigger_rearm: Floats
    action_offset: Integers
    action_kind: Integers
    action_index: Integers
    action_delay: Floats
    action_value: Floats
    armed: Integers
    pending: Floats
    room: int
    ramps: bool

    @staticmethod
    def of(
        triggers: Sequence[Trigger], problem: OdeSystem, children: int, room: int, before: Watched | None
    ) -> Watch:
        """Checked against the model. ``before`` is how they stood at the end of the run that goes on.

        Raises UnknownName for an observable, state or input that the model has not, InvalidCall for an
        action, a level or a memory that does not fit.
        """
        actions = [act for trigger in triggers for act in trigger.actions]
        levels = [_per_child(t.level, children, "level") for t in triggers]
        rearms = [x if t.rearm is None else _per_child(t.rearm, children, "rearm")
                  for t, x in zip(triggers, levels, strict=True)]  # fmt: skip
        signs = np.array([1.0 if t.rising else -1.0 for t in triggers])
        _refuse_odd(triggers, levels, rearms, signs, actions)
        armed = np.full((children, len(triggers)), UNDECIDED, dtype=np.int64)
        pending = np.full((children, len(actions)), np.inf)
        if before is not None:
            if before.armed.shape != armed.shape or before.pending.shape != pending.shape:
                raise InvalidCall(
                    "What was watched before does not fit the triggers of the run.",
                    f"It holds {before.armed.shape} triggers and {before.pending.shape} actions, by child.",
                    "Give the same triggers in the same order, and the same children.",
                )
            armed, pending = before.armed.copy(), before.pending.copy()
        return Watch(
            np.array([_source(t.observable, problem) for t in triggers], dtype=np.int64),
            signs,
            np.array([t.once for t in triggers], dtype=np.int64),
            _columns(levels, children),
            _columns(rearms, children),
            np.cumsum([0, *(len(t.actions) for t in triggers)], dtype=np.int64),
            np.array([act.kind for act in actions], dtype=np.int64),
            np.array([_target(act, problem) for act in actions], dtype=np.int64),
            np.array([act.after_h for act in actions], dtype=np.float64),
            _columns([_per_child(act.value, children, "value") for act in actions], children),
            armed,
            pending,
            room,
            any(t.ramps for t in triggers),
        )

    def of_children(self, chosen: Bools) -> Watch:
        """The rows of the chosen children."""
        by_child = ("trigger_level", "trigger_rearm", "action_value", "armed", "pending")
        return replace(self, **{name: getattr(self, name)[chosen] for name in by_child})

    def arguments(self) -> Mapping[str, Any]:
        """Every argument of the march that comes from here, by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ramps"}
        return own | {"n_triggers": len(self.trigger_source), "n_actions": len(self.action_kind)}


def _columns(columns: Sequence[Floats], children: int) -> Floats:
    """[child, column], in one piece."""
    return np.ascontiguousarray(np.array(columns, dtype=np.float64).reshape(len(columns), children).T)


def _per_child(value: ArrayLike, children: int, what: str) -> Floats:
    given: Floats = np.asarray(value, dtype=np.float64)
    if given.shape not in ((), (children,)):
        raise InvalidCall(
            f"The {what} of a trigger has the shape {given.shape}.",
            f"It must be one number, or one for each of {children} children.",
            "Give one number for all, or a number for each child.",
        )
    return np.array(np.broadcast_to(given, children))


def _source(name: str, problem: OdeSystem) -> int:
    seen = (*problem.observables, *problem.states)
    if name not in seen:
        raise UnknownName(f"There is no observable or state '{name}' to watch.", closest(name, seen))
    return seen.index(name)


def _target(act: Act, problem: OdeSystem) -> int:
    if act.kind == STOP:
        return 0
    known = problem.states if act.kind in (ADD, SET, MULTIPLY) else problem.inputs
    if act.target not in known:
        raise UnknownName(f"A trigger cannot act on '{act.target}'.", closest(act.target, known))
    return known.index(act.target)


def _refuse_odd(
    triggers: Sequence[Trigger],
    levels: Sequence[Floats],
    rearms: Sequence[Floats],
    signs: Floats,
    actions: Sequence[Act],
) -> None:
    for trigger, level, rearm, sign in zip(triggers, levels, rearms, signs, strict=True):
        if np.any(sign * (rearm - level) > 0):
            raise InvalidCall(
                f"The trigger on '{trigger.observable}' would be armed past its own level.",
                f"It fires {'upwards' if trigger.rising else 'downwards'} at its level.",
                f"Give a rearm {'at or below' if trigger.rising else 'at or above'} the level.",
            )
    for act in actions:
        known = act.kind in (ADD, SET, MULTIPLY, SWITCH, RAMP, STOP)
        if not (known and np.all(np.isfinite(act.value)) and np.isfinite(act.after_h) and act.after_h >= 0):
            raise InvalidCall(
                f"A trigger cannot do kind {act.kind} with value {act.value} after {act.after_h} h.",
                "Kinds are ADD, SET, MULTIPLY, SWITCH, RAMP and STOP; value and delay are finite.",
                "Correct the action; a delay is 0 or more.",
            )
