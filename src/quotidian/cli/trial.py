"""``quotidian trial``: a published trial on virtual children, many times over."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import RESEARCH_USE, console

if TYPE_CHECKING:
    from quotidian.trials.protocol.design import Trial
    from quotidian.trials.result import TrialResult

Name = Annotated[str, typer.Argument(metavar="NAME", help="Which trial; 'quotidian trials' lists them.")]
Replicates = Annotated[
    str, typer.Option(metavar="N", help="How often to run it, each time with other children.")
]
Seed = Annotated[str, typer.Option(metavar="N", help="Chooses the luck: the same seed, the same result.")]
Output = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for endpoints.csv, report.html and manifest.json.")
]
Threads = Annotated[str | None, typer.Option(metavar="N", help="Processors to use; the result is the same.")]

BYTES_A_CHILD = 20 * 1024
"""Memory a child of a replicate keeps until the end: 17 KiB measured with 12 to 72 replicates, rounded up."""
BYTES_A_VISIT = 512
"""What a visit adds: two weeks of temperature, the core set and some twenty observables, 8 bytes each."""


def trial(
    name: Name,
    replicates: Replicates = "100",
    seed: Seed = "1",
    output: Output = None,
    threads: Threads = None,
) -> None:
    """Run a published trial on virtual children and set it beside the published result.

    Each replicate is a trial of the published size. An endpoint is told as the median over replicates with
    their central 95 %. An earlier result in DIR is replaced; a folder with anything else is left alone.

    Examples:
      quotidian trial tender --replicates 100 --seed 1 --output out/tender
      quotidian trial tender --replicates 10
    """
    from quotidian.cli.support import trial_archive
    from quotidian.cli.support.progress import progress
    from quotidian.trials.protocol.library import design

    declared = design(name)
    count = option_types.whole("--replicates", replicates, "100")
    luck = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.maybe(option_types.whole, "--threads", threads, "2")
    if output is not None:
        trial_archive.check(output)
    refuse_too_large(count, declared)
    began = time.perf_counter()
    result = _run(name, count, luck, workers)
    if output is not None:
        with progress("Writing the report"):
            trial_archive.keep(result, output)
    tell(result, output, time.perf_counter() - began, declared.primary_week)


def _run(name: str, replicates: int, seed: int, threads: int | None) -> TrialResult:
    from quotidian.cli.support.progress import progress
    from quotidian.trials.run import run_trial

    with progress(f"{replicates} replicate{'' if replicates == 1 else 's'} of {name}") as reach:
        return run_trial(name, replicates, seed, progress=reach, threads=threads)


def refuse_too_large(replicates: int, trial: Trial) -> None:
    """Refuse what does not fit into memory. Raises StudyTooLarge."""
    from quotidian.cli.support.memory import refuse_beyond

    what = f"A study of {replicates:,} replicates with {trial.size} children each"
    bytes_ = (BYTES_A_CHILD + BYTES_A_VISIT * len(trial.visits)) * trial.size * replicates
    refuse_beyond(bytes_, what, "Ask for fewer --replicates: hundreds settle the intervals.")


def tell(result: TrialResult, output: Path | None, seconds: float, week: int | None = None) -> None:
    """Print the endpoints, what it took, and where the report is."""
    from quotidian.reports.tables import print_table

    print_table(result.rows, console(), week)
    account = result.account
    print(
        f"{result.replicates} replicates, {account.enrolled:,} children, seed {result.seed}, {seconds:.1f} s."
    )
    for reason, number in account.failures.items():
        print(f"Not followed to the end: {number} children, because {reason}.")
    place = (
        f"Report: {output / 'report.html'}" if output else "Nothing was written; --output DIR keeps a report."
    )
    print(f"{RESEARCH_USE}\n{place}")
