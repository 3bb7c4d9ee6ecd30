"""Dask computes the same parts: the same bytes, from a cluster of this machine or one with an address."""

from __future__ import annotations

import sys

import pytest

from quotidian.application import dask_executor
from quotidian.application.cohort_request import identity
from quotidian.application.cohort_run import run_cohort
from quotidian.errors import InvalidInput


def test_a_cluster_of_this_machine_gives_the_same_bytes(asked, whole, held, tmp_path) -> None:
    pytest.importorskip("distributed")
    fractions: list[float] = []
    summary = run_cohort(
        asked(), tmp_path, builder=dask_executor.on_dask("local", 2), progress=fractions.append
    )
    assert held(tmp_path) == held(whole)
    assert summary.earlier == 0
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_a_scheduler_with_an_address_continues_what_was_begun_here(asked, whole, held, tmp_path) -> None:
    distributed = pytest.importorskip("distributed")
    for name, content in held(whole).items():
        if "00001" not in name:
            (tmp_path / name).write_bytes(content)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        summary = run_cohort(asked(), tmp_path, builder=dask_executor.on_dask(cluster.scheduler_address))
    assert summary.earlier == 2
    assert held(tmp_path) == held(whole)


def test_a_worker_of_another_version_is_refused(asked) -> None:
    known = identity(asked())
    changed = {**known, "version": "9.9", "platform": {**known["platform"], "lanes": 99}}
    with pytest.raises(InvalidInput) as refused:
        dask_executor.task(asked(), 0, changed)
    assert "would not give the same bytes" in str(refused.value)
    assert "99 asked" in str(refused.value)


def test_a_scheduler_that_does_not_answer_is_told(asked, tmp_path, monkeypatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_executor, "PATIENCE", "1s")
    with pytest.raises(InvalidInput, match=r"No Dask scheduler answers at 'tcp://127\.0\.0\.1:9'\."):
        run_cohort(asked(), tmp_path, builder=dask_executor.on_dask("tcp://127.0.0.1:9"))


def test_without_dask_it_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match=r"Dask is not installed\.[\s\S]*pip install 'quotidian\[scale\]'"):
        dask_executor.on_dask("local")
