"""Who leaves a trial and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.drugs.registry import DRUGS
from quotidian.simulation import StagedSimulation
from quotidian.statistics.streams import Streams
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.rules.discontinuation import without_response
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.conduct.state import TrialState, Visit
from quotidian.trials.criteria import CORE_SET
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

HOURS = 168.0


@dataclass(frozen=True)
class _Prescribed:
    """Participants of whom nothing but the prescriptions is asked."""

    prescriptions: list[Prescription]


def failing(*prescriptions: Prescription, until: int = 60) -> TrialState:
    """Children who have the same disease at every visit of four weeks."""
    n = len(prescriptions)
    record = CaseRecord(np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.arange(n))
    record.escaped = np.zeros(n, dtype=bool)
    for week in range(0, until + 1, 4):
        record.core[week] = dict.fromkeys(CORE_SET, np.full(n, 2.0)) | {
            name: np.full(n, 60.0) for name in ("esr", "crp")
        }
        record.missed[week] = record.left[week] = np.zeros(n, dtype=bool)
    return TrialState(_Prescribed(list(prescriptions)), record)  # type: ignore[arg-type]


def found(state: TrialState, week: int, name: str = "japan-long-term") -> list[bool]:
    setting = TrialSetting(design(name), None, Streams(1))  # type: ignore[arg-type]
    return without_response(Visit(setting, state, week)).tolist()


def better(state: TrialState, week: int, child: int) -> None:
    record = state.record
    record.core[week] = {name: values.copy() for name, values in record.core[week].items()}
    for values in record.core[week].values():
        values[child] *= 0.5


DRUG, NONE = "tocilizumab-iv:8mg/kg/2wk", "none"


def test_want_of_response_needs_drug_twelve_weeks_and_sixteen_without_any_response() -> None:
    state = failing(Prescription(DRUG, 9.0), Prescription(NONE, 9.0), Prescription(DRUG, 8 * HOURS + 9.0))
    assert found(state, 24) == [False, False, False]
    assert found(state, 28) == [True, False, False]
    assert found(state, 36) == [True, False, True]


def test_one_visit_with_a_response_keeps_a_child_and_a_missed_one_says_nothing() -> None:
    state = failing(Prescription(DRUG, 9.0), Prescription(DRUG, 9.0))
    better(state, 20, 0)
    better(state, 20, 1)
    state.record.missed[20] = np.array([False, True])
    assert found(state, 28) == [False, True]
    assert found(state, 36) == [False, True] and found(state, 40) == [True, True]


def test_nobody_leaves_for_want_of_response_while_blinded_but_who_had_open_drug() -> None:
    state = failing(Prescription("canakinumab", 9.0), Prescription("canakinumab", 9.0))
    state.record.escaped = np.array([False, True])
    assert found(state, 60, "canakinumab-withdrawal") == [False, True]
    assert found(state, 24, "canakinumab-withdrawal") == [False, False]  # before week 28


@cache
def extension() -> CaseRecord:
    """Without safety rules, so that the doses given are those planned."""
    return follow(replace(design("tender-extension"), safety="none"), 3, seed=2).records[0]


def test_every_withdrawal_has_its_reason_and_happens_once() -> None:
    record = extension()
    events = [e for e in record.events if e.kind == "withdrawal"]
    often = {"antibodies", "no response", "other"}
    assert often <= {e.detail for e in events} <= often | {"death"}  # of MAS: in few replicates
    assert len({e.child for e in events}) == len(events) == record.left[104].sum()


def test_who_reacts_to_antibodies_leaves_at_the_next_visit_and_the_others_stay() -> None:
    record = extension()
    leavers = {e.child: e.week for e in record.events if e.detail == "antibodies"}
    assert leavers
    acting = onset_weeks(record)
    for child, week in leavers.items():
        assert max(w for w in record.weeks if w < week) < acting[child] <= week
    stayed = [i for i in np.flatnonzero(~record.left[104]) if acting[i] < 103]
    u = Streams(2).uniform("antibody_reaction", record.replicate, record.number)[:, 0]
    assert stayed and all(u[i] >= 0.6 for i in stayed) and all(u[i] < 0.6 for i in leavers)


def test_who_is_stopped_for_safety_leaves_for_it() -> None:
    record = follow(design("tender-extension"), 2, seed=1).records[0]
    stopped = {e.child: e.week for e in record.events if e.kind == "stopped"}
    left = {e.child: e.week for e in record.events if e.detail == "safety"}
    assert left and set(left) <= set(stopped)
    assert all(stopped[child] <= week for child, week in left.items())


def onset_weeks(record: CaseRecord) -> dict[int, float]:
    """Weeks at which antibodies act, from each child's threshold and doses by rule."""
    from quotidian.patients.population import draw

    found: dict[int, float] = {}
    against = DRUGS["tocilizumab"].antibodies
    assert against is not None
    for i in range(record.children):
        child = draw(Streams(2), int(record.replicate[i]), [int(record.number[i])])[0]
        first = record.first("escape")[i] if record.arm[i] == 1 else 0.0
        begin = 12.0 if np.isnan(first) else first
        doses = [(begin + 2 * k) * HOURS + 9.0 for k in range(60)]
        hour = against.onset(child.antibody_threshold, doses)
        found[i] = np.inf if hour is None else hour / HOURS
    return found


def test_the_open_part_of_tender_loses_about_as_many_as_were_lost() -> None:
    assert 0.11 < extension().left[104].mean() < 0.26


def test_who_left_is_followed_no_more_and_no_endpoint_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    def everyone(self: StagedSimulation) -> NDArray[np.int64]:
        return np.arange(len(self.table))

    trial = design("tender-extension")
    shorter = follow(trial, 1, 3).records
    monkeypatch.setattr(StagedSimulation, "followed", everyone)
    whole = follow(trial, 1, 3).records
    assert endpoint_rows(trial, shorter) == endpoint_rows(trial, whole)
    (short,), (long,) = shorter, whole
    gone, last = short.left[52], max(short.weeks)
    assert 3 < gone.sum() < 56
    held, went_on = (r.core[last]["esr"][gone] for r in (short, long))
    assert not np.array_equal(held, went_on)
    stayed = ~short.left[last]
    assert np.array_equal(short.core[last]["esr"][stayed], long.core[last]["esr"][stayed])
    crp = short.observed[last]["crp"]
    assert np.array_equal(crp[gone], short.observed[52]["crp"][gone])
