"""The table of ``--check``: the largest error of each observable against a tighter tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.support.console import console

if TYPE_CHECKING:
    from quotidian.trials.result import AccuracyCheck

CheckTrial = Annotated[
    bool, typer.Option("--check", help="Repeat one replicate at a hundredth of the solver's tolerance.")
]


def print_errors(errors: Mapping[str, float | None], children: int, lost: int) -> None:
    """Print the largest relative errors, over ``children`` of whom ``lost`` were not followed to the end."""
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("observable")
    table.add_column("largest relative error", justify="right")
    for name, error in errors.items():
        table.add_row(name, "unknown" if error is None else f"{error:.1e}")
    console().print(table)
    print(f"Against 100 times tighter tolerance, in {children:,} {'child' if children == 1 else 'children'}.")
    if lost:
        print(f"Of these, {lost} could not be simulated to the end and are not included.")


def print_trial_check(found: AccuracyCheck) -> None:
    """Print the check of a trial."""
    if found.failure:
        print(f"The accuracy is unknown: {found.failure}")
        return
    print_errors(found.errors, found.compared, 0)
    if found.otherwise:
        print(f"{found.otherwise} more are not included, because a decision at a visit differed.")
