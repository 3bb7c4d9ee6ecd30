"""The parts of a cohort as Dask tasks, on a cluster or on this machine: the only door to ``distributed``."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from quotidian.application.cohort_part import Built, build
from quotidian.application.cohort_request import CohortRequest, differences, identity
from quotidian.application.interrupts import deaf_to_ctrl_c
from quotidian.errors import InvalidInput

if TYPE_CHECKING:
    from distributed import Client

    from quotidian.application.cohort_run import Builder, Progress

LOCAL = "local"
"""Stands for a cluster of processes on this machine."""
AHEAD = 2
"""Parts asked for at a time, for each worker: one under way, one to follow; so memory stays bounded."""
PATIENCE = "10s"  # for a scheduler to answer


def on_dask(address: str, workers: int | None = None) -> Builder:
    """Builds each part as one task; the bytes are those of a run without Dask.

    Parameters
    ----------
    address : of a scheduler, such as ``tcp://host:8786``, or ``local``.
    workers : processes of a local cluster; as many as there are processors if left out.

    Raises
    ------
    InvalidInput : Dask is not installed, no scheduler answers, or a worker runs another version of the
        program or another kind of processor.
    """
    _refuse_without_dask()

    def builder(
        request: CohortRequest, parts: Sequence[int], progress: Progress
    ) -> Generator[tuple[int, Built], None, None]:
        if not parts:
            return
        whole, done = sum(len(request.numbers(part)) for part in parts), 0
        with _client(address, workers) as client:
            for part, built in _as_they_finish(client, request, parts):
                done += len(request.numbers(part))
                progress(done / whole)
                yield part, built

    return builder


def task(request: CohortRequest, part: int, known: dict[str, Any]) -> tuple[int, Built]:
    """One part on a worker, which must be such that its bytes are those of the machine that asks."""
    other = differences(identity(request), known)
    if other:
        raise InvalidInput(
            "A Dask worker would not give the same bytes.",
            f"It differs in {'; '.join(other[:4])}.",
            "Start workers with the same versions on the same kind of machine.",
        )
    return part, build(request, part, threads=1)


def _as_they_finish(
    client: Client, request: CohortRequest, parts: Sequence[int]
) -> Iterator[tuple[int, Built]]:
    from distributed import as_completed

    known, waiting = identity(request), iter(parts)
    ahead = AHEAD * max(1, sum(client.nthreads().values()))

    def ask(count: int) -> list[Any]:
        return [client.submit(task, request, part, known, pure=False) for part in islice(waiting, count)]

    under_way = as_completed(ask(ahead))
    for future in under_way:
        yield future.result()
        for following in ask(1):
            under_way.add(following)


def _refuse_without_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InvalidInput(
            "Dask is not installed.",
            "It is an extra, for those who spread a cohort over machines.",
            "Install it with: pip install 'quotidian[scale]'.",
        ) from None


@contextmanager
def _client(address: str, workers: int | None) -> Iterator[Client]:
    from distributed import Client

    if address != LOCAL:
        with _connected(Client, address) as client:
            yield client
        return
    with deaf_to_ctrl_c():
        cluster = _local_cluster(workers)
    with cluster, Client(cluster) as client:
        yield client


def _local_cluster(workers: int | None) -> Any:
    from distributed import LocalCluster

    from quotidian.engine import thread_count

    return LocalCluster(
        n_workers=workers or thread_count(), threads_per_worker=1, processes=True, memory_limit=0,
        dashboard_address=None, silence_logs=logging.ERROR,
    )  # fmt: skip


def _connected(client: type[Client], address: str) -> Client:
    try:
        return client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"No Dask scheduler answers at '{address}'.",
            f"The connection says: {' '.join(str(error).split())}.",
            f"Give the address that 'dask scheduler' prints, such as tcp://host:8786, or {LOCAL}.",
        ) from None
