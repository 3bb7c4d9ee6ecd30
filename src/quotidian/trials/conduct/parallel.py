"""Replicates shared out among threads: each thread runs some of them from enrolment to the end.

The solver frees the interpreter while it works, so one thread records while another integrates its children.
What comes of a replicate does not depend on the thread that ran it.
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
from quotidian.trials.conduct.schedule import Conducted, TrialConductor
from quotidian.trials.conduct.setting import Execution

CHUNK_CHILDREN = 1400
"""Children integrated together: enough to keep every lane full, with little memory."""
LOOK_EVERY = 0.2  # s
Progress = Callable[[int, float], None]
News = SimpleQueue[tuple[int, float]]


def chunks(replicates: int, size: int, workers: int) -> list[range]:
    """Replicates that are run together: as many chunks for each worker, so that none waits for the last."""
    most = max(1, CHUNK_CHILDREN // size)
    count = min(-(-replicates // most // workers) * workers, replicates)
    edges = [replicates * i // count for i in range(count + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def share(
    conductor: TrialConductor, replicates: int, threads: int | None, progress: Progress
) -> Iterator[CaseRecord]:
    """Run every replicate, a record a chunk in order, on so many threads; the conductor keeps the account.

    ``progress`` is called in this thread with children and the days that they have been followed. Records
    are made at the pace at which they are taken. Ctrl-C stops every thread at its next block of children.
    """
    workers = thread_count() if threads is None else threads
    spans = chunks(replicates, conductor.setting.trial.size, workers)
    if len(spans) == 1 or workers == 1:
        alone = Execution(conductor.threads, progress)
        yield from (conductor.run(span, alone) for span in spans)
        return
    conductor.prepare()
    for done in _in_threads(conductor, spans, workers, progress):
        conductor.account += done.account
        yield done.record


def _in_threads(
    conductor: TrialConductor, spans: list[range], workers: int, progress: Progress
) -> Iterator[Conducted]:
    """What comes of each span, in order; a few spans ahead are under way in other threads."""
    news: News = SimpleQueue()
    cancel = Flag()
    execution = Execution(1, lambda children, days: news.put((children, days)), cancel)
    pool = ThreadPoolExecutor(workers)
    try:
        running: deque[Future[Conducted]] = deque()
        coming = iter(spans)
        running.extend(pool.submit(conductor.conduct, span, execution) for span in islice(coming, workers))
        while running:
            done = _awaited(running.popleft(), news, progress)
            running.extend(pool.submit(conductor.conduct, span, execution) for span in islice(coming, 1))
            yield done
    except BaseException:
        cancel.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _awaited(future: Future[Conducted], news: News, progress: Progress) -> Conducted:
    """The result of a span, with progress of all spans passed on meanwhile; its failure is raised here."""
    while True:
        done, _ = wait((future,), timeout=LOOK_EVERY)
        while not news.empty():
            progress(*news.get())
        if done:
            return future.result()
