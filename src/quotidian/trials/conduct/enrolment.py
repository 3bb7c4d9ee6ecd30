"""From candidates to a trial: propose, let the disease run, screen, choose, allot to arms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.errors import InvalidInput
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.assessments import written
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING, Participants, joined, reading_times
from quotidian.trials.conduct.screening import Candidates, candidates, plausible, statistics
from quotidian.trials.conduct.weighting import Match, match
from quotidian.trials.criteria import fever_days

if TYPE_CHECKING:
    from quotidian.trials.conduct.assessments import Assessments

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
SURPLUS = 2.0  # candidates proposed for each child wanted, at first
MOST_ROUNDS = 40
LOOK_BACK_DAYS = 14
POOL, POOL_REPLICATE = 600, 2**31
"""Candidates whose entry decides how children are chosen, and the replicate that their luck is drawn from."""


@dataclass
class Screened:
    """Candidates who have been followed to entry, and what was found; ``chosen`` may enter."""

    cohort: Participants
    found: Candidates
    run: Outcome
    chart: Floats
    core: Mapping[str, Floats]
    observed: Mapping[str, Floats]
    chosen: Bools


@dataclass
class Enrolment:
    """The office that finds children for a trial, and its accounts."""

    clinic: Assessments
    proposed: int = 0
    followed: int = 0
    screened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    @cached_property
    def matched(self) -> Match:
        """How the eligible are chosen: everyone in turn, or by lots that meet a published table."""
        targets = self.clinic.trial.population.match
        if not targets:
            return Match()
        office = Enrolment(self.clinic)
        office.__dict__["matched"] = Match()
        pool = office.screen([POOL_REPLICATE], range(POOL))
        return match(_statistics(pool, pool.chosen, self.clinic), targets)

    def add(self, other: Enrolment) -> None:
        """Its accounts on top of these."""
        self.proposed += other.proposed
        self.followed += other.followed
        self.screened.update(other.screened)
        self.failures.update(other.failures)

    # ---- one round
    def screen(self, replicates: Sequence[int], numbers: range) -> Screened:
        """Propose candidates, drop the implausible, let the disease run undrugged, look who may enter."""
        clinic, trial = self.clinic, self.clinic.trial
        drawn = candidates(trial, clinic.streams, replicates, numbers, clinic.population)
        self.proposed += len(drawn.children)
        found = drawn.keep(plausible(trial, clinic.whole, drawn, self.screened))
        self.followed += len(found.children)
        cohort = Participants.begin(
            clinic.machine, clinic.whole, list(found.children), found.replicate, found.number, found.course,
            -RUN_IN_DAYS * 24.0, found.body["steroid"], trial.end_h,
        )  # fmt: skip
        readings = reading_times(MORNING - LOOK_BACK_DAYS * 24.0, MORNING)
        run = clinic.march(cohort, MORNING, readings)
        chart, core = clinic.measure(cohort, run, readings, visit=0)
        observed = written(run, readings, np.full(len(found.children), len(run.times) - 1))
        screened = Screened(cohort, found, run, chart, core, observed, run.status == 0)
        self._judge(screened)
        return screened

    def _judge(self, s: Screened) -> None:
        """Entry rule and lots. A candidate whose integration failed is counted and never enrolled."""
        sound = s.run.status == 0
        rule, days = self.clinic.trial.entry, s.run.times / 24
        eligible = np.zeros(len(sound), dtype=bool)
        febrile = np.zeros(len(sound), dtype=bool)
        n = fever_days(s.chart[sound], days, MORNING / 24, LOOK_BACK_DAYS, rule.fever)
        febrile[sound] = n >= rule.fever_days
        joints = np.nan_to_num(s.core["active_joints"])
        enough = (joints >= rule.joints) | ((joints >= rule.joints_with_fever) & febrile)
        if rule.febrile:
            enough = (joints >= rule.joints_with_fever) & febrile
        eligible[sound] = enough[sound]
        self._count("too few active joints, or too little fever", sound & ~eligible)
        in_mas = np.nan_to_num(s.observed["macrophage_activation"]) > IN_MAS
        self._count("macrophage activation syndrome", eligible & in_mas)
        eligible &= ~in_mas
        high = np.nan_to_num(s.observed["crp"]) > rule.crp_above
        self._count(f"CRP not above {rule.crp_above:g} mg/L", eligible & ~high)
        eligible &= high
        for failure in s.run.failures:
            self.failures[failure.reason] += 1
        s.chosen = eligible
        taken = self._lots(s, eligible)
        self._count("not chosen, to match the published table", eligible & ~taken)
        s.chosen = taken

    def _lots(self, s: Screened, eligible: Bools) -> Bools:
        chosen = eligible.copy()
        if not self.matched.targets:
            return chosen
        chance = self.matched.chances(_statistics(s, eligible, self.clinic))
        places = np.flatnonzero(eligible)
        u = self.clinic.streams.uniform("selection", s.found.replicate[places], s.found.number[places])
        chosen[places] = u[:, 0] < chance
        return chosen

    def _count(self, reason: str, who: Bools) -> None:
        if n := int(who.sum()):
            self.screened[reason] += n

    # ---- all rounds
    def enrol(self, replicates: range) -> CaseRecord:
        """The first chosen of each replicate, as many as the trial takes."""
        size = self.clinic.trial.size
        wanted, places = dict.fromkeys(replicates, size), []
        parts: list[Screened] = []
        first, count = 0, int(np.ceil(size * SURPLUS))
        for _ in range(MOST_ROUNDS):
            short = [r for r, n in wanted.items() if n]
            if not short:
                break
            s = self.screen(short, range(first, first + count))
            first, count = first + count, int(np.ceil(size * SURPLUS / 2))
            for r in short:
                found = np.flatnonzero((s.found.replicate == r) & s.chosen)[: wanted[r]]
                wanted[r] -= len(found)
                places += [(r, len(parts), int(i)) for i in found]
            parts.append(s)
        for r in (r for r, n in wanted.items() if n):
            raise InvalidInput(
                f"Replicate {r} has only {size - wanted[r]} eligible children of {size}.",
                f"{first} candidates were proposed.",
                "Loosen the entry rule, or choose a population that meets it more often.",
            )
        return _record(parts, sorted(places, key=lambda p: (p[0], p[1], p[2])))


def _statistics(s: Screened, who: Bools, clinic: Assessments) -> dict[str, Floats]:
    rule, days = clinic.trial.entry, s.run.times / 24
    febrile = fever_days(s.chart[who], days, MORNING / 24, LOOK_BACK_DAYS, rule.fever) >= 1
    return statistics(
        s.found.keep(who), s.core["active_joints"][who], s.observed["crp"][who], s.core["esr"][who], febrile
    )


def _record(parts: Sequence[Screened], places: Sequence[tuple[int, int, int]]) -> CaseRecord:
    """The record of those chosen, (replicate, round, place) each, in that order."""
    by_part = [
        np.array([i for _, p, i in places if p == number], dtype=np.int64) for number in range(len(parts))
    ]
    after = np.cumsum([0, *map(len, by_part)])
    seat = {(p, int(i)): int(after[p]) + k for p, own in enumerate(by_part) for k, i in enumerate(own)}
    order = np.array([seat[p, i] for _, p, i in places], dtype=np.int64)

    def together(values: Sequence[Floats]) -> Floats:
        return np.concatenate([x[own] for x, own in zip(values, by_part, strict=True)])[order]

    cohort = joined([s.cohort.keep(own) for s, own in zip(parts, by_part, strict=True)]).keep(order)
    record = CaseRecord(
        np.full(len(order), -1, dtype=np.int64), cohort.replicate, cohort.number, cohort=cohort,
        escaped=np.zeros(len(order), dtype=bool),
    )  # fmt: skip
    record.body = {n: together([s.found.body[n] for s in parts]) for n in parts[0].found.body}
    record.charts.append(together([s.chart for s in parts]))
    record.days.append(parts[0].run.times / 24)
    record.core[0] = {n: together([s.core[n] for s in parts]) for n in parts[0].core}
    record.observed[0] = {n: together([s.observed[n] for s in parts]) for n in parts[0].observed}
    record.weight[0] = record.body["weight"]
    record.steroid[0] = cohort.steroid.copy()
    return record
