"""Exposure over a dosing interval, worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from quotidian.dosing import Administration
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.exposure import PK_HOURS, record_exposure
from quotidian.trials.conduct.participants import first_dose
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.protocol.design import Kinetics
from quotidian.trials.protocol.library import design

PLAN = Kinetics("tocilizumab", 14.0, first=None, steady=12)
TIMES = np.append(PK_HOURS[PK_HOURS < 335.0], 335.0)


@dataclass(frozen=True)
class _Followed:
    """Participants that are past the interval."""

    prescriptions: list[Prescription]
    now_h: float = 1e4


def test_a_child_that_left_or_whose_dose_was_withheld_has_none_though_a_level_remains() -> None:
    """Child 0 falls from 20 ug/mL in a straight line; an earlier dose was withheld from it. Child 1 left
    at week 8, child 2 never had the drug, and from child 3 this dose was withheld."""
    record = CaseRecord(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64), np.arange(4))
    record.left = {0: np.zeros(4, dtype=bool), 8: np.array([False, True, False, False])}
    falling = 20.0 * (1.0 - TIMES / 670.0)
    levels = np.stack([falling, np.full(len(TIMES), 5.0), np.zeros(len(TIMES)), np.full(len(TIMES), 5.0)])
    earlier, now = (
        Prescription(withheld=(Administration(first_dose(week), "tocilizumab", "iv", 200.0, 1.0),))
        for week in (10, 12)
    )
    given = [earlier, Prescription(), Prescription(), now]
    state = TrialState(_Followed(given), record, {"steady": [levels]})  # type: ignore[arg-type]
    setting = TrialSetting(replace(design("tender"), kinetics=PLAN), None, Streams(1))  # type: ignore[arg-type]
    record_exposure(setting, Execution(), state)
    found = record.exposure["steady"]
    assert found.week == 12 and found.on.tolist() == [True, False, False, False]
    assert found.cmax.tolist() == [20.0, 0.0, 0.0, 0.0]
    assert np.allclose(found.ctrough, [10.0, 0.0, 0.0, 0.0])
    assert np.allclose(found.auc, [15.0 * 335.0 / 24.0, 0.0, 0.0, 0.0])
