"""Sample size of a design: its virtual outcome, and the power of trials of other sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.power import assurance, power
from quotidian.trials.analysis.endpoints import endpoint_results
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.endpoint import EndpointResult
from quotidian.trials.endpoints.own import endpoint_named
from quotidian.trials.protocol.design import Period, Trial

Floats = NDArray[np.float64]
ALPHA = 0.05
LARGEST = 1000
"""Largest number of children randomised to both arms together; no larger trial of the disease is feasible
(assumed)."""


@dataclass(frozen=True)
class Size:
    """A trial of one size: children to enrol, children randomised to each arm, power and assurance.

    ``power`` is computed at the proportions of all replicates together. ``assurance`` is the mean power
    over the proportions of single replicates; it includes the uncertainty that one trial of the design's
    own size leaves. ``assurance_known`` is the mean over single replicates of the members of an ensemble; it
    includes parameter uncertainty. None without an ensemble.
    """

    enrolled: int
    first: int
    second: int
    power: float
    assurance: float
    assurance_known: float | None = None


@dataclass(frozen=True)
class SizePlan:
    """The result of a design at its own size, and its power at other sizes.

    ``shares`` [replicate, arm] of 1 at ``week`` in the two ``arms``; ``randomised`` of those enrolled, of 1.
    ``known`` [member, arm] is as ``shares``, with the values of each member of an ensemble.
    """

    design: str
    endpoint: str
    week: int
    arms: tuple[str, str]
    alpha: float
    shares: Floats
    randomised: float
    sizes: tuple[Size, ...]
    known: Floats | None = None

    @property
    def share(self) -> tuple[float, float]:
        """Proportions over all replicates, by arm."""
        first, second = self.shares.mean(axis=0)
        return float(first), float(second)

    def interval(self, shares: Floats) -> dict[str, tuple[float, float]]:
        """Central 95 % of ``shares`` or ``known`` by arm, of 1."""
        low, high = np.quantile(shares, (0.025, 0.975), axis=0).tolist()
        return {arm: (low[i], high[i]) for i, arm in enumerate(self.arms)}


def compared(trial: Trial) -> tuple[str, str]:
    """The two arms of a design. Raises InvalidInput for a design of one arm, or of more than two."""
    if len(trial.arms) != 2 or trial.randomised is None:
        raise InvalidInput(
            f"'{trial.name}' has {len(trial.arms)} arm{'s' if len(trial.arms) != 1 else ''}.",
            "Power is computed for the comparison of two randomised arms.",
            "Choose a design with two, such as yokota-2008, or write one: quotidian study new FILE.",
        )
    first, second = trial.arms
    return first, second


def check_sizes(sizes: Sequence[int]) -> None:
    """Raises InvalidInput for a size outside 2 to LARGEST."""
    for n in sizes:
        if not 2 <= n <= LARGEST:
            raise InvalidInput(
                f"A trial of {n:,} randomised children is refused.", f"It has 2 to {LARGEST:,}.",
                "Write for example --sizes 20,40,80.",
            )  # fmt: skip


def until(trial: Trial, week: int, endpoint: str) -> Trial:
    """The design up to that visit, with one endpoint; nothing later can change the result.

    An event-driven design is kept whole, because later events decide which children are still followed at
    the visit. Raises UnknownName for an unknown endpoint, InvalidInput for one that is not a proportion of
    children or for a week without a visit of randomised children.
    """
    if (unit := endpoint_named(trial, endpoint).unit) != "%":
        raise InvalidInput(
            f"'{endpoint}' is reported in {unit}.",
            "The exact test compares proportions.",
            "Choose a proportion, such as acr70, crp_normal or flare_free.",
        )  # fmt: skip
    seen = [w for w in trial.visits if w > (trial.randomised or (0, 0))[0]]
    if week not in seen:
        raise InvalidInput(
            f"There is no visit of randomised children at week {week}.", "",
            f"Choose one of {', '.join(map(str, seen))}.",
        )  # fmt: skip
    if trial.stop:  # events after that week decide when the trial ends
        return replace(trial, primary_week=week, endpoints=(endpoint,), kinetics=None)
    kept = tuple(w for w in trial.visits if w <= week)
    periods = tuple(
        replace(p, weeks=min(p.weeks, week - start)) for start, p in trial.timeline if start < week
    )
    return replace(
        trial, periods=_ended(periods), visits=kept, primary_week=week, endpoints=(endpoint,), kinetics=None
    )


def _ended(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    return tuple(p for p in periods if p.weeks > 0)


def plan(
    trial: Trial, records: Sequence[CaseRecord], endpoint: str, week: int, sizes: Sequence[int],
    alpha: float = ALPHA, known: Sequence[CaseRecord] = (),
) -> SizePlan:  # fmt: skip
    """Power and assurance at so many children randomised, both arms together, in the design's proportion.

    ``known`` are replicates with the values of members of an ensemble.

    Raises InvalidInput for sizes outside 2 to LARGEST, or an endpoint that the design does not have.
    """
    arms = compared(trial)
    check_sizes(sizes)
    shares = _shares(trial, records, endpoint, week)
    randomised = sum(int((r.arm >= 0).sum()) for r in records) / sum(r.children for r in records)
    weight = trial.arms[arms[0]].children / sum(trial.arms[arm].children for arm in arms)
    wide = _shares(trial, known, endpoint, week) if known else None
    found = [_size(n, weight, shares, wide, randomised, alpha) for n in sizes]
    return SizePlan(trial.name, endpoint, week, arms, alpha, shares, randomised, tuple(found), wide)


def _size(
    n: int, weight: float, shares: Floats, known: Floats | None, randomised: float, alpha: float
) -> Size:
    first = min(n - 1, max(1, round(n * weight)))
    a, b = shares[:, 0], shares[:, 1]
    at_mean = power(float(a.mean()), float(b.mean()), first, n - first, alpha)
    over = assurance(a, b, first, n - first, alpha)
    wide = None if known is None else assurance(known[:, 0], known[:, 1], first, n - first, alpha)
    return Size(ceil(n / randomised - 1e-9), first, n - first, at_mean, over, wide)


def _shares(trial: Trial, records: Sequence[CaseRecord], endpoint: str, week: int) -> Floats:
    """Proportion (0 to 1) in each arm, [replicate, arm], of replicates in which both arms have children."""
    found = []
    for record in records:
        own = [m for m in endpoint_results(trial, record) if (m.endpoint, m.week) == (endpoint, week)]
        if not own:
            break
        found += [pair for r in np.unique(record.replicate) if (pair := _pair(own[0], record, int(r)))]
    if not found:
        raise InvalidInput(
            f"'{trial.name}' has no value of '{endpoint}' at week {week}.",
            "It needs an observable that the design does not record, or children with that finding at entry.",
            "Add it to 'observables' of a study file, or choose another endpoint.",
        )
    return np.array(found) / 100.0


def _pair(measure: EndpointResult, record: CaseRecord, replicate: int) -> tuple[float, float] | None:
    own = record.replicate == replicate
    first, second = (measure.of(own & (record.arm == arm)) for arm in (0, 1))
    return None if first is None or second is None else (first, second)
