"""Targets and grids of regimens as texts, and the worth of a sample in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.application.fitting.sample_worth import worth
from quotidian.application.fitting.target import candidates, target_of
from quotidian.errors import InvalidInput
from quotidian.population import ErrorModel

UNITS = {"tocilizumab": "ug/mL", "crp": "mg/L", "temperature": "degC", "active_joints": "1"}


def test_a_target_states_quantity_limit_unit_and_week():
    trough = target_of("trough >= 20 mg/L", UNITS, "tocilizumab")
    assert trough.observable == "tocilizumab" and trough.trough and trough.above
    assert trough.value == pytest.approx(20.0) and trough.week == 12.0
    crp = target_of("crp < 1 mg/dL at week 6", UNITS, "")
    assert crp.value == pytest.approx(10.0) and crp.week == 6.0 and not crp.above and not crp.lasting
    assert crp.met(np.array([9.0, 11.0])).tolist() == [True, False]
    fever = target_of("no fever from week 4", UNITS, "")
    assert fever.observable == "temperature" and fever.value == 38.0 and fever.lasting and fever.week == 4.0
    assert fever.worst(np.array([[37.0, 38.4, 37.2]])).tolist() == [38.4]
    assert target_of("active_joints <= 2", UNITS, "").value == 2.0


@pytest.mark.parametrize("text", ["trough", "crp 10 mg/L", "crq < 10 mg/L", "crp < 10 degC", "crp < -1 mg/L"])
def test_a_text_that_is_not_a_target_is_refused(text: str):
    with pytest.raises(InvalidInput):
        target_of(text, UNITS, "tocilizumab")


def test_a_grid_has_whole_doses_and_whole_intervals():
    found = candidates("8-12 mg/kg, every 1-4 weeks", "tocilizumab-iv")
    assert len(found) == 20 and found[0] == "tocilizumab-iv:8mg/kg/1wk"
    assert found[-1] == "tocilizumab-iv:12mg/kg/4wk"
    assert candidates("2-20 mg/kg, every 10 days", "x")[1] == "x:6.5mg/kg/10d"
    assert candidates("tocilizumab-sc: 162 mg, every 2-3 weeks", "") == [
        "tocilizumab-sc:162mg/2wk", "tocilizumab-sc:162mg/3wk",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["8 mg/kg", "12-8 mg/kg, every 2 weeks", "0 mg/kg, every 2 weeks", "8 g, every 0 weeks"]
)
def test_a_text_that_is_not_a_grid_is_refused(text: str):
    with pytest.raises(InvalidInput, match="not a grid"):
        candidates(text, "tocilizumab-iv")
    with pytest.raises(InvalidInput, match="names no drug"):
        candidates("8 mg/kg, every 2 weeks", "")


def test_a_sample_leaves_the_variance_of_a_normal_regression():
    rng = np.random.default_rng(1)
    q, other = rng.normal(size=(2, 200_000))
    course = np.exp(np.stack([0.8 * q + 0.6 * other, other], axis=1))[:, :, None]
    found = worth(np.exp(q), course, np.array([24.0, 48.0]), {"crp": ErrorModel("crp", "log", 0.5)})
    assert [s.day for s in found] == [1.0, 2.0]
    assert found[0].remaining == pytest.approx(1 - 0.64 / 1.25, abs=0.01)
    assert found[1].remaining == pytest.approx(1.0, abs=0.01)
