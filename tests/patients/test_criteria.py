"""The 2016 criteria of MAS at their edges, and their refusals."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.errors import InvalidCall, InvalidInput
from quotidian.patients.mas_criteria import highest_of_day, mas_2016, sensitivity, specificity

ILL = {
    "temperature": 39.0, "ferritin": 700.0, "platelets": 150.0,
    "ast": 60.0, "triglycerides": 100.0, "fibrinogen": 4.0,
}  # fmt: skip


def met(**changed: float) -> bool:
    return bool(mas_2016(**(ILL | changed)).met)


def test_fever_ferritin_and_two_of_four_make_the_diagnosis() -> None:
    assert met()
    assert not met(temperature=37.9)
    assert not met(ferritin=684.0) and met(ferritin=684.1)
    assert met(platelets=181.0) and not met(platelets=181.1)
    assert not met(ast=48.0) and met(ast=48.1)
    assert met(ast=20.0, triglycerides=157.0) and not met(ast=20.0, triglycerides=156.0)
    assert met(ast=20.0, fibrinogen=3.6) and not met(ast=20.0, fibrinogen=3.61)


def test_lights_keep_the_shape_of_children_and_times() -> None:
    series = {name: np.full((2, 3), value) for name, value in ILL.items()}
    series["temperature"][1, 2] = 36.5
    lights = mas_2016(**series)
    assert lights.met.shape == (2, 3) and lights.met.sum() == 5
    assert (lights.minor == 2).all() and not lights.fibrinogen.any()


def test_the_highest_of_the_day_looks_back_24_hours() -> None:
    times = np.arange(0.0, 72.0, 6.0)
    chart = np.where(times == 18.0, 39.0, 37.0)[None, :]
    high = highest_of_day(times, chart)[0]
    assert (high == np.where((times >= 18.0) & (times < 42.0), 39.0, 37.0)).all()


def test_sensitivity_and_specificity_count_the_right_children() -> None:
    truth, found = [True, True, True, False, False], [True, False, False, False, True]
    assert sensitivity(found, truth) == pytest.approx(1 / 3)
    assert specificity(found, truth) == pytest.approx(1 / 2)
    assert np.isnan(sensitivity([True], [False]))


def test_missing_values_and_odd_shapes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="usable values of ferritin"):
        mas_2016(**(ILL | {"ferritin": float("nan")}))
    with pytest.raises(InvalidCall, match="different shapes"):
        mas_2016(**(ILL | {"ferritin": np.array([700.0, 800.0])}))
    with pytest.raises(InvalidCall, match="cannot be read"):
        highest_of_day([0.0, 1.0], [[37.0]])
