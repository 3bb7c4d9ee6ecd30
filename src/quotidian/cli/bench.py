"""``quotidian bench``: processor time of a child, compared with other solvers at the same error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.reports.files import check_file, whole_file

Children = Annotated[str, typer.Option(metavar="N", help="Number of children for each solver.")]
Threads = Annotated[
    str | None,
    typer.Option(metavar="N", help="Number of processors to compare with one; by default at least 2."),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Also write a .json file.")]
Full = Annotated[
    bool, typer.Option("--full", help="Also measure memory for 100,000 children (minutes, 1 GB of disk).")
]

MEMORY, FULL = (1_000, 10_000), 100_000
MOST_CHILDREN = 1_000
"""Children for each solver. Assumed, because their cost is the same from some dozens on."""
COPIES = 16
"""Copies of the children for the measurement of threads, which needs seconds of work."""


def bench(children: Children = "8", threads: Threads = None, json: Json = None, full: Full = False) -> None:
    """Measure the speed of the solver on this machine, and compare it with other solvers.

    The problem is the same for all solvers: children with systemic JIA who differ in age, weight,
    severity and clearance, on tocilizumab every two weeks for 12 weeks, with daily output of all states.
    For each solver the loosest tolerances are determined that keep the largest error at or below 5e-5, and
    then 1e-6. The largest error is taken over children, times and states; the state in which it occurs is
    named. An error is relative to the value of the state or, in a second measurement, to that value plus 1 %
    of the usual size of the state. Processor time is then measured at these tolerances, solver by solver in
    turn. A multiple such as 40 x means that a solver takes 40 times as long as Quotidian in double precision.
    A second line shows Quotidian with the stages of its steps in single precision, which the other solvers do
    not offer.

    The measurement takes five minutes. The extra 'bench' of this package installs libRoadRunner and
    pydiffsol. The extra 'amici' installs AMICI, which needs a C++ compiler and compiles the model once, in a
    few minutes. A solver that is not installed is named and omitted.

    Examples:
      quotidian bench
      quotidian bench --children 64 --json bench.json
    """
    count = option_types.whole("--children", children, "8", most=MOST_CHILDREN)
    workers = option_types.threads(threads)
    if json is not None:
        check_file(json, (".json",))
    _run(count, workers, json, full)


def _run(count: int, workers: int | None, json: Path | None, full: bool) -> None:
    import json as notation

    from quotidian.cli.benchmarking import bench_report, contest, costs, event_costs
    from quotidian.cli.benchmarking.benchmark_case import task
    from quotidian.cli.support.console import note
    from quotidian.engine import Tolerance, thread_count

    several = workers or max(2, thread_count())
    case = task(count)
    lines = contest.contest(case, report=lambda step: note(f"  {step}"))
    note("  threads, sensitivities, start, event tables, memory")
    found = [
        *costs.speeds(case.repeated(COPIES), sorted({1, several}), Tolerance()),
        *costs.tangents(case.repeated(2), (1, 4), Tolerance()),
        *costs.starts(),
        *event_costs.event_costs(),
        *costs.memory((*MEMORY, FULL) if full else MEMORY, several),
    ]
    figures = bench_report.figures(case, lines, found)
    print(bench_report.table(figures))
    if json is not None:
        with whole_file(json) as partial:
            partial.write_text(
                notation.dumps(bench_report.as_dict(figures), indent=2) + "\n", encoding="utf-8"
            )
