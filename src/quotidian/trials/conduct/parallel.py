"""Blocks of replicates, computed in several threads of this process or in other processes and machines.

The solver releases the interpreter lock, so one thread can record while another integrates. A replicate
does not depend on its block, nor on the thread, process or machine that computes it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from queue import SimpleQueue
from threading import Event as Flag
from typing import Protocol

from quotidian.engine import thread_count
from quotidian.patients.population import PatientPopulation
from quotidian.simulation import RUN_IN_DAYS, compiled_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.schedule import SURPLUS, Conducted, TrialConductor, conduct
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.weighting import Match
from quotidian.trials.protocol.design import Trial

CHUNK_CHILDREN = 1400
"""Children that are integrated together: enough to fill all lanes, with little memory."""
BLOCKS_A_WORKER = 2
"""Approximate number of blocks for each external worker; with more, too few children would be integrated
together."""
LOOK_EVERY = 0.2  # s
Progress = Callable[[int, float], None]
News = SimpleQueue[tuple[int, float]]


def chunks(replicates: int, size: int, workers: int) -> list[range]:
    """Number of replicates that are run together; all workers receive equally many chunks."""
    most = max(1, CHUNK_CHILDREN // size)
    count = min(-(-replicates // most // workers) * workers, replicates)
    edges = [replicates * i // count for i in range(count + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


@dataclass(frozen=True)
class BlockConduct:
    """The conduct of one trial as a function of a block of replicates, which another process can receive."""

    trial: Trial
    streams: Streams
    population: PatientPopulation
    selection: Match

    def __call__(self, replicates: range, report: Callable[[float], None]) -> Conducted:
        """Some replicates from enrolment to the end, on one thread; ``report`` receives the share done."""
        trial, done = self.trial, 0.0
        total = len(replicates) * trial.size * followed_days(trial)

        def progress(children: int, days: float) -> None:
            nonlocal done
            done += children * days
            report(min(done / total, 1.0))

        whole = compiled_model(trial.model, trial.drugs)
        setting = TrialSetting(trial, whole, self.streams, self.population)
        return conduct(setting, Execution(1, progress), self.selection, replicates)


class BlockRunner(Protocol):
    """Computes blocks of replicates outside this process."""

    @property
    def workers(self) -> int:
        """Number of blocks that are computed at the same time."""
        ...

    def run(
        self, conduct: BlockConduct, blocks: Sequence[range], progress: Callable[[float], None]
    ) -> Generator[Conducted, None, None]:
        """The result of each block, in order; ``progress`` receives the completed share of all."""
        ...


def followed_days(trial: Trial) -> float:
    """Approximate child-days of simulation for each enrolled child, including candidates at screening."""
    return RUN_IN_DAYS * SURPLUS + trial.weeks * 7 + 14


def child_days(
    trial: Trial, replicates: int, progress: Callable[[float], None] | None
) -> Callable[[int, float], None]:
    """A function that adds simulated days of a number of children and reports the fraction that is done.

    ``progress`` is called with that fraction, from 0 to 1.
    """
    done, total = 0.0, replicates * trial.size * followed_days(trial)

    def add(children: int, days: float) -> None:
        nonlocal done
        done += children * days
        if progress is not None:
            progress(min(done / total, 1.0))

    return add


def share(
    conductor: TrialConductor,
    replicates: int,
    threads: int | None,
    progress: Progress,
    elsewhere: BlockRunner | None = None,
) -> Iterator[CaseRecord]:
    """Run every replicate and yield one record per chunk, in order; the conductor keeps the enrolment
    account.

    Replicates are computed by ``threads`` threads of this process, or by ``elsewhere``. ``progress`` is
    called in this thread with a number of children and the days that they were followed. Records are
    computed as they are consumed. Ctrl-C stops every thread at its next block of children.
    """
    if elsewhere is not None:
        for done in _elsewhere(conductor, replicates, progress, elsewhere):
            conductor.account += done.account
            yield done.record
        return
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


def _elsewhere(
    conductor: TrialConductor, replicates: int, progress: Progress, elsewhere: BlockRunner
) -> Iterator[Conducted]:
    """The result of each block, in order; several blocks per worker, so that all workers finish at about
    the same time."""
    setting = conductor.setting
    trial, shown = setting.trial, 0.0
    blocks = chunks(replicates, trial.size, BLOCKS_A_WORKER * elsewhere.workers)
    function = BlockConduct(trial, setting.streams, setting.population, conductor.selection)

    def report(share_done: float) -> None:
        nonlocal shown
        progress(replicates * trial.size, (share_done - shown) * followed_days(trial))
        shown = share_done

    with closing(elsewhere.run(function, blocks, report)) as finished:
        yield from finished


def _in_threads(
    conductor: TrialConductor, spans: list[range], workers: int, progress: Progress
) -> Iterator[Conducted]:
    """The result of each span, in order; other threads compute a few spans in advance."""
    news: News = SimpleQueue()
    cancel = Flag()
    execution = Execution(1, lambda children, days: news.put((children, days)), cancel)
    pool = ThreadPoolExecutor(workers)
    try:
        running: deque[Future[Conducted]] = deque()
        coming = iter(spans)
        submit = partial(_submitted, pool, conductor, execution)
        running.extend(map(submit, islice(coming, workers)))
        while running:
            done = _awaited(running.popleft(), news, progress)
            running.extend(map(submit, islice(coming, 1)))
            yield done
    except BaseException:
        cancel.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(
    pool: ThreadPoolExecutor, conductor: TrialConductor, execution: Execution, span: range
) -> Future[Conducted]:
    """A span on the pool, in the arithmetic of the caller."""
    return pool.submit(copy_context().run, conductor.conduct, span, execution)


def _awaited(future: Future[Conducted], news: News, progress: Progress) -> Conducted:
    """The result of a span; meanwhile progress of all spans is passed on. A failure of the span is raised
    here."""
    while True:
        done, _ = wait((future,), timeout=LOOK_EVERY)
        while not news.empty():
            progress(*news.get())
        if done:
            return future.result()
