"""Steroid alone: what controls fever, in whom, and what comes back when the dose comes down."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.biology import innate_loop
from quotidian.dosing import Person, schedule
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.errors import RegimenError
from quotidian.models import MODELS, model
from quotidian.network.audit import audit
from quotidian.patients.child import child
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.reports.steroid_account import account
from quotidian.statistics.streams import Streams

FEVER = 38.0
NAMES = ("temperature", "crp", "il6", "cortisol", "restraint", "steroid_on_growth", "steroid_on_neutrophils")


@cache
def followed(
    text: str, weeks: int = 8, sensitivity: float = 1.0, model: str = "sjia", forgets: bool = True
) -> Outcome:
    own = {"glucocorticoid.IC50": 1 / sensitivity}
    own |= {} if forgets else {"innate_loop.memory_floor": 1 / innate_loop.k.ledger["memory_floor"].value}
    girl = child(age=6, sex="female", weight=20, random_effects=own)
    return simulate(girl, regimen(text), model=model, days=7 * weeks, every_hours=1.0, observables=NAMES)


def hottest(run: Outcome, week: int) -> float:
    """Highest temperature of that week, counted from 1."""
    return float(run["temperature"][0, 168 * (week - 1) : 168 * week].max())


@pytest.mark.parametrize("dose", ["1mg/kg/1d", "2mg/kg/1d", "0.5mg/kg/12h"])
def test_one_to_two_mg_per_kg_a_day_control_fever(dose: str) -> None:
    run = followed(f"prednisolone:{dose}")
    assert hottest(followed("none"), 8) > 39
    assert hottest(run, 2) < FEVER + 0.1
    assert hottest(run, 8) < FEVER


def test_a_low_dose_does_not() -> None:
    assert hottest(followed("prednisolone:0.2mg/kg/1d"), 8) > FEVER + 0.5


def test_a_less_sensitive_child_is_not_controlled_and_a_more_sensitive_one_is_by_less() -> None:
    assert hottest(followed("prednisolone:1mg/kg/1d", sensitivity=0.1), 8) > FEVER + 0.5
    assert hottest(followed("prednisolone:0.3mg/kg/1d", sensitivity=5), 8) < FEVER


def test_more_drug_less_disease() -> None:
    crp = [followed(f"prednisolone:{d}mg/kg/1d")["crp"][0, -1] for d in (0.1, 0.3, 1, 2)]
    assert crp == sorted(crp, reverse=True)
    assert crp[-1] < 20 < 60 < crp[0]


def test_a_taper_flares_below_the_childs_own_threshold_and_not_before() -> None:
    """20 % less every two weeks from 2 mg/kg/day: afebrile while on more than 0.6, febrile below 0.4.

    In a child whose innate cells do not forget; the others may be well by then.
    """
    taper = "prednisolone:2mg/kg/1d,taper=20%/2wk,floor=0.1mg/kg"
    run = followed(taper, weeks=32, forgets=False)
    doses = [2 * 0.8 ** (week // 2) for week in range(32)]
    for week, dose in enumerate(doses[2:], start=3):
        if dose > 0.66:
            assert hottest(run, week) < FEVER, dose
        if dose < 0.4:
            assert hottest(run, week) > FEVER, dose
    insensitive = followed(taper, 32, 0.4, forgets=False)
    flares = [next(w for w in range(3, 33) if hottest(r, w) > FEVER) for r in (insensitive, run)]
    assert flares[0] < flares[1] - 3


def test_pulses_help_for_days() -> None:
    run = followed("methylprednisolone", weeks=6)
    assert hottest(run, 1) < FEVER
    assert hottest(run, 6) > 39


def test_the_restraint_of_the_typical_untreated_child_is_one() -> None:
    restraint = followed("none")["restraint"][0]
    assert restraint.mean() == pytest.approx(1, abs=2e-3)
    assert np.abs(restraint - 1).max() < 0.02


def test_steroid_and_antibody_together_do_more_than_either() -> None:
    crp = {
        text: followed(text, weeks=4)["crp"][0, -1]
        for text in ("tocilizumab-iv", "prednisolone", "tocilizumab-iv+prednisolone")
    }
    assert crp["tocilizumab-iv+prednisolone"] < min(crp["tocilizumab-iv"], crp["prednisolone"])


def test_it_costs_growth_by_half_at_the_dose_of_the_ledger() -> None:
    x = followed("prednisolone:0.4mg/kg/1d")["steroid_on_growth"][0, -168:].mean()
    assert x == pytest.approx(1, rel=0.15)  # more than 1, since the peaks of a day count for more
    neutrophils = followed("prednisolone:1mg/kg/1d")["steroid_on_neutrophils"][0, -168:].mean()
    assert 0.5 < neutrophils < 1


def test_the_account_of_a_course() -> None:
    text, weeks = "prednisolone:1mg/kg/1d,taper=20%/2wk", 26
    run = followed(text, weeks)
    given = schedule(regimen(text), Person(20, 6), weeks * 168.0, start_h=9.0).administrations
    found = account(given, 20.0, run.times, run["cortisol"][0], velocity=6.0)
    assert found.cumulative == pytest.approx(14 * sum(0.8**n for n in range(11)))
    assert found.days_above_high == 14 * 6  # 1 0.8 0.64 0.51 0.41 0.33 | 0.26
    assert found.days_above_low == 14 * 8
    assert 14 * 4 < found.days_suppressed < 14 * 12
    assert 0 < found.height_cost < 6.0 * weeks / 52
    none = account((), 20.0, run.times, followed("none", weeks)["cortisol"][0], velocity=6.0)
    assert (none.cumulative, none.days_suppressed, none.height_cost) == (0, 0, 0)


@pytest.mark.parametrize(
    "text", ["prednisolone:50mg/kg/1d", "prednisolone:2mg/kg/8h", "methylprednisolone:50mg/kg/1d"]
)
def test_more_in_a_day_than_anybody_gives_is_refused(text: str) -> None:
    with pytest.raises(RegimenError, match=r"mg/kg of .*prednisolone in a day is refused") as refusal:
        simulate(child(age=6, sex="female", weight=20), regimen(text), days=7)
    assert "in 24 hours" in str(refusal.value)


@pytest.mark.parametrize("name", MODELS)
def test_units_and_totals_hold_with_every_steroid(name: str) -> None:
    audit(model(name, ("tocilizumab", "prednisolone", "methylprednisolone")))


def test_children_differ_widely_in_the_steroid_they_need() -> None:
    half = np.log([c.random_effects["glucocorticoid.IC50"] for c in draw(Streams(7), 0, range(2000))])
    assert np.quantile(half, 0.9) - np.median(half) == pytest.approx(1.28 * 2.0, rel=0.1)
    assert half.min() == pytest.approx(np.log(0.15))
