"""What is recognised of macrophage activation in a trial."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from quotidian.engine import Outcome
from quotidian.trials.conduct import mas_events
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

TIMES = np.array([18.0, 42.0, 66.0, 80.0, 90.0, 104.0])
WELL = {
    "temperature": 36.8,
    "ferritin": 100.0,
    "platelets": 300.0,
    "ast": 25.0,
    "triglycerides": 90.0,
    "fibrinogen": 4.0,
}
ILL = {
    "temperature": 39.0,
    "ferritin": 5000.0,
    "platelets": 90.0,
    "ast": 120.0,
    "triglycerides": 90.0,
    "fibrinogen": 4.0,
}


class _Run(SimpleNamespace):
    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]


def run(activation: list[list[float]], ill: list[list[bool]]) -> Outcome:
    """Children whose signs are those of MAS where ``ill`` says so."""
    values = {n: np.where(np.array(ill), ILL[n], WELL[n]) for n in WELL}
    values[mas_events.MAS] = np.array(activation)
    return _Run(times=TIMES, values=values, names=tuple(values))  # type: ignore[return-value]


def found(activation: list[float], ill: list[bool], seen: int = 5) -> bool:
    return bool(mas_events.recognised(run([activation], [ill]), np.array([seen]))[0])


def test_an_episode_between_visits_is_recognised_at_its_height() -> None:
    assert found([0, 0.9, 0.6, 0, 0, 0], [False, True, False, False, False, False])
    assert not found([0, 0.9, 0.6, 0, 0, 0], [False, False, True, False, False, False])


def test_an_episode_is_recognised_at_the_visit_where_its_height_did_not_meet_the_criteria() -> None:
    assert found([0, 0, 0.9, 0.8, 0.8, 0.8], [False, False, False, False, False, True])
    assert not found([0, 0, 0.9, 0.8, 0.8, 0.8], [False, False, False, False, False, True], seen=4)


def test_signs_without_activated_macrophages_are_no_episode() -> None:
    assert not found([0, 0.4, 0, 0, 0, 0], [True] * 6)


def test_fever_is_the_highest_of_the_day() -> None:
    signs = run([[0, 0, 0, 0.9, 0.1, 0]], [[False, False, True, True, True, True]])
    signs["temperature"][0] = [36.8, 36.8, 39.0, 36.9, 36.9, 36.9]
    assert mas_events.recognised(signs, np.array([5])).tolist() == [True]  # read 14 h before
    signs["temperature"][0] = [36.8, 39.0, 36.9, 36.9, 36.9, 36.9]
    assert mas_events.recognised(signs, np.array([5])).tolist() == [False]


def test_a_trial_recognises_a_part_of_its_episodes() -> None:
    seen, ill = 0, 0
    for record in follow(design("tender-extension"), 6, seed=2).records:
        assert sorted(record.recognised) == sorted(record.highest) == [w for w in record.weeks if w]
        recognised = np.any(list(record.recognised.values()), axis=0)
        episodes = np.any([x > 0.5 for x in record.highest.values()], axis=0)
        assert not (recognised & ~episodes).any()
        seen, ill = seen + recognised.sum(), ill + episodes.sum()
    assert 0.2 < seen / ill < 1.0
