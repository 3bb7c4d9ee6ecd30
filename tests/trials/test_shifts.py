"""Replicates shared among threads: all of them, once, in order."""

from __future__ import annotations

import pytest

from quotidian.trials.conduct.parallel import chunks, share
from quotidian.trials.conduct.schedule import TrialConductor
from quotidian.trials.conduct.setting import Execution
from quotidian.trials.protocol.library import design
from quotidian.trials.run import conductor_of


@pytest.mark.parametrize(
    ("replicates", "size", "workers"), [(1, 112, 2), (7, 112, 2), (200, 177, 2), (5, 5000, 8)]
)
def test_chunks_hold_every_replicate_once_in_order(replicates: int, size: int, workers: int) -> None:
    found = chunks(replicates, size, workers)
    assert [r for chunk in found for r in chunk] == list(range(replicates))
    assert len(found) >= min(replicates, workers)
    assert all(len(chunk) == 1 or len(chunk) * size <= 1400 for chunk in found)


def test_progress_is_reported_and_the_account_adds_up() -> None:
    followed: list[float] = []
    conductor = conductor_of(design("woo-2005"), seed=1)
    records = list(share(conductor, 6, 2, lambda children, days: followed.append(children * days)))
    assert [int(r.replicate[0]) for r in records] == [0, 3]
    assert sum(followed) >= 6 * 18 * 56
    assert conductor.account.proposed >= conductor.account.followed >= 6 * 18


def test_a_failure_in_a_thread_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    conductor = conductor_of(design("woo-2005"), seed=1)

    def broken(self: TrialConductor, replicates: range, execution: Execution) -> None:
        raise ZeroDivisionError("on purpose")

    conductor.prepare()
    monkeypatch.setattr(TrialConductor, "conduct", broken)
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        list(share(conductor, 4, 2, lambda children, days: None))
