"""ALT under tocilizumab: a tail of some children and episodes, while the median hardly moves."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.safety import above_normal
from quotidian.drugs.tocilizumab import k
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

Floats = NDArray[np.float64]
UPPER = above_normal(k, "alt", "U/L")[0].threshold / k("alt_stop", "1").value


@cache
def records() -> tuple[CaseRecord, ...]:
    return tuple(follow(design("tender-extension"), 3, seed=1, threads=1).records)


def alt(until: int, arms: tuple[int, ...] = (0, 1)) -> Floats:
    """ALT at visits up to a week over the upper limit of normal, [visit, child]."""

    def of(record: CaseRecord) -> Floats:
        weeks = [w for w in record.observed if 0 < w <= until]
        return np.stack([record.observed[w]["alt"] for w in weeks])[:, np.isin(record.arm, arms)]

    return np.concatenate([of(record) for record in records()], axis=1) / UPPER


def test_a_fifth_exceeds_2_5_times_the_limit_within_a_year() -> None:
    """debenedetti2012 (recalled): 21 of 112; whether children or events were counted is not clear."""
    worst = np.nanmax(alt(52), axis=0)
    assert 12.0 < 100 * (worst > 2.5).mean() < 26.0


def test_the_median_hardly_moves() -> None:
    assert np.nanmedian(alt(52)) < 0.8


def test_the_rules_of_the_label_stop_few_for_it() -> None:
    """Beyond five times the limit the drug is stopped; 1 of 75 reached it in twelve weeks (actemra_hcp)."""
    stopped = [e for r in records() for e in r.events if e.kind == "stopped" and "alt" in e.detail]
    children = sum(len(r.arm) for r in records())
    assert 0.01 < len(stopped) / children < 0.12
