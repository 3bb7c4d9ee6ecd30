"""A strategy that doses each child by its fit, beside a fixed dose."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from quotidian.application.fitting import dosing_strategy as module
from quotidian.application.fitting.child_problem import child_problem
from quotidian.application.fitting.dosing_strategy import (
    StrategyOutcome,
    StrategyRequest,
    compared,
    dosing_strategy,
)
from quotidian.application.fitting.regimen_search import Candidate
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput
from quotidian.simulation import planned_doses

REQUEST = StrategyRequest(
    "tocilizumab-iv:8mg/kg/2wk", "trough >= 50 ug/mL", "6-14 mg/kg, every 1-3 weeks", (4, 8), children=4
)


def test_visits_that_cannot_be_are_refused() -> None:
    for visits, until in (((), 20), ((8, 4), 20), ((4, 20), 20), ((0, 4), 20)):
        with pytest.raises(InvalidInput, match="They must ascend"):
            replace(REQUEST, visits=visits, until=until)


def test_the_least_drug_that_is_probable_enough_is_given_else_the_most_probable() -> None:
    known = (("a", 1, 0.5), ("b", 2, 0.85), ("c", 3, 0.95))
    found = [Candidate(name, mg, p, 0.0, 0.0, 0.0, 0.0) for name, mg, p in known]
    assert module._chosen(found, 0.8).regimen == "b"
    assert module._chosen(found, 0.99).regimen == "c"


@pytest.fixture
def omniscient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit that knows the truth, so that the search alone decides."""
    known: dict[float, Any] = {}
    real = module._truth

    def truth(request: StrategyRequest, number: int) -> Any:
        found = real(request, number)
        known[found.child.weight_kg] = found
        return found

    def fit(record: Any, child: Any, plan: Any, *, until_day: float, seed: int) -> Any:
        problem = child_problem(record, child, plan, until_day)
        own = known[child.weight_kg]
        places = [own.predictor.prior.names.index(name) for name in problem.prior.names]
        return SimpleNamespace(problem=problem, draws=np.repeat(own.scores[:, places], 8, axis=0))

    monkeypatch.setattr(module, "_truth", truth)
    monkeypatch.setattr(module, "fit_child", fit)


@pytest.mark.parametrize(
    ("fixed", "adapted", "low", "high"),
    [
        ("0001110000", "1111111111", 0.260, 0.907),
        ("00", "11", -0.193, 1.0),
        ("0000000000", "1111111111", 0.567, 1.0),
        ("1", "1", -0.653, 0.653),
    ],
)
def test_the_interval_of_a_difference_stays_within_one_and_has_a_width(
    fixed: str, adapted: str, low: float, high: float
) -> None:
    pairs = zip(fixed, adapted, strict=True)
    found = tuple(
        StrategyOutcome(k, 20.0, 1.0, f == "1", 1.0, 1.0, a == "1", 1.0, "") for k, (f, a) in enumerate(pairs)
    )
    said = compared(found)
    assert (said["difference_low"], said["difference_high"]) == pytest.approx((low, high), abs=1e-3)
    assert said["difference_low"] <= said["difference"] <= said["difference_high"]


@pytest.mark.usefixtures("omniscient")
def test_who_knows_the_truth_reaches_every_target_with_less_drug_where_less_is_enough() -> None:
    found = dosing_strategy(replace(REQUEST, children=6))
    assert all(one.adapted_met for one in found)
    assert not all(one.fixed_met for one in found)
    for one in found:
        if one.fixed > 90.0:
            assert one.adapted_mg_per_week < one.fixed_mg_per_week
    said = compared(found)
    assert said["adapted_share"] == 1.0 and said["fixed_share"] < 1.0
    assert said["difference_low"] <= said["difference"] <= said["difference_high"]


def test_children_of_the_trial_are_fitted_and_switched_at_their_visits() -> None:
    one, again = (dosing_strategy(replace(REQUEST, visits=(4,), children=1)) for _ in range(2))
    assert one == again
    truth = module._truth(REQUEST, 0)
    whole, last = module._adapted(replace(REQUEST, visits=(4,)), truth, 0)
    assert last == one[0].regimen
    doses = planned_doses(truth.child.person, regimen(whole), 24.0 * 70)
    hours = [dose.time_h / 24.0 for dose in doses]
    assert hours == sorted(hours) and hours[:2] == [0.375, 14.375]
    before = [dose.amount_mg for dose in doses if dose.time_h < 24.0 * 28]
    after = {round(dose.amount_mg, 6) for dose in doses if dose.time_h > 24.0 * 42}
    assert len(set(before)) == 1 and len(after) == 1
    assert one[0].fixed_mg_per_week == pytest.approx(before[0] / 2.0)


def test_measurements_of_earlier_visits_stay_the_same() -> None:
    truth = module._truth(REQUEST, 2)
    first = module._measured(REQUEST, truth, 2, REQUEST.fixed, np.array([680.0]))
    both = module._measured(REQUEST, truth, 2, REQUEST.fixed, np.array([680.0, 1352.0]))
    assert both.value[0] == first.value[0] and len(both.value) == 2
    exact = truth.read(REQUEST.fixed, np.array([680.0]))[0, 0]
    assert first.value[0] != exact and first.value[0] == pytest.approx(exact, rel=0.6)
