"""One rule for agreement with a published number, wherever a row is shown."""

from __future__ import annotations

import math
from functools import cache

import pytest

from quotidian.reports.wording import verdict
from quotidian.trials.agreement import agrees
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.scores import judged
from quotidian.trials.protocol.library import design
from quotidian.trials.rows import EndpointRow
from quotidian.trials.run import follow


@pytest.mark.parametrize(
    ("virtual", "interval", "published", "bounds", "expected"),
    [
        (50.0, (40.0, 60.0), None, (None, None), None),
        (50.0, (40.0, 60.0), 55.0, (45.0, 65.0), True),
        (44.0, (40.0, 60.0), 55.0, (45.0, 65.0), False),
        (50.0, (40.0, 60.0), 60.0, (None, None), True),
        (50.0, (40.0, 60.0), 61.0, (None, None), False),
        (50.0, (40.0, 60.0), 60.4, (60.0, None), False),
        (math.nan, (math.nan, math.nan), 60.0, (50.0, 70.0), False),
    ],
)
def test_the_rule(
    virtual: float,
    interval: tuple[float, float],
    published: float | None,
    bounds: tuple[float | None, float | None],
    expected: bool | None,
) -> None:
    assert agrees(virtual, interval, published, bounds) is expected


@cache
def rows_of_tender() -> tuple[EndpointRow, ...]:
    trial = design("tender")
    return endpoint_rows(trial, follow(trial, 2, seed=1).records)


def test_every_endpoint_has_a_row_of_all_children_together() -> None:
    rows = {(row.arm, row.endpoint, row.week): row.virtual for row in rows_of_tender()}
    keys = {(endpoint, week) for arm, endpoint, week in rows if arm != "all"}
    assert {(endpoint, week) for arm, endpoint, week in rows if arm == "all"} == keys
    for name in ("acr70", "crp"):  # the median of two replicates is linear; 75 and 37 children
        drug, placebo, both = (rows[arm, name, 12] for arm in ("tocilizumab", "placebo", "all"))
        assert min(drug, placebo) < both < max(drug, placebo), name
        assert name == "crp" or both == pytest.approx((75 * drug + 37 * placebo) / 112)


def test_a_row_has_one_verdict_in_the_trial_and_on_the_scoreboard() -> None:
    rows = rows_of_tender()
    by_key = {(row.arm, row.endpoint, row.week): row for row in rows}
    scored, _ = judged("tender", rows)
    shared = [(one, by_key[one.arm, one.endpoint, one.week]) for one in scored]
    assert len(shared) > 10 and any(row.published_low is None for _, row in shared)
    assert [one.inside for one, _ in shared] == [row.inside for _, row in shared]
    assert all(verdict(row) == ("inside" if one.inside else "outside") for one, row in shared)
