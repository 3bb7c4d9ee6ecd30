"""Pieces of work side by side, one a process, the largest first so that all end together.

Processes, because threads of one interpreter take turns at everything but the solver: two trials in threads
keep two processors five sixths busy, in processes wholly.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event as Flag
from typing import TypeVar

from quotidian.application.interrupts import deaf_to_ctrl_c
from quotidian.errors import Cancelled, WorkerLost

T = TypeVar("T")
Progress = Callable[[float], None]
Work = Callable[[str, Progress], T]
Report = Callable[[Sequence[float]], None]
LOOK_EVERY = 0.2  # s
_BOARD: list[tuple[MutableSequence[float], Flag]] = []  # of a process that works for another


def side_by_side(
    sizes: Mapping[str, float], work: Work[T], lanes: int, progress: Progress | None = None
) -> dict[str, T]:
    """What ``work`` gives for every name, so many at a time, a process each; one at a time in this process.

    ``sizes`` are the names with what they take, in any unit. ``work`` is given a name and whom to tell its
    share done; its word to that may raise Cancelled, which ends it. It and what it gives are pickled.
    ``progress`` is called in this thread with the share of all, 0 to 1, ascending. The first failure, or
    Ctrl-C here, stops the others at their next word and goes on. Raises WorkerLost where a process dies.
    """
    largest_first = sorted(sizes, key=lambda name: -sizes[name])
    weights = [sizes[name] / sum(sizes.values()) for name in largest_first]

    def report(shares: Sequence[float]) -> None:
        if progress is not None:
            progress(sum(w * share for w, share in zip(weights, shares, strict=True)))

    if lanes == 1:
        results = _in_turn(largest_first, work, report)
    else:
        results = _in_processes(largest_first, work, lanes, report)
    found = dict(zip(largest_first, results, strict=True))
    return {name: found[name] for name in sizes}


def _in_turn(names: Sequence[str], work: Work[T], report: Report) -> list[T]:
    shares = [0.0] * len(names)

    def one(place: int) -> T:
        def tell(share: float) -> None:
            shares[place] = max(shares[place], share)
            report(shares)

        found = work(names[place], tell)
        tell(1.0)
        return found

    return [one(place) for place in range(len(names))]


def _in_processes(names: Sequence[str], work: Work[T], lanes: int, report: Report) -> list[T]:
    fresh = get_context("spawn")  # a fork would copy locks that threads of this process hold
    shares, stop = fresh.RawArray("d", len(names)), fresh.Event()
    pool = ProcessPoolExecutor(lanes, fresh, _join, (shares, stop))
    try:
        with deaf_to_ctrl_c():
            running: list[Future[T]] = [pool.submit(_one, work, name, i) for i, name in enumerate(names)]
        waiting = set(running)
        while waiting:
            ended, waiting = wait(waiting, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in ended:
                future.result()
            report(shares[:])
        return [future.result() for future in running]
    except BrokenProcessPool:
        raise WorkerLost(
            "A process that worked on a part of this was ended from outside.",
            "Most often the system had no memory left for it.",
            "Run the same again, with --threads 1 if memory is short; what was finished and kept stays.",
        ) from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _join(shares: MutableSequence[float], stop: Flag) -> None:
    """Begin to work for the process that asks, and end with it however it ends."""
    _BOARD[:] = [(shares, stop)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _one(work: Work[T], name: str, place: int) -> T:
    ((shares, stop),) = _BOARD

    def tell(share: float) -> None:
        if stop.is_set():
            raise Cancelled
        shares[place] = max(shares[place], share)

    tell(0.0)
    found = work(name, tell)
    shares[place] = 1.0
    return found
