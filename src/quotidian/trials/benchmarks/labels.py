r"""What a missed row says, and how much better a prediction is than none.

Skill of a proportion is :math:`1 - \mathrm{CRPS}/\mathrm{CRPS}_0`, with the continuous ranked probability
score of a normal prediction on the logit, and that of a reference without a model: mean and SD of the same
endpoint in the same kind of arm of the other published trials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from quotidian.statistics.intervals import overlaps
from quotidian.trials.agreement import printed
from quotidian.trials.benchmarks.scores import ScoreRow

REACHABLE, CONFLICT, OUT_OF_REACH, NOT_LEARNT = "reachable", "in conflict", "out of reach", "not learnt"
Z95 = 1.9599640
NOTHING_KNOWN = (0.0, 1.5)
"""Mean and SD on the logit where no other trial has the endpoint."""
LEAST_SD = 0.3


def labelled(
    rows: Sequence[ScoreRow], before: Mapping[str, tuple[float, float]], everywhere: Sequence[ScoreRow]
) -> tuple[ScoreRow, ...]:
    """Rows with their label and skill, where an ensemble was run.

    Parameters
    ----------
    before : interval of each row that was learnt before anything was read, by claim.
    everywhere : rows of all trials, from which the reference is taken.
    """
    return tuple(
        row if row.low_known is None else replace(row, label=label(row, before), skill=skill(row, everywhere))
        for row in rows
    )


def label(row: ScoreRow, before: Mapping[str, tuple[float, float]]) -> str:
    """Empty for a row inside.

    A missed row is ``reachable`` if the interval over members holds it; else ``in conflict`` if that of the
    prior held it, ``out of reach`` if not, and ``not learnt`` where the row was not read.
    """
    if row.inside or row.published is None:
        return ""
    if row.inside_known:
        return REACHABLE
    if row.claim not in before:
        return NOT_LEARNT
    return CONFLICT if overlaps(before[row.claim], printed(row.published, row.decimals)) else OUT_OF_REACH


def skill(row: ScoreRow, everywhere: Sequence[ScoreRow]) -> float | None:
    """Skill of one proportion; None for other numbers."""
    if row.unit != "%" or row.published is None or row.low_known is None or row.high_known is None:
        return None
    sd = max((_logit(row.high_known) - _logit(row.low_known)) / (2.0 * Z95), 0.05)
    own = crps(_logit(row.published), _logit(row.virtual), sd)
    return 1.0 - own / crps(_logit(row.published), *_reference(row, everywhere))


def crps(x: float, mean: float, sd: float) -> float:
    r"""Of a normal prediction, :math:`\sigma(z(2\Phi(z) - 1) + 2\varphi(z) - 1/\sqrt\pi)` with
    :math:`z = (x - \mu)/\sigma`. Gneiting T, Raftery AE. J Am Stat Assoc 2007;102:359 (recalled)."""
    z = (x - mean) / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (z * math.erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def _reference(row: ScoreRow, everywhere: Sequence[ScoreRow]) -> tuple[float, float]:
    """Mean and SD on the logit of the endpoint in the same kind of arm of the other trials."""
    others = [
        _logit(one.published)
        for one in everywhere
        if one.published is not None
        and one.trial != row.trial
        and (one.endpoint, one.unit) == (row.endpoint, row.unit)
        and (one.arm == "placebo") == (row.arm == "placebo")
    ]
    if len(others) < 2:
        return (others[0], NOTHING_KNOWN[1]) if others else NOTHING_KNOWN
    return float(np.mean(others)), max(float(np.std(others, ddof=1)), LEAST_SD)


def _logit(percentage: float) -> float:
    p = min(max(percentage / 100.0, 0.005), 0.995)
    return math.log(p / (1.0 - p))
