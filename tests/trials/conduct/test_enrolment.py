"""Enrolment in rounds: who is enrolled, and what is counted, do not depend on the rounds."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.errors import InvalidInput
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct import enrolment
from quotidian.trials.conduct.eligibility import Fates, firsts, screen
from quotidian.trials.conduct.enrolment import enrol
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.weighting import Match
from quotidian.trials.protocol.library import design

WOO = design("woo-2005")
SETTING = TrialSetting(WOO, compiled_model(WOO.model, WOO.drugs), Streams(6))
ALONE = Execution(1)


def test_the_first_eligible_candidates_are_enrolled_and_later_ones_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Against one round of many candidates, from which the first are taken by hand; rounds of a fixed size
    and another replicate beside it change nothing."""
    s = screen(SETTING, ALONE, Match(), np.zeros(120, dtype=np.int64), np.arange(120))
    first = s.found.number[s.chosen][: WOO.size]
    upto = int(first[-1]) + 1
    excluded = {why: int(who[:upto].sum()) for why, who in s.fates.excluded.items()}
    assert sum(excluded.values()) == upto - WOO.size

    for fixed in (False, True):
        if fixed:
            monkeypatch.setattr(enrolment, "_expected", lambda wanted, share: np.where(wanted > 0, 7, 0))
        for replicates in (range(1), range(2)):
            state, account = enrol(SETTING, ALONE, Match(), replicates)
            own = state.record.replicate == 0
            assert state.record.number[own].tolist() == first.tolist()
            np.testing.assert_array_equal(
                state.record.core[0]["active_joints"][own], s.seen.core["active_joints"][s.chosen][: WOO.size]
            )
        alone = enrol(SETTING, ALONE, Match(), range(1))[1]
        assert (alone.proposed, alone.screened) == (upto, excluded)
        second = enrol(SETTING, ALONE, Match(), range(1, 2))[1]
        assert account == alone + second


def test_a_candidate_is_counted_by_its_first_reason() -> None:
    a, b = np.array([True, True, False]), np.array([False, True, True])
    found = firsts({"young": a, "light": b})
    assert found["young"].tolist() == a.tolist() and found["light"].tolist() == [False, False, True]


def test_candidates_after_the_last_enrolled_are_not_in_the_account() -> None:
    out = {"young": np.array([True, False, True, False]), "calm": np.array([False, False, False, True])}
    failed = {"step limit": np.array([False, True, False, False])}
    fates = Fates(
        np.array([0, 0, 0, 5]), np.array([0, 1, 2, 0]), np.array([False, True, False, True]), out, failed
    )
    account = fates.account({0: 1, 5: 0})
    assert (account.proposed, account.followed) == (3, 2)
    assert account.screened == {"young": 1, "calm": 1} and account.failures == {"step limit": 1}
    none = fates.account({0: 0, 5: 0})
    assert list((none + account).failures.items()) == [("step limit", 1)]


def test_a_replicate_without_enough_eligible_candidates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a whole number of times the planned children, whatever the rounds are."""
    monkeypatch.setattr(enrolment, "MOST_TRIED", 20)
    monkeypatch.setattr(enrolment, "MOST_PER_PLACE", 1)
    with pytest.raises(InvalidInput, match=r"has only \d+ eligible children of 18") as caught:
        enrol(SETTING, ALONE, Match(), range(1))
    assert "36 candidates were screened" in str(caught.value)
