"""Threads: their number, and the distribution of blocks of subjects among them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import pairwise
from threading import Event as Flag

from quotidian.errors import Cancelled, InvalidInput

BLOCK = 256  # most subjects of one block; at the end of a block lanes are idle
VARIABLE = "QUOTIDIAN_THREADS"


def thread_count() -> int:
    """``QUOTIDIAN_THREADS``, else the processors this process may use.

    Raises InvalidInput for a value that is not a whole number from 1.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return _read(named)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read(named: str) -> int:
    if named.isascii() and named.isdigit() and int(named) > 0:
        return int(named)
    raise InvalidInput(
        f"{VARIABLE} is '{named}', which is not a number of threads.",
        "It must be a whole number from 1.",
        f"Set {VARIABLE}=2, for example, or leave it unset to use every processor.",
    )


def in_blocks(
    work: Callable[[int, int], None],
    subjects: int,
    threads: int,
    progress: Callable[[int], None] | None = None,
    cancel: Flag | None = None,
) -> None:
    """``work(first, last)`` over blocks of subjects, on several threads.

    ``progress`` is called here, in the caller's thread, with the number of subjects just finished.
    When ``cancel`` is set, or an exception (Ctrl-C too) arrives here, blocks under way finish, the
    others are dropped, and the exception goes on; ``cancel`` ends in Cancelled.
    """
    if threads < 1:
        raise InvalidInput(f"A run cannot use {threads} threads.", "", "Give 1 or more, or leave it out.")
    stop = cancel or Flag()

    def block(first: int, last: int) -> int:
        if stop.is_set():
            return 0
        work(first, last)
        return last - first

    spans, report = pairwise(_edges(subjects, threads)), progress or _ignore
    if threads == 1:  # here: another thread would only have to be waited for
        for span in spans:
            report(block(*span))
    else:
        _on_pool(block, spans, threads, report)
    if stop.is_set():
        raise Cancelled


def _on_pool(
    block: Callable[[int, int], int],
    spans: Iterable[tuple[int, int]],
    threads: int,
    report: Callable[[int], None],
) -> None:
    pool = ThreadPoolExecutor(threads)
    try:
        for done in as_completed([pool.submit(block, *span) for span in spans]):
            report(done.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _edges(subjects: int, threads: int) -> list[int]:
    """Edges of the blocks: of equal size, and equally many for each thread."""
    blocks = threads * -(-subjects // (threads * BLOCK))
    return sorted({subjects * i // blocks for i in range(blocks + 1)}) if subjects else []


def _ignore(count: int) -> None:
    """Ignore progress."""
