"""Trials and the scoreboard on a cluster of two workers: the same bytes as without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from quotidian.application.dask_executor import OnDask, on_dask
from quotidian.application.executors import Here
from quotidian.application.scoreboard_archive import ScoreboardRequest
from quotidian.application.scoreboard_run import run_scoreboard
from quotidian.application.trial_run import TrialRequest, blocks_on, published_trial, run_trial
from quotidian.errors import SolverFailed
from quotidian.reports.report import render_report
from quotidian.reports.scoreboard import scoreboard_csv
from quotidian.reports.tables import endpoints_csv
from quotidian.trials.conduct.parallel import share
from quotidian.trials.conduct.schedule import Conducted
from quotidian.trials.run import conductor_of

SMALL: TrialRequest = published_trial("woo-2005", replicates=5, seed=3)


@pytest.fixture(scope="module")
def cluster() -> Iterator[OnDask]:
    """Two workers on this machine, as processes."""
    pytest.importorskip("distributed")
    with on_dask("local", 2) as executor:
        yield executor


def test_a_trial_on_two_workers_gives_the_same_bytes(cluster) -> None:
    shares: list[float] = []
    alone = run_trial(SMALL, threads=1)
    spread = run_trial(SMALL, executor=cluster, progress=shares.append)
    assert len(spread.records) > len(alone.records)  # the blocks differ, the result does not
    assert endpoints_csv(spread.result.rows) == endpoints_csv(alone.result.rows)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)

    def page(done):
        account = replace(done.result.account, seconds=0.0)
        return render_report(replace(done.result, account=account))

    assert page(spread) == page(alone)


def test_the_scoreboard_on_two_workers_gives_the_same_bytes(cluster, tmp_path) -> None:
    request = ScoreboardRequest(("woo-2005",), replicates=4, seed=2)
    alone = run_scoreboard(request, threads=1)
    spread = run_scoreboard(request, tmp_path, executor=cluster)
    assert scoreboard_csv(spread) == scoreboard_csv(alone)
    assert [file.name for file in (tmp_path / "finished").iterdir()] == ["woo-2005.json"]


def test_a_child_lost_on_a_worker_ends_the_trial_with_its_number(monkeypatch) -> None:
    def lost(*arguments: object) -> Conducted:
        raise SolverFailed("Child 4 of replicate 1 could not be simulated beyond day 9.0.")

    monkeypatch.setattr("quotidian.trials.conduct.parallel.conduct", lost)
    with pytest.raises(SolverFailed, match="Child 4 of replicate 1"):
        run_trial(SMALL, executor=Here())


def test_any_executor_keeps_order_and_account() -> None:
    conductor, alone = conductor_of(SMALL.design, 3), conductor_of(SMALL.design, 3)
    days: list[float] = []
    spread = list(share(conductor, 5, None, lambda n, d: days.append(n * d), blocks_on(Here())))
    whole = list(share(alone, 5, 1, lambda n, d: None))
    assert [r for record in spread for r in dict.fromkeys(record.replicate.tolist())] == list(range(5))
    assert conductor.account == alone.account
    assert len(whole) == 1 and sum(days) > 0
