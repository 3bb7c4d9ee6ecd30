"""Work items in several processes of this machine.

In threads of one interpreter, everything except the solver runs one after another: two trials in threads
use five sixths of two processors, in processes all of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, MutableSequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event as Flag

from quotidian.application.executors import Item, Progress, Result, Shares, Work, WorkList
from quotidian.application.signals import without_interrupts
from quotidian.errors import Cancelled, WorkerLost

LOOK_EVERY = 0.2  # s
_SHARED: list[tuple[MutableSequence[float], Flag]] = []
"""In a worker: completed shares by item, and the flag that stops the work."""


@dataclass(frozen=True)
class Processes:
    """Computes each item in its own process, ``workers`` of them at a time, the largest first.

    :meth:`run` raises WorkerLost if a process ends early.
    """

    workers: int

    def run(
        self, jobs: WorkList[Item, Result], progress: Progress | None = None
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (position, result) of each item; see :meth:`quotidian.application.executors.Executor.run`."""
        fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
        board, stop = fresh.RawArray("d", len(jobs)), fresh.Event()
        shares = Shares(jobs.weights, progress)
        pool = ProcessPoolExecutor(self.workers, fresh, _join, (board, stop))
        try:
            with without_interrupts():
                running: dict[Future[Result], int] = {
                    pool.submit(_compute, jobs.work, jobs.items[position], position): position
                    for position in jobs.largest_first
                }
            while running:
                ended, _ = wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()  # a failure is raised before anything else is reported
                shares.update(board[:])
                for future in ended:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise WorkerLost(
                "A process that computed a part of the request was ended from outside.",
                "Most often the system had no memory left for it.",
                "Run the same again, with --threads 1 if memory is short; finished parts are kept.",
            ) from None
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _join(board: MutableSequence[float], stop: Flag) -> None:
    """Set up a worker: it shares the progress board, and ends when the parent process ends."""
    _SHARED[:] = [(board, stop)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _compute(work: Work[Item, Result], item: Item, position: int) -> Result:
    ((board, stop),) = _SHARED

    def report(share: float) -> None:
        if stop.is_set():
            raise Cancelled
        board[position] = max(board[position], share)

    report(0.0)
    result = work(item, report)
    board[position] = 1.0
    return result
