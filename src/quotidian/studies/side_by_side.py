"""Pieces of work side by side, the largest first so that all end together, with one progress and one stop.

While one piece is marched the solver frees the interpreter for the book-keeping of another, and what a piece
does once, such as compiling its model, leaves no processor idle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event as Flag
from typing import TypeVar

Progress = Callable[[float], None]
T = TypeVar("T")
LOOK_EVERY = 0.2  # s


def side_by_side(
    sizes: Mapping[str, float],
    work: Callable[[str, Progress], T],
    lanes: int,
    progress: Progress | None = None,
) -> dict[str, T]:
    """What ``work`` gives for every name, so many at a time.

    ``sizes`` are the names with what they take, in any unit. ``work`` is given a name and whom to tell its
    share done; its word to that may raise KeyboardInterrupt, which ends it. ``progress`` is called in this
    thread with the share of all, 0 to 1, ascending. The first failure, or Ctrl-C here, stops the others at
    their next word and goes on.
    """
    done, stop, whole = dict.fromkeys(sizes, 0.0), Flag(), sum(sizes.values())

    def one(name: str) -> T:
        def tell(share: float) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            done[name] = max(done[name], share)

        tell(0.0)
        found = work(name, tell)
        done[name] = 1.0
        return found

    def report() -> None:
        if progress is not None:
            progress(sum(sizes[name] * share for name, share in done.items()) / whole)

    pool = ThreadPoolExecutor(lanes)
    try:
        largest_first = sorted(sizes, key=lambda name: -sizes[name])
        running: dict[str, Future[T]] = {name: pool.submit(one, name) for name in largest_first}
        waiting = set(running.values())
        while waiting:
            ended, waiting = wait(waiting, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in ended:
                future.result()
            report()
        return {name: running[name].result() for name in sizes}
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
