"""Dask computes the same items: the same bytes, on a cluster of this machine or one with an address."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from quotidian.application import dask_executor
from quotidian.application.cohort_run import run_cohort
from quotidian.application.dask_executor import OnDask, on_dask
from quotidian.application.executors import Here, WorkList, run_all
from quotidian.application.provenance import environment
from quotidian.errors import InvalidInput, OutputError, WorkerLost


def double(item: int, report) -> int:
    return 2 * item


def fail_at_two(item: int, report) -> int:
    if item == 2:
        raise OutputError("Item 2 failed.", "The reason.", "A remedy.")
    time.sleep(0.01)
    return item


@pytest.fixture(scope="module")
def cluster() -> Iterator[OnDask]:
    """Two workers on this machine, as processes."""
    pytest.importorskip("distributed")
    with on_dask("local", 2) as executor:
        yield executor


def test_results_are_those_of_this_process(cluster) -> None:
    items = list(range(20))
    assert run_all(cluster, WorkList(double, items)) == run_all(Here(), WorkList(double, items))


def test_the_first_failure_stops_the_rest_and_arrives_whole(cluster) -> None:
    with pytest.raises(OutputError, match="Item 2 failed") as caught:
        run_all(cluster, WorkList(fail_at_two, list(range(400))))
    assert caught.value.remedy == "A remedy."


def test_a_cluster_of_this_machine_gives_the_same_bytes(asked, whole, held, tmp_path) -> None:
    pytest.importorskip("distributed")
    fractions: list[float] = []
    with on_dask("local", 2) as executor:
        summary = run_cohort(asked(), tmp_path, executor=executor, progress=fractions.append)
    assert held(tmp_path) == held(whole)
    assert summary.earlier == 0
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_a_scheduler_with_an_address_continues_what_was_begun_here(asked, whole, held, tmp_path) -> None:
    distributed = pytest.importorskip("distributed")
    for name, content in held(whole).items():
        if "00001" not in name:
            (tmp_path / name).write_bytes(content)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        on_dask(cluster.scheduler_address) as executor,
    ):
        summary = run_cohort(asked(), tmp_path, executor=executor)
    assert summary.earlier == 2
    assert held(tmp_path) == held(whole)


def test_a_worker_of_another_version_is_refused() -> None:
    here = environment()
    changed = {**here, "version": "9.9", "platform": {**here["platform"], "lanes": 99}}
    assert dask_executor.task(double, 2, here) == 4
    with pytest.raises(InvalidInput) as refused:
        dask_executor.task(double, 2, changed)
    assert "would not give the same bytes" in str(refused.value)
    assert "99 asked" in str(refused.value)


def test_a_scheduler_that_does_not_answer_is_reported(monkeypatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_executor, "PATIENCE", "1s")
    refused = pytest.raises(InvalidInput, match=r"No Dask scheduler answers at 'tcp://127\.0\.0\.1:9'\.")
    with refused, on_dask("tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("address", ["", "tls://x:1", "ucx://x:1", "ws://x:1", "local://"])
def test_an_address_of_another_protocol_is_refused(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InvalidInput, match=r"is not an address that can be used"), on_dask(address):
        pass


def test_a_process_that_does_not_answer_in_time_is_a_lost_worker(monkeypatch) -> None:
    pytest.importorskip("distributed")

    def busy(workers: int | None) -> None:
        raise TimeoutError

    monkeypatch.setattr(dask_executor, "_local_cluster", busy)
    with pytest.raises(WorkerLost, match=r"did not answer in time"), on_dask("local"):
        pass


def test_without_dask_it_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    refused = pytest.raises(InvalidInput, match=r"Dask is not installed\.[\s\S]*pip install '\.\[scale\]'")
    with refused, on_dask("local"):
        pass
