"""Where the pools start: at the balance of the daily course, which is not the balance of its mean."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.biology import innate_loop
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.network.laws import hill, rhythmic_hill
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

FLOOR = innate_loop.k.ledger["memory_floor"].value
POOLS = (
    "crp",
    "saa",
    "fibrinogen",
    "albumin",
    "tibc",
    "hepcidin",
    "serum_iron",
    "ferritin",
    "haemoglobin",
    "platelets",
    "neutrophils",
)


@cache
def settled(model: str, severity: float) -> Outcome:
    """A disease as it starts: innate cells that forget would leave a mild one."""
    own = {"innate_loop.memory_floor": 1 / FLOOR} if model == "sjia" else {}
    who = child(age=6, sex="female", weight=20, severity=severity, random_effects=own)
    return simulate(who, regimen("none"), model=model, days=720, run_in_days=0, observables=POOLS)


@pytest.mark.parametrize(
    ("model", "severity"), [("sjia", 0.3), ("sjia", 1.0), ("sjia", 2.0), ("healthy_child", 1.0)]
)
@pytest.mark.parametrize("name", POOLS)
def test_each_pool_starts_near_where_it_settles(name: str, model: str, severity: float) -> None:
    x = settled(model, severity)[name][0]
    # What settles within days may start 15 % off: cortisol and iron's lag behind hepcidin are left out.
    assert x[0] == pytest.approx(x[-24:].mean(), rel=0.15)


@pytest.mark.parametrize("severity", [0.3, 1.0, 2.0])
@pytest.mark.parametrize("name", ["haemoglobin", "albumin"])
def test_the_slow_pools_start_within_three_per_cent(name: str, severity: float) -> None:
    x = settled("sjia", severity)[name][0]
    assert x[0] == pytest.approx(x[-24:].mean(), rel=0.03)


@pytest.mark.parametrize("kappa", [0.0, 0.5, 1.8, 3.0])
@pytest.mark.parametrize(("half", "n"), [(5.0, 1.0), (100.0, 1.0), (150.0, 1.4)])
def test_the_mean_of_a_response_is_that_of_a_fine_sum(kappa: float, half: float, n: float) -> None:
    angles = 2 * np.pi * np.arange(100_000) / 100_000
    course = np.exp(kappa * np.cos(angles)) / np.i0(kappa)
    fine = np.mean((100 * course / half) ** n / (1 + (100 * course / half) ** n))
    assert rhythmic_hill(100.0, half, n, kappa) == pytest.approx(fine, rel=2e-3)


def test_without_rhythm_the_mean_is_the_response_and_with_it_less_or_more() -> None:
    assert rhythmic_hill(100.0, 150.0, 1.4, 0.0) == pytest.approx(hill(100.0, 150.0, 1.4), rel=1e-14)
    assert rhythmic_hill(100.0, 150.0, 1.0, 2.0) < 0.9 * hill(100.0, 150.0, 1.0)  # it saturates
    assert rhythmic_hill(1.0, 150.0, 1.4, 2.0) > 1.1 * hill(1.0, 150.0, 1.4)  # steeper than linear
