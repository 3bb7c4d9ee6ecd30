"""Work items as Dask tasks, on a cluster or on this machine: the only module that imports ``distributed``."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from quotidian.application.executors import Item, Progress, Result, Shares, Work, WorkList
from quotidian.application.provenance import differences, environment
from quotidian.application.signals import without_interrupts
from quotidian.errors import InvalidInput, WorkerLost, how_to_install

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
"""Address that denotes a cluster of processes on this machine."""
AHEAD = 2
"""Items submitted at a time for each worker, one in progress and one waiting; this limits memory."""
PATIENCE = "10s"
"""Time to wait for an answer of the scheduler."""


@dataclass(frozen=True)
class OnDask:
    """Computes each item as one task of a connected cluster; made by :func:`on_dask`."""

    client: Client

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        return max(1, int(sum(self.client.nthreads().values())))

    def run(
        self, jobs: WorkList[Item, Result], progress: Progress | None = None
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (position, result) of each item; see :meth:`quotidian.application.executors.Executor.run`.

        Raises InvalidInput where a worker runs another version of the program or another kind of processor.
        """
        from distributed import as_completed

        shares = Shares(jobs.weights, progress)
        here = environment()
        waiting = iter(jobs.largest_first)
        positions: dict[Any, int] = {}

        def submit(count: int) -> list[Any]:
            added = {
                self.client.submit(task, jobs.work, jobs.items[i], here, pure=False): i
                for i in islice(waiting, count)
            }
            positions.update(added)
            return list(added)

        under_way = as_completed(submit(AHEAD * self.workers))
        try:
            for future in under_way:
                position = positions.pop(future)
                result = future.result()
                for following in submit(1):
                    under_way.add(following)
                shares.finished(position)
                yield position, result
        finally:
            self.client.cancel(list(positions))


def task(work: Work[Item, Result], item: Item, expected: Mapping[str, Any]) -> Result:
    """One item on a worker, which must give the same bytes as the machine that submitted it.

    Raises InvalidInput where the worker's environment differs from the expected one.
    """
    other = differences(environment(), expected)
    if other:
        raise InvalidInput(
            "A Dask worker would not give the same bytes.",
            f"It differs in {'; '.join(other[:4])}.",
            "Start workers with the same versions on the same kind of machine.",
        )
    return work(item, _unreported)


@contextmanager
def on_dask(address: str, workers: int | None = None) -> Iterator[OnDask]:
    """Connect to a cluster.

    Parameters
    ----------
    address : of a scheduler, such as ``tcp://host:8786``, or ``local``.
    workers : processes of a local cluster; as many as there are processors if left out.

    Raises
    ------
    InvalidInput : Dask is not installed, the address is of another kind, or no scheduler answers.
    WorkerLost : a process of the cluster did not answer in time.
    """
    _refuse_without_dask()
    _refuse_other_schemes(address)
    try:
        with _client_of(address, workers) as client:
            yield OnDask(client)
    except TimeoutError:
        raise WorkerLost(
            "A Dask process did not answer in time.",
            "The usual cause is a machine that is busy with other work.",
            "Run the same command again; finished parts are kept.",
        ) from None


@contextmanager
def _client_of(address: str, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler at an address, or of a local cluster that ends with it."""
    from distributed import Client

    if address != LOCAL:
        with _connected(Client, address) as client:
            yield client
        return
    with without_interrupts():
        cluster = _local_cluster(workers)
    with cluster, Client(cluster) as client:
        yield client


def _refuse_other_schemes(address: str) -> None:
    """Refuse an address that is empty, or neither of TCP nor of this process. Raises InvalidInput."""
    scheme, mark, _ = address.partition("://")
    if not address or (mark and scheme not in ("tcp", "inproc")):
        raise InvalidInput(
            f"'{address}' is not an address that can be used.",
            "A scheduler is reached by tcp:// only; others need certificates or libraries of their own.",
            f"Give the address that 'dask scheduler' prints, such as tcp://host:8786, or {LOCAL}.",
        )


def _refuse_without_dask() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise InvalidInput(
            "Dask is not installed.",
            "It is an optional dependency, for runs on several machines.",
            how_to_install("scale"),
        ) from None


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
            f"The connection reports: {' '.join(str(error).split())}.",
            f"Give the address that 'dask scheduler' prints, such as tcp://host:8786, or {LOCAL}.",
        ) from None


def _unreported(share: float) -> None:
    """Discard progress within an item: a task has no channel to the machine that submitted it."""
