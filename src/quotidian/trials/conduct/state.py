"""The state of a trial in progress: its participants, their record, and a visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import Participants
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.sampling import DosingInterval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class TrialState:
    """The participants of some replicates and their record, in the same order.

    ``samples`` are drug concentrations by interval, one array [participant, time] for each stage.
    """

    participants: Participants
    record: CaseRecord
    samples: dict[DosingInterval, list[Floats]] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """One visit of all participants, as rules read it. Rules do not change it."""

    setting: TrialSetting
    state: TrialState
    week: int

    @property
    def trial(self) -> Trial:
        """The design."""
        return self.setting.trial

    @property
    def record(self) -> CaseRecord:
        """The record up to and including this visit."""
        return self.state.record

    @property
    def participants(self) -> Participants:
        """The participants and their treatment."""
        return self.state.participants

    @property
    def everyone(self) -> Bools:
        """True for all participants, [participant]."""
        return np.ones(self.record.children, dtype=bool)

    @property
    def here(self) -> Bools:
        """Participants who attend this visit and have not left the trial, [participant]."""
        return ~self.record.missed[self.week] & ~self.record.left[self.week]

    def uniform(self, purpose: str) -> Floats:
        """One uniform draw for each participant, [participant]."""
        return self.setting.uniform(purpose, self.record.replicate, self.record.number)


def places(who: Bools | Iterable[bool]) -> NDArray[np.int64]:
    """Indices of the participants for whom the condition holds, ascending."""
    return np.flatnonzero(np.asarray(who))
