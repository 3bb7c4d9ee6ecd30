r"""What a missed row says, and how much better a prediction is than none.

Skill of a proportion is :math:`1 - \mathrm{CRPS}/\mathrm{CRPS}_0`, with the continuous ranked probability
score of a normal prediction on the logit, and that of a reference without a model: mean and SD of the same
endpoint in the same kind of arm of the other published trials, whether they were run or not. Skill of many
rows is that of the sums: a mean of ratios would rest on the few rows that the reference happens to meet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

import numpy as np

from quotidian.statistics.intervals import overlaps
from quotidian.statistics.near_normal import scale_of
from quotidian.trials.agreement import printed
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.benchmarks.scores import ScoreRow
from quotidian.trials.protocol.library import names

Others: TypeAlias = Sequence[tuple[str, PublishedResult]]
REACHABLE, CONFLICT, OUT_OF_REACH, NOT_LEARNT = "reachable", "in conflict", "out of reach", "not learnt"
Z95 = 1.9599640
NOTHING_KNOWN = (0.0, 1.5)
"""Mean and SD on the logit where no other trial has the endpoint."""
LEAST_SD = 0.3
MOVED = 1.25
"""Width of the interval of the prior over that of sampling variation, beyond which the values move a row:
ends of some dozen members vary by a fifth."""


def labelled(rows: Sequence[ScoreRow]) -> tuple[ScoreRow, ...]:
    """Rows with their label and skill, where an ensemble was run."""
    return tuple(
        row if row.low_known is None else replace(row, label=label(row), skill=skill([row])) for row in rows
    )


def label(row: ScoreRow) -> str:
    """Empty for a row inside.

    A missed row is ``reachable`` if the interval over members holds it. Else it is ``not learnt`` if the
    interval of the prior is unknown, or hardly wider than that of sampling variation: the values that are
    learnt do not move the row. Else it is ``in conflict`` if the interval of the prior holds it, and ``out of
    reach`` if not.
    """
    if row.inside or row.published is None:
        return ""
    if row.inside_known:
        return REACHABLE
    if row.low_prior is None or row.high_prior is None:
        return NOT_LEARNT
    if overlaps((row.low_prior, row.high_prior), printed(row.published, row.decimals)):
        return CONFLICT
    moved = row.high_prior - row.low_prior > MOVED * (row.high - row.low)
    return OUT_OF_REACH if moved else NOT_LEARNT


def skill(rows: Sequence[ScoreRow], others: Others | None = None, known: bool = True) -> float | None:
    """Skill of the proportions among the rows for which an ensemble was run; None without any.

    ``others`` : published numbers by trial, from which the reference is taken; None for all. ``known`` : of
    the prediction with parameter uncertainty, else over replicates at the values of the ledgers.
    """
    own = reference = 0.0
    published = everything_published() if others is None else others
    for row in proportions(rows):
        x = _logit(float(row.published or 0.0))
        own += crps(x, *_prediction(row, known))
        reference += crps(x, *_reference(row, published))
    return 1.0 - own / reference if reference else None


def proportions(rows: Sequence[ScoreRow]) -> tuple[ScoreRow, ...]:
    """The rows that have a skill. A change in per cent is no proportion and has none."""
    return tuple(
        r
        for r in rows
        if r.published is not None
        and r.low_known is not None
        and scale_of(r.endpoint, r.unit, r.published) == "proportion"
    )


@cache
def everything_published() -> Others:
    """Every published number with a counterpart, by trial."""
    return tuple((name, claim) for name in names() for claim in claims_of(name) if claim.kind != "context")


def _prediction(row: ScoreRow, known: bool) -> tuple[float, float]:
    """Mean and SD on the logit, from median and ends of the predictive interval."""
    ends = (row.virtual, row.low, row.high)
    if known:
        middle = row.virtual if row.virtual_known is None else row.virtual_known
        ends = (
            middle,
            row.low if row.low_known is None else row.low_known,
            row.high if row.high_known is None else row.high_known,
        )
    middle, low, high = (_logit(x) for x in ends)
    return middle, max((high - low) / (2.0 * Z95), 0.05)


def crps(x: float, mean: float, sd: float) -> float:
    r"""Of a normal prediction, :math:`\sigma(z(2\Phi(z) - 1) + 2\varphi(z) - 1/\sqrt\pi)` with
    :math:`z = (x - \mu)/\sigma`. Gneiting T, Raftery AE. J Am Stat Assoc 2007;102:359 (recalled)."""
    z = (x - mean) / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (z * math.erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def _reference(row: ScoreRow, others: Others) -> tuple[float, float]:
    """Mean and SD on the logit of the endpoint in the same kind of arm of the other trials."""
    same = [
        _logit(claim.value)
        for trial, claim in others
        if trial != row.trial
        and (claim.endpoint, claim.unit) == (row.endpoint, row.unit)
        and (claim.arm == "placebo") == (row.arm == "placebo")
    ]
    if len(same) < 2:
        return (same[0], NOTHING_KNOWN[1]) if same else NOTHING_KNOWN
    return float(np.mean(same)), max(float(np.std(same, ddof=1)), LEAST_SD)


def _logit(percentage: float) -> float:
    p = min(max(percentage / 100.0, 0.005), 0.995)
    return math.log(p / (1.0 - p))
