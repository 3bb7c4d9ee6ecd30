"""The published rows that are read, and their statistics in one virtual trial."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import Overlay
from quotidian.inference.ensemble.summaries import SummaryRow
from quotidian.trials.benchmarks.comparison import published_values
from quotidian.trials.benchmarks.discrepancy import claim_scale, subjects
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

Floats = NDArray[np.float64]
ROLE = "calibration"
"""The role of rows that may be read. Validation rows never are: they judge what was learnt."""
KINDS = ("endpoint", "baseline")
"""Kinds of rows that are read. Exposure to tocilizumab was read by the calibration of its disposition, whose
posterior is the prior here; a second reading would count the same data twice."""


@dataclass(frozen=True)
class LearntRow:
    """A claim that is read, and its summary."""

    claim: PublishedResult
    summary: SummaryRow


def learnt_rows(trials: Sequence[str], leave_out: Sequence[str] = ()) -> tuple[LearntRow, ...]:
    """The calibration rows of some trials, in the order of the trials and their files.

    Raises UnknownName for a trial that is not in the library, InvalidInput where no row is left.
    """
    left = {design(name).name for name in leave_out}
    names = [name for name in dict.fromkeys(design(name).name for name in trials) if name not in left]
    found = tuple(LearntRow(claim, _summary(name, claim)) for name in names for claim in _read(name))
    if not found:
        raise InvalidInput(
            "There is no row to learn from.",
            f"None of {', '.join(trials)} has a row of role {ROLE}.",
            "Name other trials.",
        )
    return found


def _read(trial: str) -> list[PublishedResult]:
    return [claim for claim in claims_of(trial) if claim.role == ROLE and claim.kind in KINDS]


def _summary(trial: str, claim: PublishedResult) -> SummaryRow:
    n = subjects(claim, design(trial))
    return SummaryRow(claim.id, trial, claim_scale(claim), claim.value, n)


def statistics(rows: Sequence[LearntRow], overlay: Overlay, seed: int, repeats: int = 1) -> Floats:
    """Statistics of the rows on their scales, [repeat, row], each repeat in other trials of each design.

    Not-a-number where a run failed or nobody counted in a row of one of the repeats.
    """
    found = np.full((repeats, len(rows)), math.nan)
    for trial in dict.fromkeys(row.summary.trial for row in rows):
        plan = replace(design(trial), kinetics=None)  # no row of exposure is read
        try:
            records = follow(plan, repeats, seed, threads=1, overlay=overlay).records
        except (SolverFailed, InvalidInput):
            continue
        numbers = published_values(plan, records)
        for i, row in enumerate(rows):
            own = numbers.get(row.claim.id, ())
            if len(own) == repeats:
                found[:, i] = row.summary.on_scale(np.array(own))
    return found
