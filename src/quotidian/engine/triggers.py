"""Triggers: actions at the instant at which an observable or state of a subject crosses a level.

::

    start = Action(SWITCH, "paracetamol", 15.0)
    end = Action(SWITCH, "paracetamol", 0.0, after_h=0.5)
    heat = Trigger("temperature", 38.5, actions=(start, end), rearm=37.5)

The instant is located within the step by bisection of the dense output; its error is that of the run.
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
BY_SUBJECT = ("trigger_level", "trigger_rearm", "action_value", "armed", "pending")


@dataclass(frozen=True)
class Action:
    """An action of a trigger: an event of this ``kind`` on a state or input; STOP ends the subject's run.

    ``value`` is one number or [subject]. ``after_h`` delays it by so many hours after the crossing; while an
    action is pending, another crossing does not schedule it again.
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
    level : one number or [subject]; not-a-number for a subject that has none.
    actions : in the order in which they apply at one instant, after the events of that instant.
    rising : True for crossings upwards, False for downwards.
    once : whether it fires at most once.
    rearm : after it fires, a trigger is armed again once the value is on the other side of this level at the
        end of a step; None for ``level`` itself. A trigger whose value starts beyond its level is not armed.
    """

    observable: str
    level: ArrayLike
    actions: tuple[Action, ...] = ()
    rising: bool = True
    once: bool = False
    rearm: ArrayLike | None = None

    @property
    def ramps(self) -> bool:
        """Whether one of its actions is a ramp."""
        return any(act.kind == RAMP for act in self.actions)


@dataclass(frozen=True)
class TriggerState:
    """State of the triggers at the end of a run, from which to continue, and the crossings of the run.

    Attributes
    ----------
    armed : [subject, trigger]. pending : [subject, action] h when an action is due, infinity for none.
    time, trigger : [subject, crossing] h, and number of the trigger; the first ``count`` [subject] are valid.
    """

    armed: Integers
    pending: Floats
    time: Floats
    trigger: Integers
    count: Integers

    def every(self, rows: int) -> TriggerState:
        """Every so manieth subject."""
        names = (field.name for field in fields(self))
        return TriggerState(*(np.ascontiguousarray(getattr(self, name)[::rows]) for name in names))

    def of(self, subject: int, trigger: int) -> Floats:
        """Instants (h) at which a subject's trigger has fired."""
        n = self.count[subject]
        found: Floats = self.time[subject, :n][self.trigger[subject, :n] == trigger]
        return found


