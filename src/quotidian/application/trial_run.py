"""A trial or a study as a request, used by the command line, Python and the explorer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from quotidian.application.accuracy.trial_check import check_trial
from quotidian.application.executors import Executor, Progress, WorkList, in_order
from quotidian.application.learning.knowledge import member_overlays
from quotidian.application.stated_parameters import (
    NONE_STATED,
    Given,
    StatedParameters,
    reads_of_trial,
    stated_parameters,
)
from quotidian.application.study_file import Note, no_note, read_study
from quotidian.engine import arithmetic, is_portable
from quotidian.evidence import Overlay
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.members import follow_members, with_known
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

    ``command`` is the equivalent command line without options. ``members`` are sets of values of the ledger;
    with them every endpoint has a second interval, over one replicate for each member. A ``portable`` trial
    gives the same bits on every processor. ``stated`` are values of the ledger that the user replaces; they
    count before those of members. A ``checked`` one is compared with a tighter tolerance at the end.
    """

    design: Trial
    replicates: int
    seed: int
    command: str = "quotidian study run FILE"
    members: tuple[Overlay, ...] = ()
    portable: bool = False
    stated: StatedParameters = NONE_STATED
    checked: bool = False

    def with_parameters(self, given: Given) -> TrialRequest:
        """The same request with values of the ledger, by name.

        Raises as :func:`quotidian.application.stated_parameters.stated_parameters` does.
        """
        return replace(self, stated=stated_parameters(given, reads_of_trial(self.design)))


@dataclass(frozen=True)
class TrialOutcome:
    """The result of a trial, and the record of every child by block of replicates.

    ``known`` are the records of the replicates with members, one replicate a member.
    """

    result: TrialResult
    records: tuple[CaseRecord, ...]
    known: tuple[CaseRecord, ...] = field(default=(), kw_only=True)


def published_trial(
    name: str, replicates: int, seed: int, members: int = 0, portable: bool = False
) -> TrialRequest:
    """The request of a published trial, with so many members of the ensemble of the package.

    Raises UnknownName for a design that is not in the library, InvalidInput for more members than there are.
    """
    overlays = member_overlays(members)
    return TrialRequest(design(name), replicates, seed, f"quotidian trial {name}", overlays, portable)


def study(file: Path, replicates: int, seed: int, note: Note = no_note, members: int = 0) -> TrialRequest:
    """The request of a study file, with so many members of the ensemble of the package.

    ``note`` is called for each name of an earlier version in the file. Raises InvalidInput with the line of
    a fault, or for more members than there are.
    """
    command = f"quotidian study run {_printable(file)}"
    return TrialRequest(read_study(file, note), replicates, seed, command, member_overlays(members))


def _printable(file: Path) -> str:
    """A path as text; bytes that are no letters are written as numbers."""
    return str(file).encode("utf-8", "backslashreplace").decode("utf-8")


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
    split = request.replicates / max(request.replicates + len(request.members), 1)
    first, second = parts_of(progress, split)
    away, overlay = blocks_on(executor), request.stated.overlay
    with arithmetic(request.portable):
        done = follow(
            request.design, request.replicates, request.seed, first, threads, elsewhere=away, overlay=overlay
        )
        result = result_of(request.design, done, request.replicates, request.seed, request.command)
        result = _with_stated(request, result)
        known: tuple[CaseRecord, ...] = ()
        if request.members:
            result, known = _known(request, result, second, threads)
    if request.checked:
        found = check_trial(request.design, request.seed, threads, request.portable, overlay=overlay)
        result = replace(result, accuracy=found)
    return TrialOutcome(result, done.records, known=known)


def _with_stated(request: TrialRequest, result: TrialResult) -> TrialResult:
    """The result with a note and an option for each value that was set."""
    stated = request.stated
    if not stated.values:
        return result
    given = result.provenance
    return replace(
        result,
        notes=(*stated.remarks, *result.notes),
        provenance={**given, "command": f"{given['command']}{stated.options}", "parameters": stated.text},
    )


def _known(
    request: TrialRequest, result: TrialResult, progress: Progress | None, threads: int | None
) -> tuple[TrialResult, tuple[CaseRecord, ...]]:
    """The result with the interval of every endpoint over the members, and the records of those."""
    members = [request.stated.overlay.over(member) for member in request.members]
    found = follow_members(request.design, members, request.seed, progress, threads)
    count = len(request.members)
    notes = [f"{n} of {count} members have no result here: {why}" for why, n in found.lost.items()]
    command = f"{result.provenance['command']} --members {count}"
    rows = with_known(result.rows, endpoint_rows(request.design, found.records, predictive=True))
    provenance = {**result.provenance, "command": command, "members": str(count)}
    result = replace(result, rows=rows, notes=(*result.notes, *notes), provenance=provenance)
    return result, found.records


def parts_of(progress: Progress | None, split: float) -> tuple[Progress | None, Progress | None]:
    """Progress of two parts of a run, of which the first is the share ``split``."""
    if progress is None:
        return None, None
    report = progress
    return (lambda share: report(share * split)), (lambda share: report(split + share * (1.0 - split)))


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
        work = _InArithmetic(conduct, is_portable())
        return in_order(self.executor.run(WorkList(work, blocks, sizes), progress))


@dataclass(frozen=True)
class _InArithmetic:
    """A conduct in the arithmetic of the caller, on whatever machine it is called."""

    conduct: BlockConduct
    portable: bool

    def __call__(self, block: range, report: Progress) -> Conducted:
        with arithmetic(self.portable):
            return self.conduct(block, report)
