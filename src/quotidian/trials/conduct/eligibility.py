"""Screening of candidates: the run-in without the drug, the entry rule, and random selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.assessments import Assessment, assess
from quotidian.trials.conduct.participants import MORNING, Participants, reading_times
from quotidian.trials.conduct.screening import Candidates, candidates, implausible, statistics
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.starting import started
from quotidian.trials.conduct.weighting import Match, match
from quotidian.trials.criteria import fever_days

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
LOOK_BACK_DAYS = 14
POOL, POOL_REPLICATE = 600, 2**31
"""Size of the reference pool of candidates, and the replicate of its random streams."""


@dataclass(frozen=True)
class EnrolmentAccount:
    """Numbers of candidates up to the last one enrolled in each replicate: proposed, followed to screening,
    and excluded or lost by reason, in the order of the criteria."""

    proposed: int = 0
    followed: int = 0
    screened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: EnrolmentAccount) -> EnrolmentAccount:
        return EnrolmentAccount(
            self.proposed + other.proposed,
            self.followed + other.followed,
            _sum(self.screened, other.screened),
            _sum(self.failures, other.failures),
        )


def _sum(one: Counter[str], other: Counter[str]) -> Counter[str]:
    """Both together; reasons without a candidate stay, so that the order does not depend on the blocks."""
    return Counter({why: one[why] + other[why] for why in {**one, **other}})


@dataclass(frozen=True)
class Fates:
    """What became of every candidate that was drawn, [candidate] each.

    Attributes
    ----------
    excluded : by reason, in the order of the criteria; each candidate by its first one. failed : candidates
        whose solution failed, by reason.
    """

    replicate: Integers
    number: Integers
    followed: Bools
    excluded: Mapping[str, Bools]
    failed: Mapping[str, Bools]

    def account(self, last: Mapping[int, int]) -> EnrolmentAccount:
        """The account of candidates up to the number ``last`` of each replicate."""
        upto = self.number <= np.array([last[r] for r in self.replicate.tolist()])
        counts = (
            Counter({why: int((upto & who).sum()) for why, who in kind.items()})
            for kind in (self.excluded, self.failed)
        )
        return EnrolmentAccount(int(upto.sum()), int((upto & self.followed).sum()), *counts)


@dataclass(frozen=True)
class Screened:
    """Candidates followed to screening, their findings, who is ``chosen`` [candidate], and the fate of all
    that were drawn."""

    participants: Participants
    found: Candidates
    run: Outcome
    seen: Assessment
    chosen: Bools
    fates: Fates


def selection(setting: TrialSetting, execution: Execution) -> Match:
    """The rule of selection among the eligible: all in order, or at random with weights that meet a
    published table."""
    targets = setting.trial.population.match
    if not targets:
        return Match()
    pool = screen(setting, execution, Match(), np.full(POOL, POOL_REPLICATE), np.arange(POOL))
    return match(_statistics(setting, pool, pool.chosen), targets)


def screen(
    setting: TrialSetting, execution: Execution, chosen_by: Match, replicate: Integers, number: Integers
) -> Screened:
    """Draw candidates, follow the plausible ones without the drug, and determine who is eligible.

    ``replicate`` and ``number`` [candidate] are their addresses, replicates in ascending order.
    """
    drawn = candidates(setting.trial, setting.streams, replicate, number, setting.population)
    excluded = firsts(implausible(setting.trial, setting.whole, drawn, setting.overlay))
    followed = ~np.any([np.zeros(len(number), dtype=bool), *excluded.values()], axis=0)
    found = drawn.keep(followed)
    participants = started(setting, found, -RUN_IN_DAYS * 24.0)
    times = reading_times(MORNING - LOOK_BACK_DAYS * 24.0, MORNING)
    run = participants.proceed(MORNING, times, setting.solved, execution)
    failed: dict[str, Bools] = {}
    for lost in run.failures:
        own = failed.setdefault(lost.reason, np.zeros(len(followed), dtype=bool))
        own[np.flatnonzero(followed)[lost.subject]] = True
    screened = Screened(
        participants, found, run, assess(setting, participants, run, times, 0), run.status == 0,
        Fates(replicate, number, followed, excluded, failed),
    )  # fmt: skip
    return _selected(setting, screened, chosen_by)


def firsts(reasons: Mapping[str, Bools]) -> dict[str, Bools]:
    """The reasons of exclusion, each of the candidates whom no earlier one excludes."""
    found: dict[str, Bools] = {}
    for why, who in reasons.items():
        found[why] = who & ~np.any([np.zeros(len(who), dtype=bool), *found.values()], axis=0)
    return found


def _selected(setting: TrialSetting, s: Screened, chosen_by: Match) -> Screened:
    """Candidates who meet the entry rule and are selected; a candidate whose solution failed is never
    enrolled."""
    sound = s.run.status == 0
    reasons = {why: sound & ~meets for why, meets in _criteria(setting, s).items()}
    eligible = sound & ~np.any(list(reasons.values()), axis=0)
    taken = _by_lot(setting, s, eligible, chosen_by)
    reasons["not chosen, to match the published table"] = eligible & ~taken
    excluded = dict(s.fates.excluded)
    for why, who in firsts(reasons).items():
        excluded[why] = np.zeros(len(s.fates.number), dtype=bool)
        excluded[why][s.fates.followed] = who
    return replace(s, chosen=taken, fates=replace(s.fates, excluded=excluded))


def _criteria(setting: TrialSetting, s: Screened) -> Mapping[str, Bools]:
    """Candidates who meet each criterion of entry, [candidate], by the reason of exclusion of the others."""
    rule, observed, found = setting.trial.entry, s.seen.observed, {}
    if setting.trial.disease.core_set:
        found["too few active joints, or too little fever"] = _active(setting, s)
    if "macrophage_activation" in observed:
        in_mas = np.nan_to_num(observed["macrophage_activation"]) > IN_MAS
        found["macrophage activation syndrome"] = ~in_mas
    found[f"CRP not above {rule.crp_above:g} mg/L"] = np.nan_to_num(observed["crp"]) > rule.crp_above
    return found


def _active(setting: TrialSetting, s: Screened) -> Bools:
    """Candidates with enough active joints, or with fewer and fever, [candidate]."""
    rule, joints = setting.trial.entry, np.nan_to_num(s.seen.core["active_joints"])
    febrile = _febrile_days(setting, s, s.run.status == 0) >= rule.fever_days
    if rule.afebrile:
        return (joints >= rule.joints) & ~febrile
    if rule.febrile:
        return (joints >= rule.joints_with_fever) & febrile
    return (joints >= rule.joints) | ((joints >= rule.joints_with_fever) & febrile)


def _febrile_days(setting: TrialSetting, s: Screened, who: Bools) -> Floats:
    """Days with fever in the two weeks before screening, [candidate]; -1 for those not in ``who``."""
    days = np.full(len(who), -1.0)
    days[who] = fever_days(
        s.seen.chart[who], s.seen.days, MORNING / 24, LOOK_BACK_DAYS, setting.trial.entry.fever
    )
    return days


def _by_lot(setting: TrialSetting, s: Screened, eligible: Bools, chosen_by: Match) -> Bools:
    chosen = eligible.copy()
    if not chosen_by.targets:
        return chosen
    chance = chosen_by.chances(_statistics(setting, s, eligible))
    places = np.flatnonzero(eligible)
    u = setting.uniform("selection", s.found.replicate[places], s.found.number[places])
    chosen[places] = u < chance
    return chosen


def _statistics(setting: TrialSetting, s: Screened, who: Bools) -> dict[str, Floats]:
    """The statistics on which candidates are matched, [candidate of ``who``] each."""
    core, crp = s.seen.core, s.seen.observed["crp"]
    febrile = _febrile_days(setting, s, who)[who] >= 1
    joints = core.get("active_joints", np.zeros(len(who)))
    return statistics(s.found.keep(who), joints[who], crp[who], core["esr"][who], febrile)
