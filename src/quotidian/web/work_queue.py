"""Background work: a few worker threads and a queue of limited length, so that the event loop never waits."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from quotidian.errors import InvalidInput, QuotidianError

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Q = TypeVar("Q")
A = TypeVar("A")
log = logging.getLogger("quotidian.web")


class Busy(InvalidInput):
    """The queue is full."""


def _busy() -> Busy:
    return Busy("Too many requests are waiting.", "The queue is full.", "Try again in a few seconds.")


class Desk:
    """Worker threads with a queue of limited length. Threads suffice, because the solver releases the
    interpreter lock."""

    def __init__(self, workers: int, most_waiting: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._most, self._waiting, self._lock = workers + most_waiting, 0, Lock()

    async def do(self, work: Callable[[], T]) -> T:
        """The result of a function. Raises Busy at once if the queue is full; otherwise the errors of the
        function."""
        with self._lock:
            if self._waiting >= self._most:
                raise _busy()
            self._waiting += 1
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._done())
        return await asyncio.wrap_future(future)

    def _done(self) -> None:
        with self._lock:
            self._waiting -= 1

    def close(self) -> None:
        """Shut the workers down and drop the waiting work."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Together(Generic[Q, A]):
    """Worker threads that take several waiting questions at once, because children are solved four at a time
    for little more than one costs.

    ``answer`` is given at most ``most`` questions. It yields the index of each with its answer or its error,
    in any order, each as soon as it is known.
    """

    def __init__(
        self, workers: int, most_waiting: int, most: int, name: str,
        answer: Callable[[Sequence[Q]], Iterator[tuple[int, A | Exception]]],
    ) -> None:  # fmt: skip
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._most_waiting, self._most, self._answer = most_waiting, most, answer
        self._waiting, self._lock = deque[tuple[Q, Future[A]]](), Lock()

    async def do(self, question: Q) -> A:
        """The answer to a question. Raises Busy at once if the queue is full; otherwise its error."""
        future = Future[A]()
        with self._lock:
            if len(self._waiting) >= self._most_waiting:
                raise _busy()
            self._waiting.append((question, future))
        self._pool.submit(self._serve)
        return await asyncio.wrap_future(future)

    def _serve(self) -> None:
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        wanted = [(asked, future) for asked, future in taken if future.set_running_or_notify_cancel()]
        if not wanted:  # another worker has taken them
            return
        try:
            for i, found in self._answer([asked for asked, _ in wanted]):
                if isinstance(found, Exception):
                    wanted[i][1].set_exception(found)
                else:
                    wanted[i][1].set_result(found)
        except Exception as error:  # reaches all that still wait
            for _, future in wanted:
                if not future.done():
                    future.set_exception(error)

    def close(self) -> None:
        """Shut the workers down and drop the waiting questions."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for _, future in self._waiting:
            future.cancel()


class Shelf(Generic[K, T]):
    """The last few results by key; the oldest is dropped."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[K, T](), Lock()

    def get(self, key: K) -> T | None:
        """The stored result, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: K, value: T) -> None:
        """Store a result."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def or_make(self, key: K, make: Callable[[], T]) -> T:
        """The stored result; if there is none, it is computed and stored."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found


def message_for(error: BaseException) -> str:
    """The message about an error for the browser.

    A refusal is explained; for any other error the page only states that it occurred. Details may contain
    paths and are written to the log of the server only.
    """
    if isinstance(error, QuotidianError):
        return " ".join(part for part in (error.what, error.why, error.remedy) if part)
    log.error("A request failed.", exc_info=error)
    return "An error occurred that your input did not cause. The log of the server has the details."


def usual_workers() -> int:
    """One worker per processor, at most four."""
    return max(1, min(4, os.cpu_count() or 1))
