"""The detailed law of the cell at rest is the reduced law; on the way there it is not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.biology import gp130_signal_detailed as detailed
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.network.laws import first_order
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

NAMES = ("il6_signal", "crp", "temperature", "il6")


@pytest.mark.parametrize("share", [1e-4, 0.03, 0.3, 0.9])
def test_the_level_that_sustains_a_share_does_sustain_it(share: float) -> None:
    E, K, h = 195.0, 0.0408, 1.7133
    level = detailed.equivalent(E, share, h, K)
    made = detailed.phosphorylation(1.0, level, E, share, share**h, K)
    assert made == pytest.approx(first_order(1.0, share), rel=1e-12)


@cache
def course(model: str) -> Outcome:
    girl = child(age=6, sex="female", weight=20)
    return simulate(girl, regimen("tocilizumab-iv"), model=model, days=7, from_day=-7, every_hours=0.25,
                    observables=NAMES)  # fmt: skip


def test_over_days_both_laws_tell_the_same_course() -> None:
    reduced, hourly = course("sjia"), course("sjia_detailed")
    before = slice(0, 7 * 96)
    gap = np.abs(hourly["il6_signal"][0, before] - reduced["il6_signal"][0, before])
    assert gap.mean() < 0.15 * reduced["il6_signal"][0, before].mean()
    assert np.abs(hourly["temperature"] - reduced["temperature"]).max() < 0.3
    assert hourly["crp"][0, before].mean() == pytest.approx(reduced["crp"][0, before].mean(), rel=0.01)
    assert np.abs(hourly["crp"] - reduced["crp"]).max() < 0.03 * reduced["crp"].max()
    assert np.array_equal(hourly["temperature"], reduced["temperature"]) is False
