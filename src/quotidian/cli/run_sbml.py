"""``quotidian run-sbml``: solve an SBML model from another program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import note
from quotidian.cli.support.course import BYTES
from quotidian.cli.support.settings import settings
from quotidian.errors import InvalidQuantity
from quotidian.reports.files import STDOUT, TABLES, check_file, whole_file
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotidian.engine import Outcome, Tolerance
    from quotidian.interchange import Imported

File = Annotated[Path, typer.Argument(metavar="FILE", help="SBML of any level.")]
Until = Annotated[str, typer.Option(metavar="T", help="End of the run, in the time unit of the file.")]
Every = Annotated[str, typer.Option(metavar="DT", help="Output interval, in the same unit.")]
Observables = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Ids or names separated by commas, or all; by default the species."),
]
Values = Annotated[
    str | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Other values at time 0, separated by commas."),
]
Rtol = Annotated[str, typer.Option(metavar="R", help="Relative tolerance of the solver.")]
Atol = Annotated[
    str | None,
    typer.Option(
        metavar="A",
        help="Absolute tolerance, as a fraction of the usual size of species; by default a tenth of --rtol.",
    ),
]
LongestStep = Annotated[
    str | None,
    typer.Option(metavar="DT", help="Longest step of the solver; by default a twentieth of --until."),
]
Equilibrate = Annotated[
    bool,
    typer.Option("--equilibrate", help="Begin in the steady state that the model reaches with these values."),
]
Output = Annotated[
    Path, typer.Option(metavar="FILE", help="A .csv or .parquet file; - writes CSV to standard output.")
]

FINEST, COARSEST = 1e-12, 1e-2
"""Limits of the relative tolerance: the solver cannot keep a finer one, and a coarser one is useless."""


def run_sbml(
    file: File,
    until: Until,
    every: Every,
    observables: Observables = None,
    values: Values = None,
    rtol: Rtol = "1e-8",
    atol: Atol = None,
    longest_step: LongestStep = None,
    equilibrate: Equilibrate = False,
    output: Output = STDOUT,
) -> None:
    """Solve an SBML file with the engine and write its time course as a table.

    The core of SBML and submodels are supported, except delay equations and fast reactions. A file with an
    unsupported element is refused, and the message states the element and its line. Species are
    concentrations or amounts as the file declares them. At the time of an event the row shows the state
    after the event.

    Examples:
      quotidian run-sbml model.xml --until 2016 --every 24 --output course.csv
      quotidian run-sbml model.xml --until 100 --every 1 --observables A,B --set "k=0.3,A=2"
    """
    end, step = option_types.number("--until", until, "100"), option_types.number("--every", every, "1")
    finest = option_types.number("--rtol", rtol, "1e-8", most=COARSEST)
    if step > end or finest < FINEST:
        what = (
            f"--every {every} is longer than --until {until}."
            if step > end
            else f"--rtol {rtol} is too fine."
        )
        remedy = "Shorten --every or lengthen --until." if step > end else f"Write {FINEST:g} or more."
        raise InvalidQuantity(what, "There would be no row after the first." if step > end else "", remedy)
    if output != STDOUT:
        check_file(output, TABLES)
    from quotidian.interchange import from_sbml
    from quotidian.simulation import grid, points

    imported = from_sbml(file, settings("--set", values, "k=0.3,A=2"), equilibrate=equilibrate)
    chosen = _chosen(imported, observables)
    rows = points(0.0, end, step)
    _refuse_too_large(rows, len(chosen))
    times = grid(0.0, end, step)
    tolerance = _tolerance(end, finest, atol, longest_step)
    outcome = _followed(imported, times, list(chosen.values()), tolerance)
    _write(output, [*chosen], outcome)
    for warning in imported.warnings:
        note(f"{file}: {warning}.")
    (note if output == STDOUT else print)(
        f"{imported.model.title}; {rows} rows to {'standard output' if output == STDOUT else output}; "
        f"time in {imported.time_unit}.\n{RESEARCH_USE}"
    )


def _chosen(imported: Imported, names: str | None) -> dict[str, str]:
    """Columns of the table: heading to id, each once and in the order requested."""
    if names is None or names.strip() == "all":
        ids = imported.species if names is None and imported.species else tuple(imported.model.observables)
        return {name: name for name in ids}
    return {name.strip(): imported.observable(name.strip()) for name in names.split(",")}


def _refuse_too_large(rows: int, columns: int) -> None:
    from quotidian.cli.support.memory import counted, refuse_beyond

    what = f"A table of {counted(rows)} rows and {columns + 1} columns"
    refuse_beyond(BYTES * rows * (columns + 1), what, "Ask for a longer --every or fewer --observables.")


def _followed(
    imported: Imported, times: NDArray[np.float64], ids: list[str], tolerance: Tolerance
) -> Outcome:
    from quotidian.cli.support.progress import progress

    with progress("Solving"):
        return imported.run(times, ids, tolerance)


def _tolerance(end: float, rtol: float, atol: str | None, longest: str | None) -> Tolerance:
    """The tolerance of the run, from the options that are given."""
    from dataclasses import replace

    from quotidian.interchange.hybrid.tolerances import tolerance_for

    usual = tolerance_for(end, rtol)
    absolute = option_types.maybe(option_types.number, "--atol", atol, "1e-9")
    step = option_types.maybe(option_types.number, "--longest-step", longest, "0.1")
    return replace(
        usual,
        atol=usual.atol if absolute is None else absolute,
        longest_step=usual.longest_step if step is None else step,
        first_step=usual.first_step if step is None else min(step, usual.first_step),
    )


def _write(output: Path, names: list[str], outcome: Outcome) -> None:
    import numpy as np

    from quotidian.cli.support.time_series import write_csv, write_parquet

    heads, rows = ["time", *names], np.column_stack([outcome.times, outcome.values[0]])
    if output == STDOUT:
        write_csv(sys.stdout, heads, rows, lambda _: None)
        return
    with whole_file(output) as partial:
        if output.suffix.lower() == ".parquet":
            write_parquet(partial, heads, rows)
            return
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            write_csv(stream, heads, rows, lambda _: None)
