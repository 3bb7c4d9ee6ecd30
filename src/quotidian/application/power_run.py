"""The power of a design at other sample sizes as a request."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.application.executors import Executor, Progress
from quotidian.application.trial_run import blocks_on, parts_of
from quotidian.evidence import Overlay
from quotidian.trials.analysis import sample_size
from quotidian.trials.analysis.sample_size import SizePlan
from quotidian.trials.benchmarks.members import follow_members
from quotidian.trials.protocol.design import Trial
from quotidian.trials.run import follow


@dataclass(frozen=True)
class PowerRequest:
    """A design of two arms, the endpoint that is compared, and the sample sizes.

    Parameters
    ----------
    week : of the visit; None for the primary week of the design.
    sizes : numbers of randomised children in both arms together.
    alpha : significance level of the two-sided exact test.
    members : sets of values of the ledger, for an assurance with parameter uncertainty.

    Raises InvalidInput for a design without two randomised arms, a size outside the limits, an endpoint that
    is not a proportion, or a week without a visit; UnknownName for an endpoint that does not exist.
    """

    design: Trial
    endpoint: str
    week: int | None
    sizes: tuple[int, ...]
    replicates: int
    seed: int
    alpha: float = sample_size.ALPHA
    members: tuple[Overlay, ...] = ()

    def __post_init__(self) -> None:
        sample_size.compared(self.design)
        sample_size.check_sizes(self.sizes)
        sample_size.until(self.design, self.visit, self.endpoint)

    @property
    def visit(self) -> int:
        """Week at which the arms are compared."""
        return self.design.primary_week if self.week is None else self.week

    @property
    def simulated(self) -> Trial:
        """The design up to that visit."""
        return sample_size.until(self.design, self.visit, self.endpoint)


def run_power(
    request: PowerRequest,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SizePlan:
    """Simulate the design at its own size, and compute the results of trials of other sizes.

    ``threads``, ``executor`` and ``progress`` are as in :func:`quotidian.application.trial_run.run_trial`.
    """
    trial = request.simulated
    share = request.replicates / (request.replicates + len(request.members))
    first, second = parts_of(progress, share)
    done = follow(trial, request.replicates, request.seed, first, threads, elsewhere=blocks_on(executor))
    known = follow_members(trial, request.members, request.seed, second, threads) if request.members else None
    return sample_size.plan(
        trial, done.records, request.endpoint, request.visit, request.sizes, request.alpha,
        () if known is None else known.records,
    )  # fmt: skip
