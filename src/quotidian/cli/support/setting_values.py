"""The option ``--set``: values of the ledger for one run."""

from __future__ import annotations

from typing import Annotated

import typer

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Replace a value of the ledger, in its unit unless another is given; may be repeated.  "
        "'quotidian evidence' lists names.",
    ),
]
