"""The healthy growth curve: solver against closed form, Preece and Baines as one case, and the reference."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Outcome, Tolerance
from quotidian.models import model
from quotidian.patients import growth

YEAR = 8766.0
Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-8, atol=1e-10)
QUIET = {"innate_loop.drive": 0.0, "growth.lead": 0.0, "growth.catch_up": 0.0}
"""No IL-6 at all, and no catch-up of the millimetre by which curve and reference differ at two years."""


@cache
def healthy() -> CompiledModel:
    return CompiledModel(model("healthy_child", drugs=()))


def followed(sex: str, z: float, begin: float, ages: Floats, **values: float) -> Outcome:
    m = healthy()
    child = {"age_at_start": begin, "maleness": float(sex == "male"), "target_height_score": z}
    child["height_at_start"] = growth.quantile("height", begin, sex, z)
    own = {name.replace("__", "."): value for name, value in values.items()}
    return m.run(m.parameters(1, QUIET | child | own), (ages - begin) * YEAR, start=0.0, tolerance=TIGHT)


def closed_form(b: Floats, p: dict[str, float]) -> Floats:
    """What is left, over what was left at the first bone age."""
    steps = ((p["r_1"], p["k_1"], p["b_1"]), (p["r_2"], p["k_2"], p["b_2"]))
    total = p["s_0"] * (b - b[0])
    for r, k, at in steps:
        total = total + r / k * (np.logaddexp(0, k * (b - at)) - np.logaddexp(0, k * (b[0] - at)))
    return np.exp(-total)


NAMES = {"s_0": "pace", "r_1": "child_rise", "b_1": "child_age", "r_2": "teen_rise"}
NAMES |= {"k_2": "teen_steepness", "b_2": "teen_age"}


@pytest.mark.parametrize("sex", growth.SEXES)
def test_the_solver_follows_the_closed_form(sex: str) -> None:
    ages = np.linspace(2.0, 22.0, 81)
    run = followed(sex, 0.0, 2.0, ages)
    who = {"male": "boy", "female": "girl"}[sex]
    values = healthy().model.constants
    p = {symbol: values[f"growth_curve.{who}_{name}"] for symbol, name in NAMES.items()}
    p["k_1"] = values["growth_curve.child_steepness"]
    h, h_1, b = (run[name][0] for name in ("height", "adult_height", "bone_age"))
    np.testing.assert_allclose(b - b[0], ages - ages[0], atol=1e-6)
    np.testing.assert_allclose(h_1, h_1[0], rtol=1e-9)  # a healthy child loses nothing
    np.testing.assert_allclose(h, h_1[0] - (h_1[0] - h[0]) * closed_form(b, p), rtol=2e-6)


def test_preece_and_baines_is_the_case_of_one_step_as_steep_as_it_is_high() -> None:
    s_0, s_1, theta = 0.12, 0.9, 12.0
    one = {
        "child_rise": 0.0,
        "pace": s_0,
        "teen_rise": s_1 - s_0,
        "teen_steepness": s_1 - s_0,
        "teen_age": theta,
    }
    ages = np.linspace(2.0, 20.0, 73)
    run = followed("female", 0.0, 2.0, ages, **{f"growth_curve__girl_{name}": x for name, x in one.items()})
    h, h_1, x = run["height"][0], run["adult_height"][0, 0], run["bone_age"][0] - theta
    both = np.exp(s_0 * x) + np.exp(s_1 * x)
    np.testing.assert_allclose(h, h_1 - (h_1 - h[0]) * both[0] / both, rtol=2e-6)


@pytest.mark.parametrize("sex", growth.SEXES)
@pytest.mark.parametrize(("z", "within"), [(-2.0, 0.35), (-1.0, 0.25), (0.0, 0.25), (1.0, 0.25), (2.0, 0.3)])
def test_a_healthy_child_stays_on_its_centile(sex: str, z: float, within: float) -> None:
    ages = np.linspace(2.0, 17.0, 61)
    m = healthy()
    values = {"age_at_start": 2.0, "maleness": float(sex == "male"), "target_height_score": z}
    values["height_at_start"] = growth.quantile("height", 2.0, sex, z)
    run = m.run(m.parameters(1, values), (ages - 2.0) * YEAR, start=-672.0)
    true = growth.sd_score("height", ages, sex, run["height"][0])
    assert np.abs(true - z).max() < within
    assert np.abs(run["height_sds"][0] - true).max() < 0.25  # the model's own score, in closed form


def test_a_child_of_three_years_would_not_pass_for_one_of_the_other_sex() -> None:
    """The test above can fail."""
    ages = np.linspace(2.0, 17.0, 61)
    girl = followed("female", 0.0, 2.0, ages)["height"][0]
    assert np.abs(growth.sd_score("height", ages, "male", girl)).max() > 1


@pytest.mark.parametrize("age", [3.0, 7.0, 12.0, 16.5])
def test_height_on_day_0_is_the_child_s(age: float) -> None:
    m = healthy()
    values = {"age_at_start": age, "height_at_start": growth.quantile("height", age, "female", 0.0)}
    run = m.run(m.parameters(1, values), [0.0], start=-672.0)
    assert run["height"][0, 0] == pytest.approx(values["height_at_start"], abs=0.15)
    assert run["age"][0, 0] == age
