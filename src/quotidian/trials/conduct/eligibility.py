"""Screening of candidates: the run-in without the drug, the entry rule, and random selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.simulation import RUN_IN_DAYS
from quotidian.trials.conduct.assessments import Assessment, assess
from quotidian.trials.conduct.participants import MORNING, Participants, reading_times
from quotidian.trials.conduct.screening import Candidates, candidates, plausible, statistics
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.starting import started
from quotidian.trials.conduct.weighting import Match, match
from quotidian.trials.criteria import fever_days

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LOOK_BACK_DAYS = 14
POOL, POOL_REPLICATE = 600, 2**31
"""Size of the reference pool of candidates, and the replicate of its random streams."""


@dataclass(frozen=True)
class EnrolmentAccount:
    """Numbers of candidates: proposed, followed to screening, and excluded or lost by reason."""

    proposed: int = 0
    followed: int = 0
    screened: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: EnrolmentAccount) -> EnrolmentAccount:
        return EnrolmentAccount(
            self.proposed + other.proposed,
            self.followed + other.followed,
            self.screened + other.screened,
            self.failures + other.failures,
        )


@dataclass(frozen=True)
class Screened:
    """Candidates followed to screening, their findings, who is ``chosen`` [candidate], and the account."""

    participants: Participants
    found: Candidates
    run: Outcome
    seen: Assessment
    chosen: Bools
    account: EnrolmentAccount


def selection(setting: TrialSetting, execution: Execution) -> Match:
    """The rule of selection among the eligible: all in order, or at random with weights that meet a
    published table."""
    targets = setting.trial.population.match
    if not targets:
        return Match()
    pool = screen(setting, execution, Match(), [POOL_REPLICATE], range(POOL))
    return match(_statistics(setting, pool, pool.chosen), targets)


def screen(
    setting: TrialSetting, execution: Execution, chosen_by: Match, replicates: Sequence[int], numbers: range
) -> Screened:
    """Draw candidates, follow the plausible ones without the drug, and determine who is eligible."""
    drawn = candidates(setting.trial, setting.streams, replicates, numbers, setting.population)
    reasons: Counter[str] = Counter()
    found = drawn.keep(plausible(setting.trial, setting.whole, drawn, reasons, setting.overlay))
    participants = started(setting, found, -RUN_IN_DAYS * 24.0)
    times = reading_times(MORNING - LOOK_BACK_DAYS * 24.0, MORNING)
    run = participants.proceed(MORNING, times, setting.solved, execution)
    failures = Counter(failure.reason for failure in run.failures)
    account = EnrolmentAccount(len(drawn.children), len(found.children), reasons, failures)
    screened = Screened(
        participants, found, run, assess(setting, participants, run, times, 0), run.status == 0, account
    )
    return _selected(setting, screened, chosen_by)


def _selected(setting: TrialSetting, s: Screened, chosen_by: Match) -> Screened:
    """Candidates who meet the entry rule and are selected; a candidate whose solution failed is never
    enrolled."""
    left_out: Counter[str] = Counter()
    eligible = s.run.status == 0
    for reason, meets in _criteria(setting, s).items():
        _count(left_out, reason, eligible & ~meets)
        eligible &= meets
    taken = _by_lot(setting, s, eligible, chosen_by)
    _count(left_out, "not chosen, to match the published table", eligible & ~taken)
    return replace(s, chosen=taken, account=s.account + EnrolmentAccount(screened=left_out))


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


def _count(reasons: Counter[str], reason: str, who: Bools) -> None:
    if n := int(who.sum()):
        reasons[reason] += n


def _statistics(setting: TrialSetting, s: Screened, who: Bools) -> dict[str, Floats]:
    """The statistics on which candidates are matched, [candidate of ``who``] each."""
    core, crp = s.seen.core, s.seen.observed["crp"]
    febrile = _febrile_days(setting, s, who)[who] >= 1
    joints = core.get("active_joints", np.zeros(len(who)))
    return statistics(s.found.keep(who), joints[who], crp[who], core["esr"][who], febrile)
