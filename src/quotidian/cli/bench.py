"""``quotidian bench``: what a child costs here, beside what it costs other solvers at the same error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.output import check_file, whole_file

Children = Annotated[str, typer.Option(metavar="N", help="How many each solver follows.")]
Threads = Annotated[
    str | None, typer.Option(metavar="N", help="Processors to compare with one; 2 at least if left out.")
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="A .json to write besides.")]
Full = Annotated[bool, typer.Option("--full", help="Memory for 100,000 children too: minutes, a GB of disk.")]

MEMORY, FULL = (1_000, 10_000), 100_000
COPIES = 16
"""Copies of the children for the measure of threads, which needs seconds of work."""


def bench(children: Children = "8", threads: Threads = None, json: Json = None, full: Full = False) -> None:
    """Measure the solver on this machine, beside libRoadRunner and pydiffsol on the same model.

    The task: children with systemic JIA who differ in age, weight, severity and clearance, on tocilizumab
    every two weeks for 12 weeks, all states daily. For each solver the loosest tolerances are found at
    which no state of any child at any time is off by more than 5e-5, then 1e-6; what that takes of
    processor time is measured, in turns. A multiple such as 40 x says that a solver takes 40 times ours.

    Takes two to three minutes. The other solvers come with the extra 'bench' of this package; one that is
    missing is said and left out.

    Examples:
      quotidian bench
      quotidian bench --children 64 --json bench.json
    """
    count = option_types.whole("--children", children, "8")
    workers = option_types.maybe(option_types.whole, "--threads", threads, "2")
    if json is not None:
        check_file(json, (".json",))
    _run(count, workers, json, full)


def _run(count: int, workers: int | None, json: Path | None, full: bool) -> None:
    import json as notation

    from quotidian.cli.benchmarking import bench_report, contest, costs
    from quotidian.cli.benchmarking.benchmark_case import task
    from quotidian.cli.support.console import note
    from quotidian.engine import Tolerance, thread_count

    several = workers or max(2, thread_count())
    told = task(count)
    lines = contest.contest(told, told=lambda step: note(f"  {step}"))
    note("  threads, tangents, start, memory")
    found = [
        *costs.speeds(told.repeated(COPIES), sorted({1, several}), Tolerance()),
        *costs.tangents(told.repeated(2), (1, 4), Tolerance()),
        *costs.starts(),
        *costs.memory((*MEMORY, FULL) if full else MEMORY, several),
    ]
    figures = bench_report.figures(told, lines, found)
    print(bench_report.table(figures))
    if json is not None:
        with whole_file(json) as partial:
            partial.write_text(
                notation.dumps(bench_report.as_dict(figures), indent=2) + "\n", encoding="utf-8"
            )
