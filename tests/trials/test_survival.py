"""Kaplan-Meier against a curve worked out by hand and against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quotidian.errors import InvalidInput
from quotidian.statistics.survival import kaplan_meier

TIMES = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 5.0])
EVENTS = np.array([True, True, False, False, True, False])


def test_the_curve_of_six_children_by_hand() -> None:
    curve = kaplan_meier(TIMES, EVENTS)
    assert curve.times.tolist() == [1.0, 2.0, 4.0]
    assert curve.at_risk.tolist() == [6, 5, 2] and curve.events.tolist() == [1, 1, 1]
    assert curve.share.tolist() == pytest.approx([5 / 6, 5 / 6 * 4 / 5, 5 / 6 * 4 / 5 / 2])
    assert curve.numbers_at_risk([0, 2, 2.5, 5, 6]).tolist() == [6, 5, 3, 1, 0]
    assert curve.at(0.5) == 1.0 and curve.at(2.0) == pytest.approx(2 / 3) and curve.median == 4.0
    assert np.isnan(curve.at(5.5))


def test_nobody_with_an_event_stays_at_one() -> None:
    curve = kaplan_meier([3.0, 4.0], np.array([False, False]))
    assert curve.at(4.0) == 1.0 and curve.median == np.inf and len(curve.times) == 0


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40).filter(
        lambda rows: any(event for _, event in rows)
    )
)
def test_scipy_finds_the_same_curve(rows: list[tuple[int, bool]]) -> None:
    time, event = np.array([t for t, _ in rows], dtype=float), np.array([e for _, e in rows])
    ours = kaplan_meier(time, event)
    data = stats.CensoredData(uncensored=time[event], right=time[~event])
    theirs = stats.ecdf(data).sf
    for t, share in zip(ours.times, ours.share, strict=True):
        assert share == pytest.approx(float(theirs.evaluate(t)), abs=1e-12)


def test_greenwoods_interval_is_scipys_on_the_same_scale() -> None:
    ours = kaplan_meier(TIMES, EVENTS)
    data = stats.CensoredData(uncensored=TIMES[EVENTS], right=TIMES[~EVENTS])
    interval = stats.ecdf(data).sf.confidence_interval(0.95, method="log-log")
    for t, low, high in zip(ours.times, ours.low, ours.high, strict=True):
        assert low == pytest.approx(float(interval.low.evaluate(t)), abs=1e-9)
        assert high == pytest.approx(float(interval.high.evaluate(t)), abs=1e-9)


def test_what_is_no_follow_up_is_refused() -> None:
    with pytest.raises(InvalidInput, match="survival curve cannot be estimated"):
        kaplan_meier([], np.array([], dtype=bool))
    with pytest.raises(InvalidInput, match="survival curve cannot be estimated"):
        kaplan_meier([1.0], [1])
    with pytest.raises(InvalidInput, match="missing or negative"):
        kaplan_meier([-1.0], np.array([True]))
