"""Enrolment: candidates are screened in rounds until every replicate has the planned number of children."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.eligibility import EnrolmentAccount, Screened, screen
from quotidian.trials.conduct.joining import joined
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.conduct.weighting import Match

Floats = NDArray[np.float64]
SURPLUS = 2.0
"""Candidates per planned child in the first round."""
MOST_TRIED, MOST_PER_PLACE = 4000, 41
"""Candidates after which a replicate is given up: a number, or a number per planned child if that is more."""
Place = tuple[int, int, int]
"""Replicate, round, and place among the candidates of that round."""


def enrol(
    setting: TrialSetting, execution: Execution, chosen_by: Match, replicates: range
) -> tuple[TrialState, EnrolmentAccount]:
    """The first chosen candidates of each replicate, up to the planned number, and the account of all
    candidates.

    Raises InvalidInput where too few candidates are eligible.
    """
    size = setting.trial.size
    wanted, places = dict.fromkeys(replicates, size), list[Place]()
    rounds: list[Screened] = []
    first, count = 0, int(np.ceil(size * SURPLUS))
    most = max(MOST_TRIED, MOST_PER_PLACE * size)
    while (short := [r for r, n in wanted.items() if n]) and first < most:
        s = screen(setting, execution, chosen_by, short, range(first, first + count))
        first, count = first + count, int(np.ceil(size * SURPLUS / 2))
        for r in short:
            found = np.flatnonzero((s.found.replicate == r) & s.chosen)[: wanted[r]]
            wanted[r] -= len(found)
            places += [(r, len(rounds), int(i)) for i in found]
        rounds.append(s)
    _refuse_short(wanted, size, first)
    return _enrolled(rounds, sorted(places)), reduce(add, (s.account for s in rounds), EnrolmentAccount())


def _refuse_short(wanted: dict[int, int], size: int, proposed: int) -> None:
    for r in (r for r, n in wanted.items() if n):
        raise InvalidInput(
            f"Replicate {r} has only {size - wanted[r]} eligible children of {size}.",
            f"{proposed} candidates were screened.",
            "Relax the entry criteria, or choose a population that meets them more often.",
        )


def _enrolled(rounds: Sequence[Screened], places: Sequence[Place]) -> TrialState:
    """The participants at ``places``, in that order, with the record of their entry."""
    by_round = [
        np.array([i for _, p, i in places if p == number], dtype=np.int64) for number in range(len(rounds))
    ]
    order = _order(by_round, places)

    def together(values: Sequence[Floats]) -> Floats:
        return np.concatenate([x[own] for x, own in zip(values, by_round, strict=True)])[order]

    participants = joined([s.participants.keep(own) for s, own in zip(rounds, by_round, strict=True)]).keep(
        order
    )
    n = len(order)
    record = CaseRecord(
        np.full(n, -1, dtype=np.int64), participants.replicate, participants.number,
        escaped=np.zeros(n, dtype=bool),
    )  # fmt: skip
    seen = [s.seen for s in rounds]
    record.body = {n: together([s.found.body[n] for s in rounds]) for n in rounds[0].found.body}
    record.charts.append(together([s.chart for s in seen]))
    record.days.append(seen[0].days)
    record.core[0] = {n: together([s.core[n] for s in seen]) for n in seen[0].core}
    record.observed[0] = {n: together([s.observed[n] for s in seen]) for n in seen[0].observed}
    record.safety[0] = {n: together([s.safety[n] for s in seen]) for n in seen[0].safety}
    record.missed[0] = record.left[0] = np.zeros(n, dtype=bool)
    return TrialState(participants, record)


def _order(by_round: Sequence[NDArray[np.int64]], places: Sequence[Place]) -> NDArray[np.int64]:
    """Position of each of ``places`` in the concatenated candidates chosen in all rounds."""
    after = np.cumsum([0, *map(len, by_round)])
    seat = {(p, int(i)): int(after[p]) + k for p, own in enumerate(by_round) for k, i in enumerate(own)}
    return np.array([seat[p, i] for _, p, i in places], dtype=np.int64)
