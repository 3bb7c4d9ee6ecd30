"""Background steroid: the closed forms against the model itself, and what a taper lets return."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.engine import SWITCH
from quotidian.patients.child import child
from quotidian.patients.population import draw
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.concomitant_therapy import doses, level, restraint, severity_factor
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


def test_nobody_is_ill_for_longer_than_it_lives_and_who_is_older_has_been_ill_for_longer() -> None:
    children = draw(Streams(3), 0, range(2000))
    age = np.array([c.age_years for c in children])
    ill = np.array([c.duration_years for c in children])
    assert (ill > 0).all() and (ill < age - 0.5).all()
    assert np.corrcoef(age, ill)[0, 1] > 0.3
