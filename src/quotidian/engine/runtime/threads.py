"""Threads: how many, and blocks of children shared out among them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import pairwise
from threading import Event as Flag

from quotidian.errors import Cancelled, InvalidInput

BLOCK = 256  # children a thread takes at a time, at most: at the end of a block lanes idle
VARIABLE = "QUOTIDIAN_THREADS"


def thread_count() -> int:
    """``QUOTIDIAN_THREADS``, else the processors this process may use.

    Raises InvalidInput for a value that is no whole number from 1.
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
        f"{VARIABLE} is '{named}', which is no number of threads.",
        "It must be a whole number from 1.",
        f"Set {VARIABLE}=2, for example, or leave it unset to use every processor.",
    )


def in_blocks(
    work: Callable[[int, int], None],
    children: int,
    threads: int,
    progress: Callable[[int], None] | None = None,
    cancel: Flag | None = None,
) -> None:
    """``work(first, last)`` over blocks of children, on several threads.

    ``progress`` is called here, in the caller's thread, with the number of children just finished.
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

    spans, told = pairwise(_edges(children, threads)), progress or _unheard
    if threads == 1:  # here: another thread would only have to be waited for
        for span in spans:
            told(block(*span))
    else:
        _on_pool(block, spans, threads, told)
    if stop.is_set():
        raise Cancelled


def _on_pool(
    block: Callable[[int, int], int],
    spans: Iterable[tuple[int, int]],
    threads: int,
    told: Callable[[int], None],
) -> None:
    pool = ThreadPoolExecutor(threads)
    try:
        for done in as_completed([pool.submit(block, *span) for span in spans]):
            told(done.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _edges(children: int, threads: int) -> list[int]:
    """Where blocks begin and end: of equal size, and as many for each thread."""
    blocks = threads * -(-children // (threads * BLOCK))
    return sorted({children * i // blocks for i in range(blocks + 1)}) if children else []


def _unheard(count: int) -> None:
    """Progress that nobody asked for."""
