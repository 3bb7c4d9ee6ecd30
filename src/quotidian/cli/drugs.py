"""``quotidian drugs``: every drug that can be given, its standard dose, and the evidence for that dose."""

from __future__ import annotations

from typing import Annotated

import typer

from quotidian.cli.support.console import console, print_json
from quotidian.version import RESEARCH_USE


def drugs(json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """List the drugs: name for --regimen, standard dose and its basis (licensed, tried, or scaled).

    A name alone gives the standard dose. Another dose follows a colon, and a count, a start and an end may
    follow it: 'canakinumab:4mg/kg/4wk x3 @7d'. Join drugs with '+'. A dose that is not licensed is marked
    in every output.

    Examples:
      quotidian drugs
      quotidian drugs --json
    """
    from quotidian.drugs.catalogue import standard_doses

    rows = standard_doses()
    if json:
        print_json(rows)
        return
    _print_table(rows)


def _print_table(rows: list[dict[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(heading, no_wrap=heading == "name")
    for row in rows:
        table.add_row(*map(Text, row.values()))
    console().print(table)
    print(f"\n{RESEARCH_USE}")
