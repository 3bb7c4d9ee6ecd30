"""The search of a regimen: the quantity of each candidate is that of a plain simulation."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_problem import ChildProblem, child_problem
from quotidian.application.fitting.regimen_search import aim_of, preparation_of, sample_worth, search
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput, RegimenError
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

pytestmark = pytest.mark.slow
GIRL, PLAN = child(6, "female", 20), regimen("tocilizumab-iv")


@pytest.fixture(scope="module")
def problem() -> ChildProblem:
    """Two levels, on days 14 and 28 of 12 mg/kg every two weeks."""
    two = np.zeros(2, np.int64)
    record = ChildRecord(np.array([336.0, 672.0]), ("tocilizumab",) * 2, np.array([30.0, 50.0]), two, (1, 2))
    return child_problem(record, GIRL, PLAN, 60.0)


def test_the_trough_of_the_same_regimen_is_that_of_a_simulation(problem: ChildProblem):
    zero = np.zeros((3, len(problem.prior.names)))
    (found,) = search(problem, zero, aim_of(problem, "trough >= 20 ug/mL"), ["tocilizumab-iv:12mg/kg/2wk"])
    run = simulate(GIRL, PLAN, days=127, every_hours=1.0, from_day=126.0, observables=("tocilizumab",))
    level = run["tocilizumab"][0]
    assert found.median == pytest.approx(level.min(), rel=0.02)
    assert found.probability == 1.0 and found.error == 0.0
    assert found.mg_per_week == pytest.approx(120.0)


def test_more_drug_has_the_larger_chance_and_less_drug_comes_first(problem: ChildProblem):
    draws = 0.5 * np.random.default_rng(1).normal(size=(60, len(problem.prior.names)))
    plans = [f"tocilizumab-iv:{dose}mg/kg/{weeks}wk" for dose in (12, 8) for weeks in (2, 3)]
    found = search(problem, draws, aim_of(problem, "trough >= 20 ug/mL"), plans)
    assert [c.mg_per_week for c in found] == sorted(c.mg_per_week for c in found)
    chance = {c.regimen: c.probability for c in found}
    assert chance[plans[3]] <= chance[plans[2]] <= chance[plans[0]]
    assert chance[plans[3]] <= chance[plans[1]] <= chance[plans[0]]
    p = chance[plans[2]]
    error = next(c.error for c in found if c.regimen == plans[2])
    assert 0.0 < p < 1.0 and error == pytest.approx(np.sqrt(p * (1 - p) / 60))


def test_a_trough_is_told_most_by_a_level_just_before_a_dose(problem: ChildProblem):
    draws = 0.5 * np.random.default_rng(2).normal(size=(100, len(problem.prior.names)))
    found = sample_worth(problem, draws, aim_of(problem, "trough >= 20 ug/mL"))
    assert len(found) == 20 and 0.0 <= found[0].remaining < 0.8 < found[-1].remaining <= 1.0
    assert min(abs(found[0].day - day) for day in (42.0, 56.0)) < 1.5


def test_an_excess_and_a_trough_without_a_drug_are_refused(problem: ChildProblem):
    assert preparation_of(problem) == "tocilizumab-iv"
    zero = np.zeros((1, len(problem.prior.names)))
    with pytest.raises(RegimenError, match="as one dose is refused"):
        search(problem, zero, aim_of(problem, "trough >= 20 ug/mL"), ["tocilizumab-iv:25mg/kg/2wk"])
    with pytest.raises(RegimenError, match=r"560 mg a week.\n  This child's standard is 120 mg a week"):
        search(problem, zero, aim_of(problem, "trough >= 20 ug/mL"), ["tocilizumab-iv:12mg/kg/3d"])
    record = ChildRecord(np.array([24.0]), ("crp",), np.array([80.0]), np.zeros(1, np.int64), (1,))
    untreated = child_problem(record, GIRL, regimen("none"), 30.0)
    with pytest.raises(InvalidInput, match="no drug"):
        aim_of(untreated, "trough >= 20 ug/mL")
