"""The option ``--set``: values of the ledger for one run."""

from __future__ import annotations

from typing import Annotated

import typer

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A value of the ledger for this run, in its unit or with a unit of your own; may be repeated. "
        "'quotidian evidence' lists names.",
    ),
]
