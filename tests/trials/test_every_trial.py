"""The whole scoreboard at its smallest: each design once, every published number answered."""

from __future__ import annotations

import math

import pytest

from quotidian.trials.benchmarks.published_results import load_claims
from quotidian.trials.benchmarks.scores import score
from quotidian.trials.protocol.library import names


@pytest.mark.parametrize("name", names())
def test_every_claim_with_a_counterpart_is_answered(name: str) -> None:
    one = score(name, 1, seed=3)
    wanted = {claim.id for claim in load_claims(name) if claim.kind != "context"}
    nobody = wanted - {row.claim for row in one.rows}
    few = {claim for claim in nobody if "_at_" in claim}  # of eleven children none may need the highest dose
    assert nobody == few
    assert all(math.isfinite(x) for row in one.rows for x in (row.virtual, row.low, row.high))
    assert not one.failures
