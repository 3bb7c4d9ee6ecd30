"""``quotidian run-events``: an event table predicted by a pharmacokinetic model."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support import option_types
from quotidian.cli.support.console import note
from quotidian.cli.support.settings import settings
from quotidian.errors import InvalidInput
from quotidian.reports.files import STDOUT, TABLES, check_file, whole_file
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    import polars as pl

    from quotidian.data.dosing_records import Dosing

Model = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="pk-1cmt, pk-2cmt, pk-1cmt-oral, pk-2cmt-oral, pk-1cmt-mm, tmdd-qss, an SBML file, or sjia.",
    ),
]
Data = Annotated[Path, typer.Option(metavar="FILE", help="Event records: ID, TIME, AMT, EVID, CMT, DV, ...")]
Values = Annotated[
    str, typer.Option("--set", metavar="NAME=VALUE", help="Parameters of the model, separated by commas.")
]
DosingItems = Annotated[
    str | None,
    typer.Option(
        "--dosing", metavar="NAME=VALUE",
        help="For compartment 1: F1 bioavailability, ALAG1 lag time, D1 duration, R1 rate.",
    ),
]  # fmt: skip
Covariates = Annotated[
    list[str] | None,
    typer.Option("--covariate", metavar="FORMULA", help="'CL = 2*(WT/70)**0.75'; may be repeated."),
]
CarriedRule = Annotated[
    str,
    typer.Option(
        metavar="RULE",
        help="Covariates between two records: those of the later (backward, as NONMEM) or earlier (forward).",
    ),
]
Dates = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", help="Format of the column DATE: year-month-day, month/day/year, ..."),
]
Sort = Annotated[
    bool, typer.Option("--sort", help="Sort the rows by subject and time, which must otherwise be in order.")
]
Scale = Annotated[str, typer.Option(metavar="X", help="Factor on concentrations, such as 1000 for ng/mL.")]
Output = Annotated[
    Path, typer.Option(metavar="FILE", help="A .csv or .parquet file; - writes CSV to standard output.")
]

ITEMS = {"F": "bioavailability", "ALAG": "lag", "D": "duration", "R": "rate"}


def run_events(
    model: Model,
    data: Data,
    values: Values = "",
    dosing: DosingItems = None,
    covariate: Covariates = None,
    carried: CarriedRule = "backward",
    dates: Dates = None,
    sort: Sort = False,
    scale: Scale = "1",
    output: Output = STDOUT,
) -> None:
    """Predict the observations of an event table with a pharmacokinetic model, an SBML file, or sjia.

    The table follows the conventions of NONMEM 7, or has the variables of ADPPK. Each row with EVID 0 or 2
    gives one row of the output: ROW, ID, TIME, DVID, DV and PRED. A table that cannot be used is refused; the
    message names row and column.

    Examples:
      quotidian run-events --model pk-1cmt-oral --data data.csv --set "CL=2,V=20,KA=1.2"
      quotidian run-events --model pk-1cmt --data data.csv --set V=20 \\
          --covariate "CL = 2*(WT/70)**0.75" --output predictions.csv
      quotidian run-events --model pk-1cmt-oral --data data.csv --set "CL=2,V=20,KA=1.2" \\
          --dosing "F1=0.6,ALAG1=0.5"
      quotidian run-events --model sjia --data children.csv
    """
    parameters = settings("--set", values or None, "CL=2,V=20")
    given = _dosing(settings("--dosing", dosing, "F1=0.6,ALAG1=0.5"))
    factor = option_types.number("--scale", scale, "1000")
    if carried not in ("backward", "forward"):
        raise InvalidInput(f"--carried {carried} is unknown.", "", "Write backward or forward.")
    if output != STDOUT:
        check_file(output, TABLES)
    from quotidian.api.event_tables import prediction_table
    from quotidian.application.event_tables.predictions import predict_table
    from quotidian.data import read_events

    table = read_events(data, dates=dates, sort=sort)
    found = predict_table(
        table, model, parameters, dosing=given, covariates=tuple(covariate or ()),
        carried="forward" if carried == "forward" else "backward", scale=factor,
    )  # fmt: skip
    _write(output, prediction_table(table, found))
    for text in found.notes:
        note(text)
    (note if output == STDOUT else print)(
        f"{model}; {len(table.ids)} subjects; {len(found.rows)} predictions to "
        f"{'standard output' if output == STDOUT else output}.\n{RESEARCH_USE}"
    )


def _dosing(given: dict[str, float]) -> Dosing:
    """``F1``, ``ALAG1``, ``D1``, ``R1`` by compartment. Raises InvalidInput for another name."""
    from quotidian.data.dosing_records import Dosing

    found: dict[str, dict[int, float]] = {kind: {} for kind in ITEMS.values()}
    for name, value in given.items():
        match = re.fullmatch(r"(F|ALAG|D|R)([1-9])", name.upper())
        if match is None or value < 0:
            raise InvalidInput(
                f"--dosing cannot use {name}={value:g}.",
                "It takes F1, ALAG1, D1 and R1 of a compartment, none of them negative.",
                'Write for example --dosing "F1=0.6,ALAG1=0.5".',
            )
        found[ITEMS[match[1]]][int(match[2])] = value
    return Dosing(*(dict(found[kind]) for kind in ITEMS.values()))


def _write(output: Path, table: pl.DataFrame) -> None:
    if output == STDOUT:
        sys.stdout.write(table.write_csv())
        return
    with whole_file(output) as partial:
        if output.suffix.lower() == ".parquet":
            table.write_parquet(partial)
        else:
            table.write_csv(partial)
