"""Measurements of a visit: errors as the ledger states them, one draw for each child and visit."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.measurement import SCALE, core_set, errors, neutrophils
from quotidian.trials.criteria import CORE_SET
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

N = 4000
MANY = np.arange(20_000)


def measured(value: float) -> dict[str, np.ndarray]:
    """Everybody at this share of every scale, and at ten joints and 10 mm/h."""
    true = {name: np.full(N, value * SCALE.get(name, 20.0)) for name in CORE_SET}
    return core_set(true, Streams(5), 0, range(N), 4)


def test_the_middle_of_a_scale_has_the_error_of_the_ledger() -> None:
    found = measured(0.5)
    for name in SCALE:
        assert abs(found[name].std() / errors()[name].value - 1) < 0.06, name  # halves add a little
        assert abs(found[name].mean() - 0.5 * SCALE[name]) < 0.03, name


def test_nobody_disagrees_at_the_ends() -> None:
    for end in (0.0, 1.0):
        found = measured(end)
        for name in SCALE:
            np.testing.assert_array_equal(found[name], end * SCALE[name])


def test_no_measurement_leaves_its_scale() -> None:
    for value in (0.02, 0.98):
        found = measured(value)
        for name, length in SCALE.items():
            assert found[name].min() >= 0.0 and found[name].max() <= length, name


def test_globals_are_marked_in_halves_and_little_disease_often_as_none() -> None:
    true = {name: np.full(N, 0.4) for name in CORE_SET}
    found = core_set(true, Streams(5), 0, range(N), 4)
    share = {name: float((found[name] == 0.0).mean()) for name in ("physician_global", "parent_global")}
    assert all(np.array_equal(found[name] * 2, np.round(found[name] * 2)) for name in share)
    assert 0.4 < share["parent_global"] < share["physician_global"] < 0.9
    ill = core_set({name: np.full(N, 6.0) for name in CORE_SET}, Streams(5), 0, range(N), 4)
    assert (ill["physician_global"] > 0.0).all()


def test_neutrophils_vary_from_visit_to_visit_as_the_ledger_says() -> None:
    first, second = (neutrophils(np.full(len(MANY), 3.0), Streams(1), 0, MANY, v) for v in (2, 4))
    v = {name: entry.value for name, entry in errors().items()}
    sd = (v["neutrophils_within"] ** 2 + v["neutrophils_assay"] ** 2) ** 0.5
    assert np.log(first / 3.0).std() == pytest.approx(sd, rel=0.03)
    assert np.log(first / 3.0).mean() == pytest.approx(0.0, abs=0.005)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert np.array_equal(neutrophils(np.full(5, 3.0), Streams(1), 0, MANY[5:10], 2), first[5:10])


def test_a_trial_counts_neutrophils_at_every_visit_with_that_variation() -> None:
    record = follow(design("tender"), 1, seed=3, threads=1).records[0]
    assert sorted(record.neutrophils) == list(record.weeks)
    error = np.log(record.neutrophils[8] / record.observed[8]["neutrophils"])
    assert 0.18 < error.std() < 0.32  # 0.25 stated
