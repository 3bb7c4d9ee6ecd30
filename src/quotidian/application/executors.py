"""Executors compute work items in this process, in several processes, or on a Dask cluster.

An executor receives a function and a list of work items. The function receives one item and a callable to
which it reports the completed share of that item, 0 to 1. The callable may raise Cancelled. Results do not
depend on the executor: the same items give the same bytes on each, in whatever order they are finished.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[float], None]
Work = Callable[[Item, Progress], Result]
SELDOM = (20_000, 20, 100)
"""New objects after which Python looks for circles of objects, and how often at older ones (its own: 700, 10,
10)."""


@dataclass(frozen=True)
class WorkList(Generic[Item, Result]):
    """Items, and the function that is applied to each.

    Parameters
    ----------
    work : function of one item; pickled, with its items and results, where another process computes it.
    sizes : relative cost of each item, in any unit; equal if left out.
    """

    work: Work[Item, Result]
    items: Sequence[Item]
    sizes: Sequence[float] | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def weights(self) -> list[float]:
        """Share of each item in the total cost."""
        given = [1.0] * len(self) if self.sizes is None else list(self.sizes)
        return [size / sum(given) for size in given]

    @property
    def largest_first(self) -> list[int]:
        """Positions sorted by size, largest first, so that workers finish at about the same time."""
        if self.sizes is None:
            return list(range(len(self)))
        sizes = self.sizes
        return sorted(range(len(self)), key=lambda position: -sizes[position])


class Executor(Protocol):
    """Computes work items."""

    @property
    def workers(self) -> int:
        """Number of items that are computed at the same time."""
        ...

    def run(
        self, jobs: WorkList[Item, Result], progress: Progress | None = None
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (position, result) of each item as soon as it is finished.

        ``progress`` is called in this thread with the completed share of all items, 0 to 1, never
        decreasing.

        The first failure stops the other items and is raised here. Closing the generator, or an exception in
        this thread (Ctrl-C included), stops them too.
        """
        ...


class Here:
    """Computes items in this process one after another, the largest first; one result is in memory at a
    time."""

    workers = 1

    def run(
        self, jobs: WorkList[Item, Result], progress: Progress | None = None
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield (position, result) of each item; see :meth:`Executor.run`."""
        shares = Shares(jobs.weights, progress)

        def compute(position: int) -> Result:
            result = jobs.work(jobs.items[position], shares.of(position))
            shares.finished(position)
            return result

        for position in jobs.largest_first:
            yield position, compute(position)  # no name keeps the result alive


class Shares:
    """The completed shares of single items, weighted and reported as one share."""

    def __init__(self, weights: Sequence[float], progress: Progress | None) -> None:
        self._weights = tuple(weights)
        self._shares = [0.0] * len(self._weights)
        self._progress = progress

    def of(self, position: int) -> Progress:
        """The callable that receives the completed share of one item."""

        def report(share: float) -> None:
            self._set(position, share)
            self.report()

        return report

    def update(self, shares: Sequence[float]) -> None:
        """Update the shares of all items, and report."""
        for position, share in enumerate(shares):
            self._set(position, share)
        self.report()

    def finished(self, position: int) -> None:
        """Report an item as complete."""
        self.of(position)(1.0)

    def _set(self, position: int, share: float) -> None:
        self._shares[position] = max(self._shares[position], share)

    def report(self) -> None:
        """Report the weighted share."""
        if self._progress is not None:
            weighted = sum(w * share for w, share in zip(self._weights, self._shares, strict=True))
            self._progress(1.0 if min(self._shares) >= 1.0 else min(weighted, 1.0))


def in_order(finished: Generator[tuple[int, Result], None, None]) -> Generator[Result, None, None]:
    """Results in the order of their items; a result is held back until all earlier ones are finished."""
    waiting: dict[int, Result] = {}
    following = 0
    with closing(finished):
        for position, result in finished:
            waiting[position] = result
            while following in waiting:
                yield waiting.pop(following)
                following += 1


def run_all(
    executor: Executor, jobs: WorkList[Item, Result], progress: Progress | None = None
) -> list[Result]:
    """Results of all items, in their order."""
    with closing(executor.run(jobs, progress)) as finished:
        found = dict(finished)
    return [found[position] for position in range(len(jobs))]


def look_rarely() -> None:
    """Let this process look rarely for objects that refer to each other in a circle; no result depends on it.

    A trial keeps hundreds of thousands of doses and events, and Python would visit each several times to find
    none to remove. This is for processes that the program owns: in a notebook it is the user's choice.
    """
    gc.set_threshold(*SELDOM)
