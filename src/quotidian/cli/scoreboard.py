"""``quotidian scoreboard``: every published result compared with virtual trials."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.accuracy_table import CheckTrial, print_trial_check
from quotidian.cli.support.console import console
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.support.executing import Dask, executor_at
from quotidian.cli.trial import Members, Portable, Seed, Threads, refuse_too_large
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.scoreboard_archive import ScoreboardRequest
    from quotidian.trials.benchmarks.scores import TrialScore
    from quotidian.trials.result import AccuracyCheck

Replicates = Annotated[
    str, typer.Option(metavar="N", help="Number of replicates of each trial; 200 give stable results.")
]
Trials = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Only these trials, separated by commas; 'quotidian trials' lists all."
    ),
]
Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Also write the rows to this .json file.")
]
Output = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder for page and tables; completed trials are kept in it."),
]


def scoreboard(
    replicates: Replicates = "20",
    seed: Seed = "1",
    members: Members = "0",
    check: CheckTrial = False,
    trials: Trials = None,
    json: Json = None,
    output: Output = None,
    threads: Threads = None,
    dask: Dask = None,
    portable: Portable = False,
) -> None:
    """Simulate the published trials and show every published result beside the simulated one.

    A row is inside when the simulated median over replicates lies within the published 95 % interval and the
    two intervals overlap. If no interval was published and none can be computed, the row is inside when the
    published number, with its rounding, lies within the simulated interval. The last line counts the rows
    inside by role: calibration (the model was tuned to them) and validation (it was not). Rows of version 0.1
    and later rows are counted separately. Roles are fixed in dated files, whose names and checksums are
    printed below the table. With --members, each row also has an interval with parameter uncertainty and one
    with discrepancy too, the error that the model may have even with the right values. With --output, an
    interrupted run continues after its completed trials.

    Examples:
      quotidian scoreboard --replicates 200 --seed 1 --output out/scoreboard
      quotidian scoreboard --replicates 20 --trials tender,woo-2005 --json rows.json
    """
    from quotidian.application import scoreboard_archive
    from quotidian.application.scoreboard_archive import ScoreboardRequest
    from quotidian.application.scoreboard_run import chosen
    from quotidian.reports.files import check_file
    from quotidian.trials.protocol.library import design

    names = chosen([name.strip() for name in trials.split(",")] if trials else [])
    count = option_types.whole("--replicates", replicates, "200")
    start = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.threads(threads)
    known = member_count(members)
    request = ScoreboardRequest(names, count, start, known, portable)
    if json is not None:
        check_file(json, (".json",))
    if output is not None:
        scoreboard_archive.check_scoreboard_folder(output)
    for name in names:
        refuse_too_large(count, design(name))
    began = time.perf_counter()
    scores = _run(request, output, workers, dask)
    checks = _checked(request, workers) if check else {}
    _write(scores, json)
    if output is not None:
        scoreboard_archive.keep_scoreboard(scores, output, request, _command(request, trials), checks)
    _print(scores, output, time.perf_counter() - began)
    for name, found in checks.items():
        print(f"Accuracy of {name}:")
        print_trial_check(found)


def _checked(request: ScoreboardRequest, threads: int | None) -> dict[str, AccuracyCheck]:
    from quotidian.application.accuracy.trial_check import check_trial
    from quotidian.cli.support.progress import progress
    from quotidian.trials.protocol.library import design

    found = {}
    with progress("Checking the accuracy") as reach:
        for done, name in enumerate(request.trials, start=1):
            found[name] = check_trial(design(name), request.seed, threads, request.portable)
            reach(done / len(request.trials))
    return found


def _command(request: ScoreboardRequest, trials: str | None) -> str:
    some = (f" --trials {trials}" if trials else "") + (" --portable" if request.portable else "")
    known = f" --members {request.members}" if request.members else ""
    return f"quotidian scoreboard --replicates {request.replicates} --seed {request.seed}{known}{some}"


def _run(
    request: ScoreboardRequest, folder: Path | None, threads: int | None, dask: str | None
) -> tuple[TrialScore, ...]:
    from quotidian.application.scoreboard_run import run_scoreboard
    from quotidian.cli.support.progress import progress
    from quotidian.errors import Cancelled

    count = len(request.trials)
    what = f"{count} trial{'s' if count != 1 else ''}"
    try:
        with executor_at(dask, threads) as executor, progress(what) as reach:
            return run_scoreboard(request, folder, threads=threads, executor=executor, progress=reach)
    except (KeyboardInterrupt, Cancelled):
        if folder is None:
            raise
        raise Cancelled(
            "cancelled.", f"Trials that were finished are kept in '{folder}'.",
            "The same command continues after them.",
        ) from None  # fmt: skip


def _write(scores: Sequence[TrialScore], file: Path | None) -> None:
    from quotidian.reports.files import write_atomically
    from quotidian.reports.scoreboard import scoreboard_json

    if file is not None:
        write_atomically(file, scoreboard_json(scores))


def _print(scores: Sequence[TrialScore], output: Path | None, seconds: float) -> None:
    from quotidian.application import scoreboard_archive
    from quotidian.reports.scoreboard import print_scoreboard, rows_of
    from quotidian.trials.benchmarks.counts import last_line

    print_scoreboard(scores, console())
    patients = sum(one.children for one in scores)
    some = f"{len(scores)} trial{'' if len(scores) == 1 else 's'}"
    print(f"{some}, {patients:,} virtual patients, {seconds:.1f} s. {RESEARCH_USE}")
    print(
        f"Page: {output / scoreboard_archive.PAGE}"
        if output
        else "Nothing was written; --output DIR keeps a page."
    )
    print(last_line(rows_of(scores)))
