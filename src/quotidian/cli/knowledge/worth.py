"""``quotidian worth``: what to measure next, and which value matters most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.simulate import Regimen
from quotidian.cli.support import option_types
from quotidian.cli.support.console import console
from quotidian.cli.support.ensemble_members import member_count
from quotidian.cli.trial import Seed, Threads
from quotidian.units import quantity_text
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotidian.application.learning.worth_run import Share, Worth

Outcome = Annotated[str, typer.Argument(metavar="OUTCOME", help="trial.endpoint.arm, or an observable.")]
Week = Annotated[
    str | None,
    typer.Option(metavar="N", help="Week of the outcome; by default the primary week of a trial, or 12."),
]
Members = Annotated[str, typer.Option(metavar="N", help="Number of members of the ensemble to simulate.")]
Children = Annotated[
    str, typer.Option(metavar="N", help="Number of children in whom a biomarker is measured.")
]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Write all shares into this .csv file.")]
MOST_CHILDREN = 10_000
"""Assumed, because each is simulated with every member."""
SHOWN = 12
"""Lines of each table on the screen."""


def worth(
    outcome: Outcome,
    week: Week = None,
    regimen: Regimen = "tocilizumab-iv",
    members: Members = "60",
    children: Children = "20",
    seed: Seed = "1",
    output: Output = None,
    threads: Threads = None,
) -> None:
    """Rank measurements and parameters by the share of an outcome's uncertainty that they would remove.

    The outcome differs between members of the ensemble, because parameter values are uncertain. A measurement
    that is correlated with the outcome would reduce this variance. Possible measurements are another estimate
    of a row of the trial, and a biomarker in some children at a visit. The first table gives the share of the
    variance that each is expected to remove, given its sampling error. The second table gives the share that
    each parameter would remove if it were known exactly. If the outcome is an observable, it is the mean over
    virtual children.

    Examples:
      quotidian worth tender.acr70.tocilizumab
      quotidian worth active_joints --week 12 --regimen tocilizumab-iv --children 30
    """
    from quotidian.application.learning.knowledge import read_knowledge
    from quotidian.application.learning.worth_request import WorthRequest
    from quotidian.application.learning.worth_run import worth as run
    from quotidian.cli.support.progress import progress
    from quotidian.engine import thread_count
    from quotidian.reports.files import check_file

    request = WorthRequest(
        outcome,
        option_types.maybe(option_types.whole_from_zero, "--week", week, "12"),
        regimen,
        member_count(members),
        option_types.whole("--children", children, "20", most=MOST_CHILDREN),
        option_types.whole_from_zero("--seed", seed, "1"),
    )
    workers = option_types.threads(threads) or thread_count()
    if output is not None:
        check_file(output, (".csv",))
    with progress(f"{request.members} members") as reach:
        found = run(request, read_knowledge(), workers=workers, progress=reach)
    _print(found)
    if output is not None:
        from quotidian.reports.files import write_atomically

        write_atomically(output, _csv(found))
        print(f"Written to {output}.")
    print(RESEARCH_USE)


def _print(found: Worth) -> None:
    asked = found.request
    name = str(asked.key) if asked.key else f"{asked.outcome}, week {asked.visit}, {asked.regimen}"
    numbers = f"{quantity_text(f'{found.expected:.3g}', found.unit)} ({found.low:.3g} to {found.high:.3g})"
    print(
        f"{name}: {numbers}, mean and central 95 % of {asked.members} members, from parameter uncertainty "
        "alone."
    )
    if found.surrogate_share is not None:
        print(f"Error of the surrogate: {100 * found.surrogate_share:.0f} % of that variance.")
    if found.failed:
        print(f"Runs without a result: {found.failed}.")
    _table("measurement", found.measurements)
    _table("value, if known exactly", found.values)


def _table(head: str, shares: Sequence[Share]) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(head)
    table.add_column("variance removed, %", justify="right")
    for one in shares[:SHOWN]:
        table.add_row(one.name, _percent(one))
    console().print(table)
    if len(shares) > SHOWN:
        print(f"... and {len(shares) - SHOWN} that remove less.\n")


def _percent(one: Share) -> str:
    error = "" if one.error is None else f" ± {100 * one.error:.0f}"
    return f"{100 * one.removed:.0f}{error}"


def _csv(found: Worth) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("kind", "name", "removed", "error"))
    for kind, shares in (("measurement", found.measurements), ("value", found.values)):
        writer.writerows(
            (kind, one.name, f"{one.removed:.6g}", "" if one.error is None else f"{one.error:.6g}")
            for one in shares
        )
    return text.getvalue()
