"""The typical 20-kg child: exposure, untreated disease, response; and the healthy child."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

CASE = yaml.safe_load(Path(__file__).with_name("typical_child.yaml").read_text())
DOSE_H = 9.0
Floats = NDArray[np.float64]


@cache
def followed(model: str = "sjia", drug: str = "tocilizumab-iv") -> Outcome:
    who = child(age=6, sex="female", weight=20)
    return simulate(who, regimen(drug), model=model, days=14 * 7 + 1, every_hours=1.0)


def at(name: str, hours: float) -> float:
    return float(followed()[name][0, round(hours)])


def daily(x: Floats) -> Floats:
    """[day, hour of the day]."""
    whole = len(x) // 24
    return x[: whole * 24].reshape(whole, 24)


@cache
def exposure() -> dict[str, float]:
    c = followed()["tocilizumab"][0]
    week12, week2 = 12 * 168 + int(DOSE_H), 2 * 168 + int(DOSE_H)
    last = c[week12 : week12 + 14 * 24 + 1]
    return {
        "cmax": last.max(),
        "ctrough": c[week12],
        "auc": np.trapezoid(last) / 24,
        "ratio": c[week12] / c[week2],
    }


@pytest.mark.parametrize("name", list(CASE["exposure"]))
def test_exposure_at_week_12_is_within_one_sd_of_the_label(name: str) -> None:
    target = CASE["exposure"][name]
    assert abs(exposure()[name] - target["mean"]) <= target["sd"]


def test_untreated_child_has_one_evening_spike_a_day_and_is_well_between() -> None:
    temperature = daily(followed(drug="none")["temperature"][0])
    low, high = CASE["untreated"]["peak_hours"]
    assert (temperature.max(axis=1) >= CASE["untreated"]["spike_at_least"]).all()
    assert ((temperature.argmax(axis=1) >= low) & (temperature.argmax(axis=1) <= high)).all()
    assert (temperature.min(axis=1) <= CASE["untreated"]["between_at_most"]).all()
    # one spike: the curve crosses 38 degC upwards once a day
    flat = temperature.ravel()
    assert ((flat[1:] >= 38.0) & (flat[:-1] < 38.0)).sum() == len(temperature)


def test_fever_follows_il6_by_hours_not_days() -> None:
    run = followed(drug="none")
    il6_peak = daily(run["il6"][0]).argmax(axis=1)
    fever_peak = daily(run["temperature"][0]).argmax(axis=1)
    assert ((fever_peak - il6_peak >= 0) & (fever_peak - il6_peak <= 3)).all()


def test_untreated_levels_are_those_of_active_disease() -> None:
    run, band = followed(drug="none"), CASE["untreated"]
    for name, key in (("il6", "il6_daily_mean"), ("sil6r_total", "sil6r_total"), ("crp", "crp")):
        low, high = band[key]
        assert low <= run[name][0].mean() <= high, name
    assert run["esr"][0].min() > 20


def test_on_drug_fever_is_gone_within_three_days() -> None:
    temperature = followed()["temperature"][0]
    assert temperature[: int(DOSE_H)].max() < 39.0  # the first evening spike falls after the first dose
    assert temperature[CASE["treated"]["afebrile_from_day"] * 24 :].max() < 37.5


def test_on_drug_crp_halves_and_becomes_normal() -> None:
    before = at("crp", DOSE_H)
    assert at("crp", DOSE_H + 24) > 0.5 * before  # a first day of lag
    assert at("crp", DOSE_H + CASE["treated"]["crp_half_by_day"] * 24) <= 0.5 * before
    assert followed()["crp"][0, CASE["treated"]["crp_normal_from_day"] * 24 :].max() < 10


def test_on_drug_il6_and_sil6r_rise_and_return_when_it_is_gone() -> None:
    run = followed()
    base = followed(drug="none")["il6"][0].mean()
    low, high = CASE["treated"]["il6_fold"]
    assert low <= run["il6"][0, 70 * 24 : 84 * 24].mean() / base <= high
    assert run["sil6r_total"][0, 83 * 24] >= CASE["treated"]["sil6r_fold_at_least"] * run["sil6r_total"][0, 0]
    gone = followed(drug="tocilizumab-iv:12mg/kg/once")
    assert gone["tocilizumab"][0, -1] < 0.05
    assert gone["il6"][0, -24:].mean() == pytest.approx(base, rel=0.1)
    assert gone["temperature"][0, -24:].max() >= CASE["untreated"]["spike_at_least"]


def test_healthy_child_is_healthy() -> None:
    run, limit = followed("healthy_child", "none"), CASE["healthy"]
    assert run["il6"].max() < limit["il6_below"]
    assert run["crp"].max() < limit["crp_below"]
    assert run["temperature"].max() < limit["temperature_below"]
    assert run["active_joints"].max() < 0.5
