"""A healthy child keeps its curve for years; steroid takes from its growth by the dose."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from quotidian.biology.growth_curve import softened
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.patients import growth
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

CLAIM = yaml.safe_load(Path(__file__).with_name("growth.yaml").read_text())
YEAR = 365.25
DOSES = CLAIM["steroid_on_health"]


@cache
def healthy(sex: str, age: float, z: float, years: float, dose: float = 0.0) -> Outcome:
    """A healthy child, ``z`` SD from the median height, by the month; prednisolone in mg/kg/day."""
    given = regimen(f"prednisolone:{dose}mg/kg/1d" if dose else "none")
    who = child(age=age, sex=sex, height=growth.quantile("height", age, sex, z))
    return simulate(
        who, given, model="healthy_child", days=years * YEAR, every_hours=2 * YEAR,
        observables=("height", "height_sds", "height_lag"), drugs=("prednisolone",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sex", "age", "z", "curve_off"),
    [("female", 6.0, 0.0, 0.0), ("male", 6.0, 0.0, 0.0), ("male", 8.0, 0.0, 0.0), ("female", 3.0, 0.0, 0.1),
     ("male", 4.0, -1.5, 0.1), ("female", 7.0, 1.5, 0.1)],
)  # fmt: skip
def test_a_healthy_child_keeps_its_curve_for_ten_years(
    sex: str, age: float, z: float, curve_off: float
) -> None:
    """``curve_off``: SD by which the closed form leaves the reference, most at the ends (growth_curve.py)."""
    run = healthy(sex, age, z, 10.0)
    drift = np.abs(run["height_sds"][0] - run["height_sds"][0, 0]).max()
    assert drift < CLAIM["healthy"]["drift"] + curve_off
    lag = np.abs(run["height_lag"][0])
    assert lag.max() < 0.2  # cm: the curve leaves the reference by so much, and on it there is no lag
    assert lag[-1] < 0.5 * lag[0] + 0.001


@pytest.mark.parametrize("dose", [0.05, 0.2, 1.0])
def test_steroid_takes_from_a_years_growth_by_the_dose(dose: float) -> None:
    grown = [healthy("female", 6.0, 0.0, 1.0, given)["height"][0] for given in (0.0, dose)]
    free, taken = (run[-1] - run[0] for run in grown)
    low, high = DOSES[dose]
    assert low <= 1.0 - taken / free <= high


def test_the_integrated_step_holds_far_beyond_it() -> None:
    assert softened(900.0) == 900.0
    assert softened(0.0) == pytest.approx(np.log(2.0))
    assert softened(-30.0) == pytest.approx(np.exp(-30.0), rel=1e-2, abs=1e-14)
