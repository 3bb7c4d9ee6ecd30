"""A trial or a study as a request, used by the command line, Python and the explorer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotidian.application.executors import Executor, Progress, WorkList, in_order
from quotidian.application.study_file import Note, no_note, read_study
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.parallel import BlockConduct, BlockRunner
from quotidian.trials.conduct.schedule import Conducted
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.result import TrialResult
from quotidian.trials.run import follow, result_of


@dataclass(frozen=True)
class TrialRequest:
    """A design, the number of replicates, and the seed of the random streams.

    ``command`` is the equivalent command line without options.
    """

    design: Trial
    replicates: int
    seed: int
    command: str = "quotidian study run FILE"


@dataclass(frozen=True)
class TrialOutcome:
    """The result of a trial, and the record of every child by block of replicates."""

    result: TrialResult
    records: tuple[CaseRecord, ...]


def published_trial(name: str, replicates: int, seed: int) -> TrialRequest:
    """The request of a published trial. Raises UnknownName for a design that is not in the library."""
    return TrialRequest(design(name), replicates, seed, f"quotidian trial {name}")


def study(file: Path, replicates: int, seed: int, note: Note = no_note) -> TrialRequest:
    """The request of a study file; ``note`` is called for each name of an earlier version in it.

    Raises InvalidInput with the line of a fault.
    """
    return TrialRequest(read_study(file, note), replicates, seed, f"quotidian study run {file}")


def run_trial(
    request: TrialRequest,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> TrialOutcome:
    """Run every replicate and compare the result with published results if there are any.

    Parameters
    ----------
    threads : of this process; ``executor`` computes blocks of replicates elsewhere. Neither changes a byte.
    progress : called with the completed share, 0 to 1.

    Raises
    ------
    InvalidInput : fewer than one replicate, or a bad seed; also where too few candidates are eligible.
    SolverFailed : the solution of a randomised child did not reach the end.
    """
    done = follow(
        request.design, request.replicates, request.seed, progress, threads, elsewhere=blocks_on(executor)
    )
    result = result_of(request.design, done, request.replicates, request.seed, request.command)
    return TrialOutcome(result, done.records)


def blocks_on(executor: Executor | None) -> BlockRunner | None:
    """The function by which an executor runs blocks of replicates in order; None without an executor."""
    return None if executor is None else _Blocks(executor)


@dataclass(frozen=True)
class _Blocks:
    executor: Executor

    @property
    def workers(self) -> int:
        return self.executor.workers

    def run(
        self, conduct: BlockConduct, blocks: Sequence[range], progress: Progress
    ) -> Generator[Conducted, None, None]:
        sizes = [float(len(block)) for block in blocks]
        return in_order(self.executor.run(WorkList(conduct, blocks, sizes), progress))
