"""Kaplan-Meier of a trial: who had an event, who was only followed so far, and what the figure says of it."""

from __future__ import annotations

import numpy as np

from quotidian.reports.figures import staying
from quotidian.reports.figures.time_to_event import whole_weeks
from quotidian.trials.analysis.time_to_event import stays
from quotidian.trials.conduct.case_record import CaseRecord, Event
from quotidian.trials.protocol.library import design
from quotidian.trials.run import run_trial


def record(*events: Event) -> CaseRecord:
    four = np.arange(4)
    core = {0: {}, 4: {}, 12: {}}
    return CaseRecord(
        np.array([0, 0, 1, 1]), np.zeros(4, dtype=np.int64), four, core=core, events=list(events)
    )


def test_events_withdrawals_and_the_end_are_told_apart() -> None:
    happened = [Event(0, 4, "withdrawal"), Event(2, 4, "escape"), Event(2, 12, "withdrawal")]
    drug, placebo = stays(design("tender"), record(*happened))
    assert drug.weeks.tolist() == [4.0, 12.0] and drug.happened.tolist() == [False, False]
    assert placebo.weeks.tolist() == [4.0, 12.0] and placebo.happened.tolist() == [True, False]


def test_where_nothing_happened_there_is_no_curve() -> None:
    assert stays(design("tender"), record(Event(0, 4, "withdrawal"))) == ()


def test_the_axis_has_whole_weeks_at_equal_steps() -> None:
    assert whole_weeks(12.0).tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    for last in (4.0, 16.0, 24.0, 52.0, 160.0):
        ticks = whole_weeks(last)
        assert 3 <= len(ticks) <= 8 and len(set(np.diff(ticks))) == 1 and ticks[-1] <= last


def test_a_trial_shows_fewer_treated_children_leaving() -> None:
    result = run_trial("tender", 1, 3)
    left = {stay.arm: stay.happened.mean() for stay in result.stays}
    assert left["placebo"] > 0.15 > left["tocilizumab"]
    drawn = staying(result)
    assert drawn is not None and "at risk" in drawn.wide and "weeks from randomisation" in drawn.narrow
