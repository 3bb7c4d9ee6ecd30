"""``quotidian sensitivity``: the values of the ledger that move an outcome of one child, ranked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.simulate import (
    LONGEST,
    Age,
    Height,
    Model,
    Regimen,
    Scenario,
    Severity,
    Sex,
    Weeks,
    Weight,
)
from quotidian.cli.support import option_types
from quotidian.cli.support.clinical_chart import PICTURES
from quotidian.cli.support.console import console, note
from quotidian.cli.support.setting_values import Set
from quotidian.reports.files import STDOUT, check_file
from quotidian.units import quantity_text
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.application.sensitivity.ranking import Ranking

Outcome = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="An observable; after it :end (mean of the last day, the default), :mean, :max, :min or :auc.",
    ),
]
Method = Annotated[str, typer.Option(metavar="NAME", help="local, sobol, morris or pawn.")]
Values = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        help="Beginnings of names in the ledger, separated by commas: tocilizumab,biology.fever. By "
        "default all; for a global method, those with the largest local effect.",
    ),
]
Samples = Annotated[str, typer.Option(metavar="N", help="Number of base points of a global method.")]
Seed = Annotated[str, typer.Option(metavar="N", help="Seed of the design of a global method.")]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A .csv file; - writes to standard output.")
]
Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the ranking: .svg, .png or .pdf.")]
Threads = Annotated[
    str | None, typer.Option(metavar="N", help="Processors to use; they do not change the result.")
]
SHOWN = 15
INDICES = ("total", "first", "pawn")


def sensitivity(
    age: Age = None,
    sex: Sex = None,
    weight: Weight = None,
    height: Height = None,
    severity: Severity = None,
    regimen: Regimen = "none",
    outcome: Outcome = "crp",
    method: Method = "local",
    parameters: Values = "",
    samples: Samples = "128",
    seed: Seed = "1",
    model: Model = "sjia",
    scenario: Scenario = "",
    weeks: Weeks = "12",
    set_: Set = None,
    output: Output = None,
    plot: Plot = None,
    threads: Threads = None,
) -> None:
    """Rank the parameters of the ledger by their influence on an outcome of one child.

    'local' computes elasticities from exact derivatives. An elasticity of 2 means that a value higher by
    1 % makes the outcome higher by 2 %. 'change per SD' is the change of the outcome, in its unit, for
    one SD of the uncertainty of the value. The global methods sample values from the uncertainty stated
    in the ledger: 'sobol' gives the share of variance of each value, alone and with its interactions,
    'morris' averages elementary effects, 'pawn' compares distributions.

    Examples:
      quotidian sensitivity --age 6 --sex female --regimen tocilizumab-iv --plot ranking.svg
      quotidian sensitivity --age 6 --sex female --outcome temperature:max \\
          --parameters biology.fever
      quotidian sensitivity --age 6 --sex female --regimen tocilizumab-iv --outcome tocilizumab:auc \\
          --parameters tocilizumab --method sobol --samples 256 --output sobol.csv
    """
    from quotidian.application.sensitivity.files import draw_ranking, ranking_csv
    from quotidian.application.sensitivity.ranking import SensitivityRequest, rank
    from quotidian.cli.support.progress import progress
    from quotidian.cli.support.subject_options import child_and_values
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.reports.files import write_atomically

    plan = prescribed(regimen)
    who, stated = child_and_values(
        age, sex, weight, height, severity, None, set_, (model, scenario, plan.drugs)
    )
    request = SensitivityRequest(
        child=who, regimen=plan, outcome=outcome, method=method.strip(),
        names=tuple(x.strip() for x in parameters.split(",") if x.strip()),
        samples=option_types.whole("--samples", samples, "128", least=2),
        seed=option_types.whole_from_zero("--seed", seed, "1"),
        days=7.0 * option_types.number("--weeks", weeks, "12", most=LONGEST), model=model, scenario=scenario,
        base=stated.overlay,
    )  # fmt: skip
    workers = option_types.threads(threads)
    if output is not None and output != STDOUT:
        check_file(output, (".csv",))
    if plot is not None:
        check_file(plot, PICTURES)
    with progress("Ranking the values") as reach:
        found = rank(request, workers, reach)
    if output == STDOUT:
        print(ranking_csv(found), end="")
    elif output is not None:
        write_atomically(output, ranking_csv(found))
    else:
        _show(found)
    say = note if output == STDOUT else print
    if plot is not None:
        draw_ranking(found, plot)
        say(f"Chart: {plot}")
    say("\n".join([_words(found), *stated.remarks, RESEARCH_USE]))


def _words(found: Ranking) -> str:
    from quotidian.dosing import describe
    from quotidian.reports.wording import significant, unit_sign

    value = quantity_text(significant(found.value, 3), unit_sign(found.outcome.unit))
    runs = f"; {found.runs:,} runs" if found.runs > 1 else ""
    child = f"{found.request.child.label}; {describe(found.request.regimen)}"
    return f"{child}; {found.outcome.words}: {value}; {len(found.names)} values{runs}."


def _cell(column: str, value: float) -> str:
    """An index with three decimals, since below them it is noise; any other number with three digits."""
    from quotidian.reports.wording import significant

    return f"{value:.3f}" if column.startswith(INDICES) else significant(value, 3)


def heading(name: str, unit: str) -> str:
    """Heading of a column: ``change per SD, mg/L``; a ratio or a share has no unit."""
    from quotidian.application.sensitivity.ranking import MEASURES
    from quotidian.reports.wording import unit_sign

    words = name.replace("_", " ").replace("per sd", "per SD")
    own = unit_sign(unit) if name in ("change_per_sd", *MEASURES["morris"]) else ""
    return (f"{words}, {own}" if own else words).replace(" ", "\n")


def _show(found: Ranking) -> None:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("value of the ledger", no_wrap=True)
    for name in found.columns:
        table.add_column(heading(name, found.outcome.unit), justify="right")
    for i, name in enumerate(found.names[:SHOWN]):
        table.add_row(name, *(_cell(column, float(x[i])) for column, x in found.columns.items()))
    console().print(table)
    if len(found.names) > SHOWN:
        print(f"{len(found.names) - SHOWN} more values; --output FILE.csv holds all.")
