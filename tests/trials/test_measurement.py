"""What is written down of a visit: errors as the ledger states them, one luck a child and visit."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.patients.streams import Streams
from quotidian.trials.conduct import design, follow
from quotidian.trials.measurement import errors, neutrophils

MANY = np.arange(20_000)


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
    luck = np.log(record.neutrophils[8] / record.observed[8]["neutrophils"])
    assert 0.1 < luck.std() < 0.27