@dataclass(frozen=True)
class TriggerTables:
    """Triggers as tables, by the names of the integrator's arguments."""

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
        triggers: Sequence[Trigger], system: OdeSystem, subjects: int, room: int, before: TriggerState | None
    ) -> TriggerTables:
        """Build the tables and check them. ``before`` is the state at the end of the run to be continued.

        Raises UnknownName for an unknown observable, state or input, InvalidCall for an
        action, a level or a memory that does not fit.
        """
        actions = [act for trigger in triggers for act in trigger.actions]
        levels = [_per_subject(t.level, subjects, "level") for t in triggers]
        rearms = [x if t.rearm is None else _per_subject(t.rearm, subjects, "rearm")
                  for t, x in zip(triggers, levels, strict=True)]  # fmt: skip
        signs = np.array([1.0 if t.rising else -1.0 for t in triggers])
        _refuse_invalid(triggers, levels, rearms, signs, actions)
        armed = np.full((subjects, len(triggers)), UNDECIDED, dtype=np.int64)
        pending = np.full((subjects, len(actions)), np.inf)
        if before is not None:
            if before.armed.shape != armed.shape or before.pending.shape != pending.shape:
                raise InvalidCall(
                    "The earlier state of the triggers does not fit the triggers of the run.",
                    f"It holds {before.armed.shape} triggers and {before.pending.shape} actions, by subject.",
                    "Give the same triggers in the same order, and the same subjects.",
                )
            armed, pending = before.armed.copy(), before.pending.copy()
        return TriggerTables(
            np.array([_source(t.observable, system) for t in triggers], dtype=np.int64),
            signs,
            np.array([t.once for t in triggers], dtype=np.int64),
            _columns(levels, subjects),
            _columns(rearms, subjects),
            np.cumsum([0, *(len(t.actions) for t in triggers)], dtype=np.int64),
            np.array([act.kind for act in actions], dtype=np.int64),
            np.array([_target(act, system) for act in actions], dtype=np.int64),
            np.array([act.after_h for act in actions], dtype=np.float64),
            _columns([_per_subject(act.value, subjects, "value") for act in actions], subjects),
            armed,
            pending,
            room,
            any(t.ramps for t in triggers),
        )

    def of_subjects(self, chosen: Bools) -> TriggerTables:
        """The rows of the chosen subjects."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in BY_SUBJECT})

    def repeated(self, rows: int) -> TriggerTables:
        """Every subject's row so many times."""
        wide: dict[str, Any] = {name: np.repeat(getattr(self, name), rows, axis=0) for name in BY_SUBJECT}
        return replace(self, **wide)

    def arguments(self) -> Mapping[str, Any]:
        """The arguments of the integrator that describe triggers, by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "ramps"}
        return own | {"n_triggers": len(self.trigger_source), "n_actions": len(self.action_kind)}


def _columns(columns: Sequence[Floats], subjects: int) -> Floats:
    """[subject, column], contiguous."""
    return np.ascontiguousarray(np.array(columns, dtype=np.float64).reshape(len(columns), subjects).T)


def _per_subject(value: ArrayLike, subjects: int, what: str) -> Floats:
    given: Floats = np.asarray(value, dtype=np.float64)
    if given.shape not in ((), (subjects,)):
        raise InvalidCall(
            f"The {what} of a trigger has the shape {given.shape}.",
            f"It must be one number, or one for each of {subjects} subjects.",
            "Give one number for all, or a number for each subject.",
        )
    return np.array(np.broadcast_to(given, subjects))


def _source(name: str, system: OdeSystem) -> int:
    seen = (*system.observables, *system.states)
    if name not in seen:
        raise UnknownName(f"There is no observable or state '{name}' to watch.", closest(name, seen))
    return seen.index(name)


def _target(act: Action, system: OdeSystem) -> int:
    if act.kind == STOP:
        return 0
    known = system.states if act.kind in (ADD, SET, MULTIPLY) else system.inputs
    if act.target not in known:
        raise UnknownName(f"A trigger cannot act on '{act.target}'.", closest(act.target, known))
    return known.index(act.target)


def _refuse_invalid(
    triggers: Sequence[Trigger],
    levels: Sequence[Floats],
    rearms: Sequence[Floats],
    signs: Floats,
    actions: Sequence[Action],
) -> None:
    for trigger, level, rearm, sign in zip(triggers, levels, rearms, signs, strict=True):
        if np.any(sign * (rearm - level) > 0):
            raise InvalidCall(
                f"The trigger on '{trigger.observable}' would be armed beyond its level.",
                f"It fires {'upwards' if trigger.rising else 'downwards'} at its level.",
                f"Give a rearm {'at or below' if trigger.rising else 'at or above'} the level.",
            )
    for act in actions:
        known = act.kind in (ADD, SET, MULTIPLY, SWITCH, RAMP, STOP)
        if not (known and np.all(np.isfinite(act.value)) and np.isfinite(act.after_h) and act.after_h >= 0):
            raise InvalidCall(
                f"A trigger cannot carry out kind {act.kind} with value {act.value} after {act.after_h} h.",
                "Kinds are ADD, SET, MULTIPLY, SWITCH, RAMP and STOP; value and delay are finite.",
                "Correct the action; a delay is 0 or more.",
            )
