"""Infections, chance events and death in trials: the same in every arm, and judged for what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.engine import SWITCH
from quotidian.patients.chance_events import EVENTS
from quotidian.patients.mas_episodes import fatal_toll
from quotidian.simulation import RUN_IN_DAYS, DosingEvent, compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.background_events import chance_changes, infected
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.rules.discontinuation import dead
from quotidian.trials.conduct.screening import candidates
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.conduct.starting import started
from quotidian.trials.conduct.state import TrialState, Visit
from quotidian.trials.protocol.library import design

ILL = [DosingEvent(100.0, SWITCH, "infection", 0.4), DosingEvent(244.0, SWITCH, "infection", 0.0)]


def setting(name: str, seed: int = 3) -> TrialSetting:
    trial = design(name)
    return TrialSetting(trial, compiled_model(trial.model, trial.drugs), Streams(seed))


def test_children_of_a_trial_have_infections_and_triggers_from_the_run_in_on() -> None:
    own = setting("tender")
    found = candidates(own.trial, own.streams, np.zeros(150, dtype=np.int64), np.arange(150), own.population)
    events = [e for chance in started(own, found, -RUN_IN_DAYS * 24.0).chance for e in chance]
    assert {"infection", "macrophage_trigger"} <= {e.target for e in events} <= set(EVENTS)
    assert min(e.time_h for e in events) < 0 and max(e.time_h for e in events) < own.trial.end_h + 60 * 24.0


def test_a_trial_of_another_disease_has_none() -> None:
    own = setting("pjia-iv")
    found = candidates(own.trial, own.streams, np.zeros(10, dtype=np.int64), np.arange(10), own.population)
    assert not any(started(own, found, -RUN_IN_DAYS * 24.0).chance)


def test_events_belong_to_replicate_and_child_and_to_nothing_else() -> None:
    model = compiled_model("sjia")
    replicate, number = np.array([0, 1, 0]), np.array([7, 7, 30])
    three = chance_changes(model, Streams(3), replicate, number, 9000.0)
    assert chance_changes(model, Streams(3), np.array([0]), np.array([7]), 9000.0) == [three[0]]
    assert three[0] != three[1] and three == [sorted(own) for own in three]
    longer = chance_changes(model, Streams(3), replicate, number, 18000.0)
    assert len(three[0]) > 2 and longer[0][: len(three[0]) - 1] == three[0][:-1]


@pytest.mark.parametrize(
    ("after", "until", "ill"),
    [(0, 100, False), (0, 101, True), (150, 200, True), (240, 300, True), (245, 300, False)],
)
def test_an_infection_counts_from_its_beginning_to_its_end(after: float, until: float, ill: bool) -> None:
    assert infected(ILL, after, until) is ill
    assert not infected([e._replace(target="macrophage_trigger") for e in ILL], after, until)


def test_a_child_dies_at_its_own_toll_in_every_arm() -> None:
    n = 50
    record = CaseRecord(np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.arange(n))
    fatal = fatal_toll(Streams(1), record.replicate, record.number)
    record.toll = {4: 0.9 * fatal, 8: 1.1 * fatal}
    own = TrialSetting(design("tender"), None, Streams(1))  # type: ignore[arg-type]
    state = TrialState(None, record)  # type: ignore[arg-type]
    assert not dead(Visit(own, state, 4)).any() and dead(Visit(own, state, 8)).all()
    other = replace(record, arm=np.ones(n, dtype=np.int64))
    assert dead(Visit(own, TrialState(None, other), 8)).all()  # type: ignore[arg-type]
    assert not dead(Visit(own, TrialState(None, other), 12)).any()  # type: ignore[arg-type]
