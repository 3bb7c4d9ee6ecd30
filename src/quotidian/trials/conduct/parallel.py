"""Replicates shared out among threads: each thread's staff runs some of them from enrolment to the end.

The solver frees the interpreter while it works, so that one staff writes down while another's children march.
What comes of a replicate does not depend on who ran it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice, pairwise
from queue import SimpleQueue
from threading import Event as Flag

from quotidian.engine import thread_count
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.schedule import TrialConductor

CHUNK_CHILDREN = 1400  # marched together: enough to keep every lane full, little memory
LOOK_EVERY = 0.2  # s


def chunks(replicates: int, size: int, workers: int) -> list[range]:
    """Replicates that are run together: as many chunks for each worker, so that none waits for the last."""
    most = max(1, CHUNK_CHILDREN // size)
    count = min(-(-replicates // most // workers) * workers, replicates)
    edges = [replicates * i // count for i in range(count + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def share(
    staff: TrialConductor, replicates: int, threads: int | None, progress: Callable[[int, float], None]
) -> Iterator[CaseRecord]:
    """Run every replicate, a record a chunk in order, on so many threads; ``staff`` keeps all accounts.

    ``progress`` is called in this thread with children and the days that they have been followed. Records
    are made at the pace at which they are taken. Ctrl-C stops every thread at its next block of children.
    """
    workers = thread_count() if threads is None else threads
    spans = chunks(replicates, staff.trial.size, workers)
    if len(spans) == 1 or workers == 1:
        staff.tick = progress
        yield from (staff.run(span) for span in spans)
        return
    staff.prepare()
    news: SimpleQueue[tuple[int, float]] = SimpleQueue()
    stop = Flag()
    pool = ThreadPoolExecutor(workers)

    def one(span: range) -> tuple[CaseRecord, TrialConductor]:
        own = staff.colleague(lambda children, days: news.put((children, days)), stop)
        return own.run(span), own

    try:
        running: deque[Future[tuple[CaseRecord, TrialConductor]]] = deque()
        coming = iter(spans)
        running.extend(pool.submit(one, span) for span in islice(coming, workers))
        while running:
            record, own = _awaited(running.popleft(), news, progress)
            running.extend(pool.submit(one, span) for span in islice(coming, 1))
            staff.office.add(own.office)
            yield record
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _awaited(
    future: Future[tuple[CaseRecord, TrialConductor]],
    news: SimpleQueue[tuple[int, float]],
    progress: Callable[[int, float], None],
) -> tuple[CaseRecord, TrialConductor]:
    """What comes of it, telling meanwhile how far all are; its failure comes out here."""
    while True:
        done, _ = wait((future,), timeout=LOOK_EVERY)
        while not news.empty():
            progress(*news.get())
        if done:
            return future.result()
