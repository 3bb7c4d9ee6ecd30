"""``quotidian scoreboard``: every published number beside what virtual trials give."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import RESEARCH_USE, console
from quotidian.cli.trial import Seed, Threads

if TYPE_CHECKING:
    from quotidian.trials.benchmarks.scores import TrialScore

Replicates = Annotated[
    str, typer.Option(metavar="N", help="Number of replicates of each trial; 200 give stable results.")
]
Trials = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Only these trials, separated by commas; 'quotidian trials' lists all."
    ),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the rows as JSON.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder for page and tables; completed trials are kept in it."),
]

PAGE, MANIFEST = "scoreboard.html", "manifest.json"
FILES = ("scoreboard.csv", "scoreboard.json", "apart.csv", PAGE, MANIFEST)


def scoreboard(
    replicates: Replicates = "20",
    seed: Seed = "1",
    trials: Trials = None,
    json: Json = None,
    output: Output = None,
    threads: Threads = None,
) -> None:
    """Simulate the published trials and show every published result beside the simulated one.

    A row is inside when the virtual median over replicates lies within the published 95 % interval and
    the two intervals overlap. If a source allows no interval, it is inside when the published number, to
    its last digit, lies within the virtual interval. The last line counts the rows inside by role:
    calibration (the model was tuned to them) and validation (it was not). With --output, an interrupted
    run continues after its completed trials.

    Examples:
      quotidian scoreboard --replicates 200 --seed 1 --output out/scoreboard
      quotidian scoreboard --replicates 20 --trials tender,woo-2005 --json rows.json
    """
    from quotidian.application.scoreboard_run import chosen
    from quotidian.cli.support.output import check_file

    names = chosen([name.strip() for name in trials.split(",")] if trials else [])
    count = option_types.whole("--replicates", replicates, "200")
    luck = option_types.whole_from_zero("--seed", seed, "1")
    workers = option_types.maybe(option_types.whole, "--threads", threads, "2")
    if json is not None:
        check_file(json, (".json",))
    if output is not None:
        _check(output)
    began = time.perf_counter()
    scores = _run(names, count, luck, output, workers)
    _write(scores, json, output, _command(count, luck, trials))
    _tell(scores, output, time.perf_counter() - began)


def _command(replicates: int, seed: int, trials: str | None) -> str:
    some = f" --trials {trials}" if trials else ""
    return f"quotidian scoreboard --replicates {replicates} --seed {seed}{some}"


def _run(
    names: Sequence[str], replicates: int, seed: int, folder: Path | None, threads: int | None
) -> tuple[TrialScore, ...]:
    from quotidian.application.scoreboard_run import run
    from quotidian.cli.support.progress import progress

    with progress(f"{len(names)} trial{'s' if len(names) != 1 else ''}") as reach:
        return run(names, replicates, seed, folder, reach, threads)


def _check(folder: Path) -> None:
    """Refuse a place where the result could not be kept, or that holds what is not ours."""
    from quotidian.application.scoreboard_run import FINISHED
    from quotidian.cli.support.output import check_folder

    check_folder(folder, (*FILES, FINISHED), _is_ours)


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a scoreboard, finished or begun."""
    from quotidian.application.scoreboard_run import FINISHED, is_finished

    place = folder / FINISHED
    begun = place.is_dir() and all(p.name.startswith(".") or is_finished(p) for p in place.iterdir())
    return begun or is_finished(folder / MANIFEST)


def _write(scores: Sequence[TrialScore], to_json: Path | None, folder: Path | None, command: str) -> None:
    from quotidian.application.scoreboard_run import PROGRAM, code
    from quotidian.reports.files import write_atomically
    from quotidian.reports.scoreboard import apart_csv, scoreboard_csv, scoreboard_json
    from quotidian.reports.scoreboard_page import render_scoreboard
    from quotidian.version import __version__

    rows = scoreboard_json(scores)
    if to_json is not None:
        write_atomically(to_json, rows)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    about = {"program": PROGRAM, "use": RESEARCH_USE, "version": __version__, "command": command}
    children = {one.trial: {"enrolled": one.children, "failed": dict(one.failures)} for one in scores}
    manifest = about | {"code_sha256": code(), "children": children}
    write_atomically(folder / "scoreboard.csv", scoreboard_csv(scores))
    write_atomically(folder / "scoreboard.json", rows)
    write_atomically(folder / "apart.csv", apart_csv(scores))
    write_atomically(folder / PAGE, render_scoreboard(scores, command))
    write_atomically(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _tell(scores: Sequence[TrialScore], output: Path | None, seconds: float) -> None:
    from quotidian.reports.scoreboard import print_scoreboard, rows_of
    from quotidian.trials.benchmarks.scores import last_line

    print_scoreboard(scores, console())
    patients = sum(one.children for one in scores)
    print(f"{len(scores)} trials, {patients:,} virtual patients, {seconds:.1f} s. {RESEARCH_USE}")
    print(f"Page: {output / PAGE}" if output else "Nothing was written; --output DIR keeps a page.")
    print(last_line(rows_of(scores)))
