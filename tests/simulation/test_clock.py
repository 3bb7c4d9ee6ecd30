"""The grid of outputs: the last one is there, and one on an instant is at that instant."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.dosing.durations import exact, hours
from quotidian.simulation import grid, output_count, output_hours, points


@pytest.mark.parametrize(
    ("text", "every", "rows"),
    [("10min", Fraction(1, 6), 1009), ("7 min", Fraction(7, 60), 1441), ("30s", Fraction(1, 120), 20161)],
)
def test_a_week_of_outputs_ends_with_the_week(text: str, every: Fraction, rows: int) -> None:
    times = output_hours(7.0, hours(text))
    assert (len(times), times[-1]) == (rows, 168.0)
    assert output_count(7.0, hours(text)) == rows
    assert times[100] == float(100 * every)


def test_a_length_of_time_is_the_fraction_it_stands_for() -> None:
    assert hours("10 min") == 1 / 6
    assert hours("90 min") == 1.5
    assert exact(0.1 + 0.2) == Fraction(3, 10)
    assert exact(np.pi) == Fraction(float(np.pi))


def test_outputs_of_the_run_in_are_on_the_same_grid() -> None:
    times = output_hours(1.0, 1 / 3, -1.0)
    assert (times[0], times[72], times[-1]) == (-24.0, 0.0, 24.0)


@given(step=st.integers(1, 10_000), parts=st.integers(1, 3_600), count=st.integers(1, 300))
def test_every_point_is_rounded_once(step: int, parts: int, count: int) -> None:
    each = Fraction(step, parts)
    times = grid(0.0, float(count * each), float(each))
    assert len(times) == points(0.0, float(count * each), float(each)) == count + 1
    assert [*times] == [float(k * each) for k in range(count + 1)]
