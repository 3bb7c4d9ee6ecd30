"""The option ``--daily``: one row a day, and how a day is summarised."""

from __future__ import annotations

from typing import Annotated

import typer

from quotidian.errors import InvalidInput

Daily = Annotated[
    str,
    typer.Option(
        metavar="HOW",
        help="Write one row a day in place of --every: mean, max, min or 'at 08:00', with commas between.",
    ),
]


def refuse_daily(refused: bool, why: str, remedy: str) -> None:
    """Refuse ``--daily`` where nothing is written of it. Raises InvalidInput."""
    if refused:
        raise InvalidInput("--daily has no table to write.", why, remedy)
