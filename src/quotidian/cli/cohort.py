"""``quotidian cohort``: simulate many virtual children on one regimen, into a folder of Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quotidian.application.child_models import CHILD_MODELS
from quotidian.cli.simulate import LONGEST, Every, Members, Model, Observables, Regimen, Threads, Weeks
from quotidian.cli.support import option_types
from quotidian.cli.support.accuracy_table import print_errors
from quotidian.cli.support.console import note
from quotidian.cli.support.course import refuse_sparse
from quotidian.cli.support.daily_option import Daily, refuse_daily
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.executing import Dask
from quotidian.cli.support.observable_options import USUAL, units_of
from quotidian.cli.support.setting_values import Set
from quotidian.cli.trial import Events
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.cohort_request import CohortRequest
    from quotidian.application.cohort_run import Summary

Children = Annotated[str, typer.Option(metavar="N", help="How many children; they are numbered from 0.")]
Output = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for the files: a new one, or one to complete.")
]
Seed = Annotated[
    str, typer.Option(metavar="N", help="Seed of the random streams: the same seed gives the same children.")
]
Part = Annotated[
    str, typer.Option(metavar="N", help="Number of children per file; it limits memory and changes no value.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Repeat 16 children at a hundredth of the solver's tolerance.")
]

Course = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Natural course: steady; or drawn, with random changes of activity, flares, infections "
        "and macrophage activation syndrome.",
    ),
]

BYTES = 32
"""Memory that a number of a part needs between the solver and the file: 30 measured, rounded up."""
BYTES_A_FILE_VALUE = 4
"""Bytes of a number in a file, compressed: 5 to 8 measured; fewer, so that what would fit is not refused."""
USUAL_NAMES = ",".join(USUAL)


def cohort(
    children: Children,
    output: Output,
    seed: Seed = "1",
    regimen: Regimen = "none",
    model: Model = CHILD_MODELS[0],
    weeks: Weeks = "12",
    every: Every = "1d",
    daily: Daily = "",
    observables: Observables = USUAL_NAMES,
    course: Course = "steady",
    members: Members = "0",
    part: Part = "2000",
    check: Check = False,
    events: Events = None,
    threads: Threads = None,
    dask: Dask = None,
    set_: Set = None,
) -> None:
    """Simulate any number of virtual children on one regimen, into a folder of Parquet files.

    Each part is written as soon as it is finished, so memory does not grow with the number of children. If
    the run is stopped, the same command continues after the last finished part, and the files are the same.

    Children are sampled from the population of the virtual trials. Their disease activity is constant over
    time unless --course is drawn. The files of the children then also give the date and outcome
    of each macrophage activation syndrome. Child 0 is the child that 'quotidian simulate' samples with the
    same seed. Children who could not be simulated to the end are listed in failures.csv. Times and regimens
    are as in 'simulate'. With --members, each child is also simulated with one parameter set of the ensemble.
    The file intervals.csv then has two intervals: of the variability between children, and of variability and
    parameter uncertainty together. With --events and a steady course, 'run-events' can repeat the
    predictions.

    Examples:
      quotidian cohort --children 100000 --seed 1 --regimen tocilizumab-iv --weeks 12 --every 1d \\
          --observables crp,il6,temperature --output out/cohort
      quotidian cohort --children 500 --regimen tocilizumab-iv --members 50 --output out/known
      quotidian cohort --children 5000 --check --output out/untreated
      quotidian cohort --children 500 --observables temperature --daily mean,max --output out/days
      quotidian cohort --children 500 --course drawn --weeks 104 --every 7d --output out/mas
      quotidian cohort --children 500 --set patients.variability.age_mean=5 --output out/young
      quotidian cohort --children 5000 --dask tcp://cluster:8786 --output out/spread
    """
    from quotidian.application.cohort_request import CohortRequest, stated_for_cohort
    from quotidian.application.event_tables.writing import cohort_events
    from quotidian.application.stated_parameters import assignments
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.reports.files import check_file
    from quotidian.simulation.daily import day_summaries

    days = 7.0 * option_types.number("--weeks", weeks, "12", most=LONGEST)
    every_hours = option_types.interval("--every", every, "1d")
    refuse_sparse(days, every_hours)
    first_seed, drugs = option_types.whole_from_zero("--seed", seed, "1"), prescribed(regimen).drugs
    observed = units_of(model, observables, drugs=drugs)
    request = CohortRequest(
        children=option_types.whole("--children", children, "1000"),
        seed=first_seed,
        regimen=regimen.strip(),
        model=model,
        days=days,
        every_hours=every_hours,
        observables=observed,
        part=option_types.whole("--part", part, "2000"),
        course=course.strip(),
        stated=stated_for_cohort(assignments(set_ or ()), first_seed, model, drugs, course.strip()),
        members=member_count(members),
        daily=day_summaries(daily, days),
    )
    workers = option_types.threads(threads)
    _refuse_too_large(request, output)
    if events is not None:
        check_file(events, (".csv",))
        refuse_daily(
            bool(request.daily), "Event tables hold values at their times.", "Leave out --events or --daily."
        )
    summary = _run(request, output, check, workers, dask)
    if events is not None:
        cohort_events(request, output, events)
    _print(summary, output)


def _refuse_too_large(request: CohortRequest, output: Path) -> None:
    from quotidian.application.cohort_part import simulated_hours
    from quotidian.cli.support.memory import refuse_beyond, refuse_beyond_disk, refuse_too_many

    refuse_too_many(request.times)
    children, names = min(request.part, request.children), len(request.observables)
    times = len(simulated_hours(request))
    both = 2 if request.members else 1
    what = f"A part of {children:,} children, {times:,} times and {names} observables"
    remedy = "Ask for a smaller --part, a longer --every or fewer --observables."
    refuse_beyond(BYTES * both * children * times * (names + 2), what, remedy)
    refuse_beyond_disk(
        BYTES_A_FILE_VALUE * both * request.children * (request.times * len(request.columns) + 8), output,
        f"A cohort of {request.children:,} children",
        "Ask for fewer --children, or name a larger disk with --output.",
    )  # fmt: skip


def _run(request: CohortRequest, output: Path, check: bool, threads: int | None, dask: str | None) -> Summary:
    from quotidian.application.cohort_run import run_cohort
    from quotidian.cli.support.executing import executor_at
    from quotidian.cli.support.progress import progress
    from quotidian.errors import Cancelled

    try:
        with (
            executor_at(dask, threads) as executor,
            progress(f"Simulating {request.children:,} children") as reach,
        ):
            return run_cohort(
                request, output, executor=executor, checked=check, progress=reach, threads=threads
            )
    except (KeyboardInterrupt, Cancelled):
        done = len(list(output.glob("part-*.json")))
        note(
            f"quotidian: cancelled; {done} of {request.parts} parts are finished in '{output}'.\n"
            "  The same command continues after them."
        )
        raise SystemExit(130) from None


def _print(summary: Summary, output: Path) -> None:
    from quotidian.application.learning.cohort_intervals import last_lines
    from quotidian.dosing import describe
    from quotidian.drugs.catalogue import marks, regimen

    request = summary.request
    if summary.check is not None:
        _show(summary.check)
    print(
        f"{_counted(request.children, 'child', 'children')}; {request.model}; "
        f"{describe(regimen(request.regimen))}; {request.days / 7:g} week{'' if request.days == 7 else 's'}; "
        f"seed {request.seed}; {summary.seconds:.1f} s."
    )
    for mark in (*marks(request.regimen), *request.stated.remarks):
        print(mark)
    if summary.earlier:
        print(f"Completed earlier and kept: {_counted(summary.earlier, 'part', 'parts')}.")
    if summary.renewed:
        print(f"Damaged, therefore computed again: {_counted(summary.renewed, 'part', 'parts')}.")
    for reason, number in summary.lost.items():
        print(f"Not simulated to the end: {_counted(number, 'child', 'children')}, because {reason}.")
    if summary.lost:
        print(f"They are listed in {output / 'failures.csv'}.")
    for line in last_lines(output):
        print(line)
    print(f"{RESEARCH_USE}\n{_counted(request.parts, 'part', 'parts')} and manifest.json in {output}")


def _show(check: dict[str, Any]) -> None:
    """Print the largest relative errors."""
    print_errors(check["largest_relative_error"], len(check["children"]), check["unfollowed"])


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
