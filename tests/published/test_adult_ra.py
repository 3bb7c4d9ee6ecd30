"""The antibody's first human data: a single 10 mg/kg in adults, against the published medians."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from quotidian.engine import SWITCH, Outcome
from quotidian.simulation import compiled_model

CASE = yaml.safe_load(Path(__file__).with_name("adult_ra.yaml").read_text())
DOSE_H, DOSE_MG = 9.0, 700.0


@cache
def run() -> Outcome:
    machine = compiled_model("adult_ra")
    rate = "tocilizumab_infusion"
    events = machine.events([[(DOSE_H, SWITCH, rate, DOSE_MG), (DOSE_H + 1, SWITCH, rate, 0.0)]])
    return machine.run(machine.parameters(1), np.arange(0.0, 30 * 24), events=events, start=-672.0)


def after(name: str, day: float) -> float:
    return float(np.interp(day * 24 + DOSE_H, run().times, run()[name][0]))


@pytest.mark.parametrize(
    ("name", "day", "median"),
    [
        (n, d, m)
        for n in ("sil6r_total", "il6", "tocilizumab")
        for d, m in zip(CASE[n]["days"], CASE[n]["medians"], strict=True)
    ],
)
def test_medians_of_days_1_to_28(name: str, day: float, median: float) -> None:
    assert after(name, day) == pytest.approx(median, rel=CASE[name]["within"])


@pytest.mark.parametrize("day", CASE["crp_percent_of_base"]["days"])
def test_crp_is_nearly_gone_after_one_and_two_weeks(day: float) -> None:
    assert after("crp", day) <= CASE["crp_percent_of_base"]["at_most"] / 100 * after("crp", 0)


def test_il6_and_its_receptor_rise_under_the_drug() -> None:
    assert after("il6", 1.4) > 3 * after("il6", 0)
    assert after("sil6r_total", 14.2) > 5 * after("sil6r_total", 0)


def test_without_clearance_through_the_receptor_il6_would_not_rise() -> None:
    """The mechanism carries the sign: where no uptake is blocked, the drug leaves IL-6 where it is."""
    machine = compiled_model("adult_ra")
    rate = "tocilizumab_infusion"
    events = machine.events([[(DOSE_H, SWITCH, rate, DOSE_MG), (DOSE_H + 1, SWITCH, rate, 0.0)]])
    wrong = machine.parameters(1, {"il6_homeostasis.k_receptor": 0.0, "il6_homeostasis.k_other": 1.0})
    outcome = machine.run(wrong, np.array([0.0, 72.0]), events=events, start=-672.0)
    assert outcome["il6"][0, 1] < 1.3 * outcome["il6"][0, 0]
