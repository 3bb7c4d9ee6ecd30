"""``quotidian trial``: simulate a published trial in virtual children, in replicate."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.accuracy_table import CheckTrial, print_trial_check
from quotidian.cli.support.console import console
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.executing import Dask, executor_at
from quotidian.cli.support.setting_values import Set
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.trial_run import TrialRequest
    from quotidian.trials.protocol.design import Trial
    from quotidian.trials.result import TrialResult

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the trial; 'quotidian trials' lists them.")
]
Replicates = Annotated[
    str,
    typer.Option(metavar="N", help="How many times the trial is simulated, each time with other children."),
]
Seed = Annotated[
    str, typer.Option(metavar="N", help="Seed of the random streams: the same seed gives the same result.")
]
Members = Annotated[
    str,
    typer.Option(
        metavar="N", help="Number of members of the ensemble, for parameter uncertainty; 0 for none."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Folder for endpoints, effects, flow and baseline (CSV), report.html and manifest.json.",
    ),
]
Threads = Annotated[
    str | None, typer.Option(metavar="N", help="Processors to use; they do not change the result.")
]
Portable = Annotated[
    bool, typer.Option("--portable", help="Give the same numbers, to the last bit, on every processor.")
]
Events = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write doses and observations as an event table, a .csv file."),
]

BYTES_A_CHILD = 20 * 1024
"""Memory of a child of a replicate until the end: 17 KiB measured with 12 to 72 replicates, rounded up."""
BYTES_A_VISIT = 512
"""Memory of a visit: two weeks of temperature, the core set and some twenty observables, 8 bytes each."""


def trial(
    name: Name,
    replicates: Replicates = "100",
    seed: Seed = "1",
    members: Members = "0",
    check: CheckTrial = False,
    output: Output = None,
    events: Events = None,
    threads: Threads = None,
    dask: Dask = None,
    portable: Portable = False,
    set_: Set = None,
) -> None:
    """Simulate a published trial in virtual children and compare it with the published result.

    Each replicate is a trial of the published size. Each endpoint is given as the median and central 95 %
    over replicates. From 20 replicates on, a row is called inside or outside its published interval. With
    --members, a second interval includes parameter uncertainty (low_known and high_known in
    endpoints.csv). With --check, the first replicate is simulated again at a hundredth of the solver's
    tolerance, and the largest difference of each observable is printed and kept in the report. An earlier
    result in DIR is replaced; a folder with other files is refused.

    Examples:
      quotidian trial tender --replicates 100 --seed 1 --output out/tender
      quotidian trial tender --replicates 10
      quotidian trial tender --replicates 10 --set drugs.tocilizumab.CL=6
      quotidian trial tender --replicates 1000 --dask tcp://cluster:8786 --output out/tender
    """
    from quotidian.application.stated_parameters import assignments
    from quotidian.application.trial_run import published_trial

    count = option_types.whole("--replicates", replicates, "100")
    start = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.threads(threads)
    known = member_count(members)
    request = published_trial(name, count, start, known, portable).with_parameters(assignments(set_ or ()))
    run_request(replace(request, checked=check), output, events, workers, dask)


def run_request(
    request: TrialRequest, output: Path | None, events: Path | None, threads: int | None, dask: str | None
) -> None:
    """Run a trial or a study, keep its result where a folder is named, and print it."""
    from quotidian.application import trial_archive, trial_run
    from quotidian.application.event_tables.writing import trial_events
    from quotidian.cli.support.progress import progress
    from quotidian.reports.files import check_file

    if output is not None:
        trial_archive.check_trial_folder(output)
    if events is not None:
        check_file(events, (".csv",))
    refuse_too_large(request.replicates, request.design)
    began = time.perf_counter()
    what = f"{_replicates(request.replicates)} of {request.design.name}"
    with executor_at(dask, threads) as executor, progress(what) as reach:
        done = trial_run.run_trial(request, threads=threads, executor=executor, progress=reach)
    if output is not None:
        with progress("Writing the report"):
            trial_archive.keep_trial(done.result, output)
    if events is not None:
        trial_events(request.design, done.records, events)
    print_result(done.result, output, time.perf_counter() - began)


def _replicates(count: int) -> str:
    return f"{count} replicate{'' if count == 1 else 's'}"


def refuse_too_large(replicates: int, trial: Trial) -> None:
    """Refuse what does not fit into memory. Raises StudyTooLarge."""
    from quotidian.cli.support.memory import refuse_beyond

    what = f"A study of {replicates:,} replicates with {trial.size} children each"
    bytes_ = (BYTES_A_CHILD + BYTES_A_VISIT * len(trial.visits)) * trial.size * replicates
    refuse_beyond(bytes_, what, "Ask for fewer --replicates: about a hundred give stable intervals.")


def print_result(result: TrialResult, output: Path | None, seconds: float) -> None:
    """Print the endpoints, the size and time of the run, and where the report is."""
    from quotidian.reports.effect_tables import effect_lines, primary_effects
    from quotidian.reports.narrative import at_entry
    from quotidian.reports.tables import print_table

    if result.exploratory:
        print(result.exploratory)
    print_table(result.by_arm, console(), result.primary_week)
    if entry := at_entry(result.name):
        print(entry)
    for line in effect_lines(primary_effects(result)):
        print(line)
    account = result.account
    print(
        f"{_replicates(result.replicates)}, {account.enrolled:,} children, seed {result.seed}, "
        f"{seconds:.1f} s."
    )
    if result.accuracy is not None:
        print_trial_check(result.accuracy)
    for reason, number in account.failures.items():
        print(f"Not simulated to the end: {number} children, because {reason}.")
    place = (
        f"Report: {output / 'report.html'}" if output else "Nothing was written; --output DIR keeps a report."
    )
    print(f"{RESEARCH_USE}\n{place}")
