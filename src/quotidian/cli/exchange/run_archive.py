"""``quotidian run-archive``: run a COMBINE archive from another program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support.console import note
from quotidian.reports.files import check_folder, whole_folder
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    import polars as pl

File = Annotated[Path, typer.Argument(metavar="FILE", help="An .omex file.")]
Output = Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder, for one table per report.")]


def run_archive(file: File, output: Output) -> None:
    """Run the master file of a COMBINE archive: a simulation in SED-ML, or a PEtab problem.

    Each report becomes a CSV table, with one column for each data set; a repeated task has a column for each
    repetition, label[0], label[1], ... A PEtab problem gives its log-likelihood and its simulation table.
    Unpacked files of the archive are deleted.

    Examples:
      quotidian run-archive run.omex --output out/run
    """
    check_folder(output, (), lambda _: False)
    from quotidian.api.exchange import petab_of
    from quotidian.api.exchange import run_archive as run

    found = run(file)
    for warning in found.warnings:
        note(f"{file}: {warning}.")
    problem = petab_of(found)
    if problem is not None:
        print(f"log-likelihood  {problem.log_likelihood:.10g}\nchi-square      {problem.chi2:.10g}")
        tables = {"simulations": problem.simulations}
    else:
        tables = {name: _table(columns) for name, columns in found.reports.items()}
    with whole_folder(output, "") as partial:
        for name, table in tables.items():
            table.write_csv(partial / f"{_plain(name)}.csv")
    for name, table in tables.items():
        print(f"{_plain(name)}: {table.height} rows of {table.width} columns.")
    print(f"Written to {output}.\n{RESEARCH_USE}")


def _table(columns: Mapping[str, Sequence[float]]) -> pl.DataFrame:
    """Columns of a report; shorter ones end with empty cells."""
    import polars as pl

    longest = max((len(c) for c in columns.values()), default=0)
    return pl.DataFrame(
        {name: [*values, *[None] * (longest - len(values))] for name, values in columns.items()}
    )


def _plain(name: str) -> str:
    """The id of a report as a file name: others chose it."""
    return "".join(c if c.isalnum() or c in "_-" else "_" for c in name) or "report"
