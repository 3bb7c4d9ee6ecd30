"""Background steroid: the closed forms against the model itself, and what a taper lets return."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from quotidian.engine import SWITCH
from quotidian.patients.child import child
from quotidian.patients.population import draw
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import concomitant_therapy
from quotidian.trials.conduct.concomitant_therapy import doses, history, level, restraint, severity_factor
from quotidian.trials.protocol.design import Steroid

MACHINE = compiled_model("sjia", {"background_steroid"})
GIRL = child(6, "female", 20)


def settled(dose: float, severity: float, name: str) -> float:
    """Daily mean of an observable after 80 days on a dose (mg/kg/day)."""
    table = subjects_of([replace(GIRL, severity=severity)]).table(MACHINE)
    index = "background_steroid"
    times = 79 * 24.0 + np.arange(24.0)
    run = MACHINE.run(
        table, times, events=MACHINE.events([[(0.0, SWITCH, index, dose / 24)]]), observables=[name],
        start=0.0, end=80 * 24.0,
    )  # fmt: skip
    return float(run[name].mean())


def test_the_mean_level_is_dose_over_clearance() -> None:
    """0.3 mg/kg/day at 20 kg: 6 mg a day over 360.44 g/mol and 54.3 (20/70)^0.75 L/h are 32.7 nM."""
    by_hand = 6 / 24 / 360.44e-6 / (54.3 * (20 / 70) ** 0.75)
    v = {"CL": 54.3, "reference_weight": 70.0, "clearance_exponent": 0.75, "molar_mass": 360.44e-6}
    assert level(np.array([0.3]), np.array([20.0]), v)[0] == pytest.approx(by_hand)
    assert settled(0.3, 1.0, "background_steroid") == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("dose", [0.2, 0.5, 1.0])
def test_the_restraint_is_that_of_the_model_once_it_has_settled(dose: float) -> None:
    table = subjects_of([GIRL]).table(MACHINE)
    found = restraint(MACHINE, table, np.array([dose]))[0]
    assert settled(dose, 1.0, "restraint") == pytest.approx(found, abs=0.02)


@pytest.mark.parametrize("dose", [0.3, 1.0])
def test_severity_makes_up_for_the_dose(dose: float) -> None:
    table = subjects_of([GIRL]).table(MACHINE)
    f = restraint(MACHINE, table, np.array([dose]))
    factor = severity_factor(MACHINE, table, f)[0]
    drawn, raised = settled(0.0, 1.0, "innate_activity"), settled(dose, factor, "innate_activity")
    plain = settled(dose, 1.0, "innate_activity")
    assert abs(raised / drawn - 1) < 0.1 and plain < 0.9 * drawn
    assert settled(0.0, factor, "innate_activity") > 1.1 * drawn  # what a taper lets return


def test_doses_keep_their_bounds_and_their_share() -> None:
    rule = Steroid(share=0.75, median=0.3, spread=0.5, at_least=0.2, at_most=0.5)
    found = doses(rule, Streams(1), 0, np.arange(2000))
    taken = found[found > 0]
    assert len(taken) / 2000 == pytest.approx(0.75, abs=0.03)
    assert taken.min() == 0.2 and taken.max() == 0.5
    assert np.median(taken) == pytest.approx(0.3, rel=0.05)
    assert not doses(None, Streams(1), 0, np.arange(5)).any()


def test_nobody_is_ill_for_longer_than_it_lives_and_the_mean_is_that_of_tender() -> None:
    """5.2 years in TENDER (tender_2year); who is older has been ill for longer."""
    age = np.array([c.age_years for c in draw(Streams(3), 0, range(4000))])
    ill = history(Streams(3), 0, np.arange(4000), age)["duration"]
    assert (ill > 0).all() and (ill < age - 0.5).all()
    assert ill.mean() == pytest.approx(5.2, abs=0.1)
    assert np.corrcoef(age, ill)[0, 1] > 0.5


def test_the_spread_of_duration_is_that_of_the_trial_it_was_taken_from(monkeypatch) -> None:
    """3.7 (SD 2.73) years at ages of 8.5 (4.54), cut at 2 and 18: quartier2011, table 1."""
    v = {name: entry.value for name, entry in concomitant_therapy.ledger().items()} | {
        "duration_logit": -0.19
    }
    monkeypatch.setattr(
        concomitant_therapy, "ledger", lambda: {n: SimpleNamespace(value=x) for n, x in v.items()}
    )
    normal = np.random.default_rng(1).normal(6.7, 6.0, 40_000)  # these, cut, have a mean of 8.5
    age = normal[(normal > 2) & (normal < 18)]
    ill = history(Streams(3), 0, np.arange(len(age)), age)["duration"]
    assert age.mean() == pytest.approx(8.5, abs=0.1)
    assert (ill.mean(), ill.std()) == pytest.approx((3.7, 2.73), abs=0.1)
