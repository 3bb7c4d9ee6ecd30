"""Intervals of published numbers that contain sampling variation, parameter uncertainty and discrepancy.

The statistics of the members, on the near-normal scale of the row, each have a normal discrepancy. Decision
62 states the definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quotidian.statistics.intervals import over_replicates
from quotidian.statistics.near_normal import (
    LEAST_POSITIVE,
    Scale,
    discrepancy_sd,
    from_scale,
    on_scale,
    scale_of,
)
from quotidian.statistics.predictive import Predictive
from quotidian.trials.agreement import printed
from quotidian.trials.benchmarks.published_results import PublishedResult
from quotidian.trials.protocol.design import Trial

TAIL = 0.025
LEAST_CHANGE = -100.0
"""A quantity that cannot be negative falls by its whole at most, %."""


@dataclass(frozen=True)
class WithDiscrepancy:
    """Ends of the central 95 % interval in the unit of the row, and the rank of the published number, 0 to
    1."""

    low: float
    high: float
    rank: float


def claim_scale(claim: PublishedResult) -> Scale:
    """The scale on which a published number is compared."""
    return scale_of(claim.endpoint, claim.unit, claim.value)


def subjects(claim: PublishedResult, trial: Trial) -> int:
    """Number of subjects behind a published number: as published, else as planned."""
    arm = trial.arms.get(claim.arm)
    return claim.n or (trial.size if arm is None else arm.children)


def with_discrepancy(claim: PublishedResult, trial: Trial, values: Sequence[float]) -> WithDiscrepancy:
    """The interval from the statistics of the members, (members,) in the unit of the claim.

    It contains the interval without discrepancy: a normal error can move a quantile of an uneven
    distribution inwards.
    """
    scale, n, x = claim_scale(claim), subjects(claim, trial), np.asarray(values, dtype=np.float64)
    found = Predictive(on_scale(x, scale, n), discrepancy_sd(scale, claim.value))
    ends = from_scale(np.array([found.quantile(TAIL), found.quantile(1.0 - TAIL)]), scale, n)
    if scale == "positive":
        ends = np.where(ends < 1e3 * LEAST_POSITIVE, 0.0, ends)  # members of 0 have no relative error
    if scale == "linear" and claim.unit == "%":
        ends = np.maximum(ends, LEAST_CHANGE)
    _, low, high = over_replicates(x, predictive=True)
    rank = _rank(found, printed(claim.value, claim.decimals), scale, n)
    return WithDiscrepancy(min(low, float(ends[0])), max(high, float(ends[1])), rank)


def _rank(found: Predictive, point: tuple[float, float], scale: Scale, n: int) -> float:
    """Probability of a number below the point, known to lie between two ends; those between count half."""
    least, most = (0.0 if scale != "linear" else -np.inf), (100.0 if scale == "proportion" else np.inf)
    low, high = (float(on_scale(np.clip(np.array([x]), least, most), scale, n)[0]) for x in point)
    below = 0.0 if point[0] <= least else found.below(low)
    to_the_end = 1.0 if point[1] >= most else found.below(high)
    return 0.5 * (below + to_the_end)
