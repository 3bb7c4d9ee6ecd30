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
Integers = NDArray[np.int64]
SURPLUS = 2.0
"""Candidates who are followed for each enrolled child, roughly, for progress."""
MOST_TRIED, MOST_PER_PLACE = 4000, 41
"""Candidates after which a replicate is given up: a number, or a number per planned child if that is more."""
FEWEST = 4
"""Fewest candidates of a round, so that the last places are not filled one by one."""
Place = tuple[int, int, int]
"""Replicate, round, and place among the candidates of that round."""


def enrol(
    setting: TrialSetting, execution: Execution, chosen_by: Match, replicates: range
) -> tuple[TrialState, EnrolmentAccount]:
    """The first chosen candidates of each replicate, up to the planned number, and the account of all
    candidates up to the last of them.

    A round screens as many candidates as are expected to fill the places, by the share chosen so far. Which
    children are enrolled does not depend on the rounds. Raises InvalidInput where too few candidates are
    eligible.
    """
    size, names = setting.trial.size, np.asarray(replicates)
    wanted, tried = np.full(len(names), size), np.zeros(len(names), dtype=np.int64)
    most = size * -(-max(MOST_TRIED, MOST_PER_PLACE * size) // size)
    places, rounds, chosen = list[Place](), list[Screened](), 0
    while ((wanted > 0) & (tried < most)).any():
        share = max(chosen, 1) / max(tried.sum(), 1)
        counts = np.minimum(_expected(wanted, share), most - tried)
        replicate = np.repeat(names, counts)
        s = screen(setting, execution, chosen_by, replicate, _numbers(tried, counts))
        tried, chosen = tried + counts, chosen + int(s.chosen.sum())
        for k in np.flatnonzero(counts).tolist():
            found = np.flatnonzero((s.found.replicate == names[k]) & s.chosen)[: wanted[k]]
            wanted[k] -= len(found)
            places += [(int(names[k]), len(rounds), i) for i in found.tolist()]
        rounds.append(s)
    _refuse_short(dict(zip(names.tolist(), wanted.tolist(), strict=True)), size, most)
    last = {r: int(rounds[p].found.number[i]) for r, p, i in places}  # the last of a replicate counts
    return _enrolled(rounds, sorted(places)), reduce(add, (s.fates.account(last) for s in rounds))


def _expected(wanted: Integers, share: float) -> Integers:
    """Candidates who fill the ``wanted`` places in about two of three cases, [replicate]; 0 for no place.

    Without a share below 1 there is nothing to be unlucky with.
    """
    margin = np.sqrt(wanted) * (0.5 if share < 1.0 else 0.0)
    needed: Floats = np.maximum(np.ceil((wanted + margin) / share), FEWEST)
    return np.where(wanted > 0, needed, 0.0).astype(np.int64)


def _numbers(tried: Integers, counts: Integers) -> Integers:
    """Numbers of the next candidates: so many of each replicate, one replicate after another."""
    begins = np.cumsum(counts) - counts
    return np.asarray(np.arange(counts.sum()) + np.repeat(tried - begins, counts))


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
