"""The option ``--daily``: one row a day, and how a day is summarised."""

from __future__ import annotations

from typing import Annotated

import typer

from quotidian.errors import InvalidInput

Daily = Annotated[
    str,
    typer.Option(
        metavar="HOW",
        help="Write one row per day, not by --every: mean, max, min or 'at 08:00', separated by commas.",
    ),
]


def refuse_daily(refused: bool, why: str, remedy: str) -> None:
    """Refuse ``--daily`` where nothing is written of it. Raises InvalidInput."""
    if refused:
        raise InvalidInput("--daily has no table to write.", why, remedy)
