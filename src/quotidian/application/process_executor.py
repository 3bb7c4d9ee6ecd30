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

from quotidian.application.executors import Item, Progress, Result, Shares, Work, WorkList, look_rarely
from quotidian.application.signals import interrupts_held, without_interrupts
from quotidian.errors import Cancelled, WorkerLost

LOOK_EVERY = 0.2  # s
GRACE = 3.0
"""Seconds a worker has, once the work is stopped, until it is ended."""

STOP = -1
"""Position on the board, after the shares of the items, that is 1 once the work is stopped."""

_BOARD: list[MutableSequence[float]] = []
"""In a worker: the completed shares by item, and STOP. Without a lock: one that a signal interrupts as it is
taken stays taken, and the workers would wait for it forever."""


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
        board = fresh.RawArray("d", len(jobs) + 1)
        shares = Shares(jobs.weights, progress)
        pool = ProcessPoolExecutor(self.workers, fresh, _join, (board,))
        try:
            with without_interrupts():
                running: dict[Future[Result], int] = {
                    pool.submit(_compute, jobs.work, jobs.items[position], position): position
                    for position in jobs.largest_first
                }
            while running:
                with interrupts_held():
                    ended, _ = wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
                for future in ended:
                    future.result()  # a failure is raised before anything else is reported
                shares.update(board[:STOP])
                for future in ended:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise WorkerLost(
                "A process that computed a part of the request was terminated by the system.",
                "The usual cause is a lack of memory.",
                "Run the same command again, with --threads 1 if memory is short; finished parts are kept.",
            ) from None
        finally:
            board[STOP] = 1.0
            with interrupts_held():  # a second signal would leave the pool half shut down, waiting
                pool.shutdown(cancel_futures=True)


def _join(board: MutableSequence[float]) -> None:
    """Set up a worker: it shares the progress board, and ends in time."""
    _BOARD[:] = [board]
    look_rarely()
    threading.Thread(target=_end_in_time, args=(board,), daemon=True).start()


def _end_in_time(board: MutableSequence[float]) -> None:
    """End this worker with the parent process, or ``GRACE`` after the work is stopped."""
    parent = parent_process()
    if parent is not None:
        while parent.is_alive() and not board[STOP]:
            parent.join(LOOK_EVERY)
        parent.join(GRACE)
        os._exit(1)


def _compute(work: Work[Item, Result], item: Item, position: int) -> Result:
    (board,) = _BOARD

    def report(share: float) -> None:
        if board[STOP]:
            raise Cancelled
        board[position] = max(board[position], share)

    report(0.0)
    result = work(item, report)
    board[position] = 1.0
    return result
