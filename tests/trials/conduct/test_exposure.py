"""Exposure over a dosing interval, worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.engine import CompiledModel, Outcome
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import exposure
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.exposure import PK_HOURS, record_exposure
from quotidian.trials.conduct.participants import first_dose
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.sampling import Kinetics
from quotidian.trials.run import follow

PLAN = Kinetics("tocilizumab", 14.0, first=None, steady=12)
(INTERVAL,) = PLAN.intervals
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
    state = TrialState(_Followed(given), record, {INTERVAL: [levels]})  # type: ignore[arg-type]
    setting = TrialSetting(replace(design("tender"), kinetics=PLAN), None, Streams(1))  # type: ignore[arg-type]
    record_exposure(setting, Execution(), state)
    (found,) = record.exposure
    assert found.week == 12 and found.on.tolist() == [True, False, False, False]
    assert found.cmax.tolist() == [20.0, 0.0, 0.0, 0.0]
    assert np.allclose(found.ctrough, [10.0, 0.0, 0.0, 0.0])
    assert np.allclose(found.auc, [15.0 * 335.0 / 24.0, 0.0, 0.0, 0.0])


def test_a_child_is_read_over_its_own_interval() -> None:
    """Child 0 has a dose a week, child 1 one in two weeks, child 2 one in four."""
    plans = tuple(Kinetics("tocilizumab", days, first=None, steady=12) for days in (7.0, 14.0))
    intervals = [interval for plan in plans for interval in plan.intervals]
    record = CaseRecord(np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64), np.arange(3))
    record.left = {0: np.zeros(3, dtype=bool)}
    given = [
        Prescription(
            given=tuple(
                Administration(first_dose(week), "tocilizumab", "sc", 162.0, 1.0)
                for week in range(12, 20, every)
            )
        )
        for every in (1, 2, 4)
    ]
    samples = {one: [np.full((3, (one.days * 24 - 1 > PK_HOURS).sum() + 1), 5.0)] for one in intervals}
    state = TrialState(_Followed(given), record, samples)  # type: ignore[arg-type]
    setting = TrialSetting(replace(design("tender"), kinetics=plans), None, Streams(1))  # type: ignore[arg-type]
    record_exposure(setting, Execution(), state)
    assert {(one.days, *one.on.tolist()) for one in record.exposure} == {
        (14.0, False, True, True), (7.0, True, False, False),
    }  # fmt: skip


def test_a_weekly_and_a_two_weekly_dose_are_sampled_apart() -> None:
    trial = design("jigsaw-118")
    short = replace(
        trial,
        children=8,
        visits=(2, 4),
        primary_week=4,
        observables=(),
        taper=None,
        periods=(replace(trial.periods[0], weeks=4),),
        arms={"sc": replace(trial.arms["tocilizumab"], children=8)},
        kinetics=tuple(Kinetics(days=days, first=None, steady=4) for days in (14.0, 7.0)),
    )
    record = follow(short, 1, seed=3, threads=1).records[0]
    light, (fortnightly, weekly) = record.body["weight"] < 30.0, record.exposure
    assert (fortnightly.days, weekly.days) == (14.0, 7.0) and not (fortnightly.on & weekly.on).any()
    assert fortnightly.on[light].any() and not fortnightly.on[~light].any()
    assert weekly.on[~light].any() and not weekly.on[light].any()
    assert (weekly.cmax[weekly.on] > weekly.ctrough[weekly.on]).all()


def test_only_children_with_a_dose_are_followed_after_the_last_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exposure has the same bytes as if all were followed; the others are those without a level."""
    solved: list[int] = []
    run = CompiledModel.run

    def counted(self: CompiledModel, table: NDArray[np.float64], *rest: Any, **options: Any) -> Outcome:
        solved.append(len(table))
        return run(self, table, *rest, **options)

    monkeypatch.setattr(CompiledModel, "run", counted)
    few = follow(design("tender"), 1, seed=4, threads=1).records[0]
    never = sum(not doses for doses in few.doses)
    assert never > 10 and solved[-1] <= 112 - never < solved[-2]
    monkeypatch.setattr(exposure, "_follow_only_dosed", lambda participants, drugs: None)
    every = follow(design("tender"), 1, seed=4, threads=1).records[0]
    assert solved[-1] > 112 - never
    for one, other in zip(few.exposure, every.exposure, strict=True):
        for name in ("cmax", "ctrough", "auc", "on"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
