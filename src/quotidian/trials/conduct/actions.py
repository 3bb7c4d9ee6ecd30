"""The actions of rules on participants at a visit, and the function that carries them out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.case_record import Happened
from quotidian.trials.conduct.participants import Participants, first_dose
from quotidian.trials.conduct.prescription import DrugStatus
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.protocol.treatment import Give

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hold:
    """Withhold planned doses of a drug until a :class:`Restart`."""

    drug: str


@dataclass(frozen=True, slots=True)
class Reduce:
    """From the next dose on, give this share (above 0) of the regimen's dose of a drug."""

    drug: str
    share: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Give no further dose of a drug. This is permanent; a running infusion is completed."""

    drug: str


@dataclass(frozen=True, slots=True)
class Restart:
    """End a hold: the next planned dose of a drug is given, at its planned time."""

    drug: str


@dataclass(frozen=True, slots=True)
class ChangeTo:
    """Give another treatment from the dose of this visit on; no change for those who receive it already.

    Holds, reductions and stops of a drug remain in force.
    """

    give: Give


@dataclass(frozen=True, slots=True)
class SetSteroid:
    """Set the daily dose of prednisolone, mg/kg/day, of each participant concerned."""

    dose: Floats


@dataclass(frozen=True, slots=True)
class AssignArm:
    """Set the arm of each participant concerned: index into ``trial.arms``, -1 for none."""

    arm: Integers


@dataclass(frozen=True, slots=True)
class LeaveArm:
    """End the randomised treatment; the participant remains in the trial."""


@dataclass(frozen=True, slots=True)
class SetStep:
    """Set the step of dose escalation."""

    step: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """End participation; the participant is not followed further."""


Action: TypeAlias = (
    Hold | Reduce | Stop | Restart | ChangeTo | SetSteroid | AssignArm | LeaveArm | SetStep | Withdraw
)


@dataclass(frozen=True)
class Decision:
    """An action on some participants, and the event that is recorded.

    Attributes
    ----------
    who : places of the participants, ascending. action : None if only an event is recorded.
    event : kind of event; None for none. detail : of the event, in words.
    """

    who: Integers
    action: Action | None = None
    event: Happened | None = None
    detail: str = ""


def apply(state: TrialState, week: int, decisions: Iterable[Decision]) -> None:
    """Carry out the decisions of a visit in their order, and record their events."""
    for decision in decisions:
        if not len(decision.who):
            continue
        if decision.event is not None:
            state.record.write(decision.who, week, decision.event, decision.detail)
        if decision.action is not None:
            _carry_out(state, week, decision.who, decision.action)


def _carry_out(state: TrialState, week: int, who: Integers, action: Action) -> None:
    participants, record = state.participants, state.record
    match action:
        case ChangeTo(give):
            _change(participants, who, give, first_dose(week))
        case SetSteroid(dose):
            participants.take_steroid(who.tolist(), dose)
        case AssignArm(arm):
            record.arm[who] = arm
        case LeaveArm():
            record.escaped[who] = True
        case SetStep(step):
            record.level[week][who] = step
        case Withdraw():
            record.left[week][who] = True
            participants.simulation.gone = record.left[week].copy()
        case Hold(drug) | Stop(drug) | Restart(drug) | Reduce(drug):
            _set_status(participants, who, drug, action)


def _change(participants: Participants, who: Integers, give: Give, first_h: float) -> None:
    for i in who.tolist():
        if participants.prescriptions[i].give != give:
            participants.prescribe(i, give, first_h)


def _set_status(
    participants: Participants, who: Integers, drug: str, action: Hold | Reduce | Stop | Restart
) -> None:
    for i in who.tolist():
        now = participants.prescriptions[i].until(participants.now_h)
        status = changed(now.of_drug(drug), action)
        if status != now.of_drug(drug):
            participants.set_prescription(i, now.with_status(drug, status))


def changed(status: DrugStatus, action: Hold | Reduce | Stop | Restart) -> DrugStatus:
    """Status of a drug after an action; a stopped drug stays stopped."""
    if status.state == "stopped":
        return status
    match action:
        case Hold():
            return replace(status, state="held")
        case Reduce(_, share):
            return replace(status, share=share)
        case Stop():
            return replace(status, state="stopped")
        case Restart():
            return replace(status, state="given")
