"""Worth in the linear world of one synthetic trial, and in real children."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.application.learning import worth_in_trials, worth_run
from quotidian.application.learning.knowledge import Knowledge, read_knowledge
from quotidian.application.learning.worth_in_children import HALF, ChildReadings, readings
from quotidian.application.learning.worth_in_trials import Job
from quotidian.application.learning.worth_request import TrialKey, WorthRequest
from quotidian.application.learning.worth_run import worth
from quotidian.errors import InvalidInput, UnknownName

NAMES = ("biology.joints.exponent", "drugs.tocilizumab.CL", "biology.innate_loop.k_innate")


def _known(members: int) -> Knowledge:
    z = np.random.default_rng(1).normal(size=(members, 3))
    centre = np.array([0.6, 4.0, 1.0])
    return Knowledge(NAMES, centre * np.exp(0.1 * z), {}, Path("nowhere"))


def test_what_is_asked_is_read_or_refused() -> None:
    assert WorthRequest("tender.acr70.tocilizumab").key == TrialKey("tender", "acr70", "tocilizumab", 12)
    assert WorthRequest("tender.acr90.placebo", week=6).key == TrialKey("tender", "acr90", "placebo", 6)
    assert WorthRequest("crp").key is None
    for outcome in (
        "tender.acr71.tocilizumab",
        "tender.acr70.tocilizumb",
        "tendr.acr70.x",
        "crpp",
        "tender.acr70",
    ):
        with pytest.raises(UnknownName):
            WorthRequest(outcome)
    with pytest.raises(InvalidInput, match="too few"):
        WorthRequest("crp", members=5)


def test_a_trial_is_settled_by_what_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """acr70 follows the first value, acr30 with it, age follows nothing."""
    known = _known(100)
    score = {name: i for i, name in enumerate(NAMES)}

    def numbers(key: TrialKey, job: Job, _: Any) -> worth_in_trials.Numbers:
        z = np.log(job.overlay.by_name[NAMES[score[NAMES[0]]]] / 0.6) / 0.1
        rng = np.random.default_rng(job.seed)
        shares = {
            "acr70": 1 / (1 + np.exp(-0.8 * z)),
            "acr30": 1 / (1 + np.exp(-1.0 - 0.8 * z)),
            "acr50": 0.5,
        }
        found = {
            ("tocilizumab", name, 12): (100 * rng.binomial(75, p) / 75, "%") for name, p in shares.items()
        }
        return {**found, ("tocilizumab", "age", 0): (10.0 + rng.normal(), "year")}

    def no_children(*_: Any) -> ChildReadings:
        x = np.random.default_rng(2).normal(size=(60, 2 * HALF, 1))
        return ChildReadings(("crp",), (0,), ("mg/L",), x)

    monkeypatch.setattr(worth_in_trials, "_numbers", numbers)
    monkeypatch.setattr(worth_run, "readings", no_children)
    found = worth(WorthRequest("tender.acr70.tocilizumab"), known)
    by_name = {one.name.partition(",")[0]: one.removed for one in found.measurements}
    assert by_name["tender.acr70.tocilizumab"] > 0.75
    assert by_name["tender.acr30.tocilizumab"] > 0.65
    assert by_name["tender.age.tocilizumab"] < 0.15 and by_name["crp"] < 0.15
    assert found.measurements[0].name == "all 4 rows of tender together"
    assert found.values[0].name == NAMES[0] and found.values[0].removed > 0.9
    assert found.values[1].removed < 0.15
    assert found.low < 25.0 and found.high > 75.0 and found.unit == "%"
    assert found.surrogate_share is not None and found.surrogate_share < 0.3


def test_readings_of_children_follow_the_values_and_share_their_chance() -> None:
    known = _known(20)
    request = WorthRequest("tocilizumab", week=2, members=20)
    some = readings(request, known.overlays(3), threads=1)
    assert some.values.shape == (3, 2 * HALF, len(some.names))
    assert (some.names[-1], some.weeks[-1]) == ("tocilizumab", 2)
    clearance = known.values[:3, 1]
    assert np.array_equal(np.argsort(some.outcome(len(some.names) - 1)[0]), np.argsort(-clearance))
    place = some.names.index("crp")
    assert np.ptp(some.signal(place, 20)[0]) < 0.2 * np.sqrt(some.signal(place, 20)[1] * 20)


def test_a_count_is_compared_as_it_is_and_a_concentration_on_its_logarithm() -> None:
    x = np.exp(np.random.default_rng(4).normal(size=(9, 2 * HALF, 2)))
    found = ChildReadings(("active_joints", "crp"), (12, 12), ("1", "mg/L"), x)
    assert [found.scaled(place)[1] for place in (0, 1)] == [False, True]
    assert found.outcome(0)[0] == pytest.approx(x[:, :HALF, 0].mean(axis=1))
    assert found.signal(1, 7)[1] == pytest.approx(np.log(x[:, HALF:, 1]).var(axis=1, ddof=1).mean() / 7)


def test_more_children_are_worth_more(monkeypatch: pytest.MonkeyPatch) -> None:
    known, rng = _known(40), np.random.default_rng(3)
    y = np.log(known.values[:, 0])
    x = 5.0 + y[:, None, None] + rng.normal(size=(1, 2 * HALF, 2))
    monkeypatch.setattr(
        worth_run, "readings", lambda *_: ChildReadings(("crp", "esr"), (0, 12), ("mg/L", "mm/h"), x)
    )
    few, many = (worth(WorthRequest("crp", members=40, children=n), known) for n in (5, 500))
    assert few.measurements[0].removed < 0.2 < 0.6 < many.measurements[0].removed
    assert [one.name for one in many.measurements] == ["crp, week 0 (500 children)"]
    assert many.values[0].name == NAMES[0]


def test_the_ensemble_of_the_package_can_be_asked() -> None:
    with pytest.raises(InvalidInput, match="The ensemble has"):
        worth(WorthRequest("crp", members=100_000), read_knowledge())


def test_a_change_in_per_cent_is_no_proportion() -> None:
    key = TrialKey("anakinra", "crp_change_percent", "anakinra", 4)
    place = (key.arm, key.endpoint, key.week)
    runs: list[worth_in_trials.Numbers] = [{place: (x, "%")} for x in (-71.0, -60.0, 12.0, -80.0)]
    ((_, row),), y = worth_in_trials._gathered(key, runs, np.ones(4, dtype=bool))
    assert row.scale == "linear"
    assert y[:, 0].tolist() == [-71.0, -60.0, 12.0, -80.0]
