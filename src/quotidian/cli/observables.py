"""``quotidian observables``: every output of a model, with unit and meaning."""

from __future__ import annotations

from typing import Annotated

import typer

from quotidian.cli.support.console import console, print_json
from quotidian.version import RESEARCH_USE


def observables(
    model: Annotated[
        str,
        typer.Argument(
            metavar="[MODEL]",
            help="sjia, sjia_detailed, healthy_child, adult_ra, castleman or transgenic_mouse.",
        ),
    ] = "sjia",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the observables of a model: name, unit and meaning of every output.

    A unit of 1 marks a dimensionless quantity: a count, a score, or a value relative to typical active
    disease. The observables of a drug are 0 in a child who does not receive it.

    Examples:
      quotidian observables
      quotidian observables healthy_child --json
    """
    from quotidian.models import observables as known

    rows = [(o.name, o.unit, o.meaning) for o in known(model).values()]
    if json:
        print_json([dict(zip(("name", "unit", "meaning"), row, strict=True)) for row in rows])
        return
    _print_table(rows)


def _print_table(rows: list[tuple[str, str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("name", "unit", "meaning"):
        table.add_column(heading, no_wrap=heading != "meaning")
    for row in rows:
        table.add_row(*map(Text, row))
    console().print(table)
    print(f"\n{RESEARCH_USE}")
