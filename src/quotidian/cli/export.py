"""``quotidian export``: a model, one child and its doses, for another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.application.child_models import CHILD_MODELS
from quotidian.application.exporting import (
    FORMATS,
    WITH_DATA,
    Document,
    document,
    refuse_format,
    sbml_document,
    table_beside,
)
from quotidian.cli.simulate import LONGEST, Age, Height, Regimen, Scenario, Seed, Severity, Sex, Weight
from quotidian.cli.support import option_types
from quotidian.cli.support.memory import MOST_OUTPUTS, refuse_too_many
from quotidian.cli.support.observable_options import USUAL
from quotidian.errors import UnknownName, closest
from quotidian.reports.files import STDOUT, check_file, whole_file
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.patients.child import Child

NO_DRUG = "none"
LONGEST_RUN_IN = 365
"""Days without treatment before time 0. Assumed, because the untreated state no longer changes by then."""
MOST_OF_ARCHIVES = 1_000_000
"""Steps of a course in an archive; more are refused where archives are read."""

Name = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="sjia, sjia_detailed, healthy_child, adult_ra, castleman or transgenic_mouse."
    ),
]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=", ".join(FORMATS) + ".")]
Weeks = Annotated[str, typer.Option(metavar="N", help="Number of weeks for which doses are written.")]
RunIn = Annotated[
    str,
    typer.Option("--run-in", metavar="DAYS", help="Untreated days before time 0; 'simulate' uses 28."),
]
Every = Annotated[
    str, typer.Option(metavar="T", help="Output interval of an archive, or of the table of doses.")
]
Observables = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES", help="Columns of an archive's report, separated by commas; by default a few."
    ),
]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="File to write; by default standard output.")
]


def export(
    model: Name,
    format: Format = "sbml",
    age: Age = None,
    sex: Sex = None,
    weight: Weight = None,
    height: Height = None,
    severity: Severity = None,
    seed: Seed = None,
    regimen: Regimen = NO_DRUG,
    scenario: Scenario = "",
    weeks: Weeks = "12",
    run_in: RunIn = "28",
    every: Every = "6h",
    observables: Observables = None,
    output: Output = None,
) -> None:
    """Write a model for another program: SBML, Antimony, a COMBINE archive, mrgsolve, rxode2 or NONMEM.

    Without the options of a child, the file contains the model's typical child with the initial values that
    the model computes. With these options, the file begins where the output of 'simulate' begins: at midnight
    of the first day of treatment, after the untreated days. Doses are events; the first is at 09:00. Time is
    in hours. For mrgsolve, rxode2 and NONMEM doses are data: a CSV file of the same name beside the model.

    Examples:
      quotidian export sjia --output sjia.xml
      quotidian export sjia --age 6 --sex female --weight 20 --regimen tocilizumab-iv \\
          --weeks 12 --output child.xml
      quotidian export healthy_child --format antimony
      quotidian export sjia --format omex --weeks 2 --every 1h --observables crp,il6 --output run.omex
      quotidian export sjia --format nonmem --weeks 1 --output sjia.ctl
    """
    refuse_format(format, output, STDOUT)
    if output is not None and output != STDOUT:
        check_file(output, FORMATS[format])
        if format in WITH_DATA:
            check_file(table_beside(output), (".csv",))
    from quotidian.drugs.catalogue import marks
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.simulation.clock import points

    hours = 168.0 * option_types.number("--weeks", weeks, "12", most=LONGEST)
    days = option_types.whole_from_zero("--run-in", run_in, "28", LONGEST_RUN_IN)
    who = _stated(
        model,
        (age, sex, weight, height),
        option_types.maybe(option_types.number, "--severity", severity, "1.5"),
        regimen,
        option_types.maybe(option_types.whole_from_zero, "--seed", seed, "1"),
    )
    step = option_types.interval("--every", every, "6h")
    refuse_too_many(points(0.0, hours, step) - 1, MOST_OF_ARCHIVES if format == "omex" else MOST_OUTPUTS)
    sbml, known = sbml_document(model, who, prescribed(regimen), scenario, hours, days)
    names = [n.strip() for n in observables.split(",")] if observables else [n for n in USUAL if n in known]
    written = document(format, sbml, hours, step, names, output)
    if output is None or output == STDOUT:
        print(written.content.decode())
        return
    with whole_file(output) as partial:
        partial.write_bytes(written.content)
    if written.data is not None:
        with whole_file(table_beside(output)) as partial:
            partial.write_text(written.data, encoding="utf-8", newline="\n")
    print(
        "\n".join(
            [f"{_words(model, who, regimen)}: {_size(written, output)}.", *marks(regimen), RESEARCH_USE]
        )
    )


def _size(written: Document, output: Path) -> str:
    if output.suffix == ".omex":
        return f"{len(written.content):,} bytes to {output}"
    lines = f"{len(written.content.splitlines())} lines to {output}"
    return lines if written.data is None else f"{lines}, doses to {table_beside(output)}"


def _stated(
    model: str,
    who: tuple[str | None, str | None, str | None, str | None],
    severity: float | None,
    regimen: str,
    seed: int | None,
) -> Child | None:
    """The child of the options; None if no option describes a child or gives a drug.

    Raises
    ------
    ImplausibleChild, InvalidQuantity : options that describe none. UnknownName : a model without children.
    """
    from quotidian.cli.support.subject_options import virtual_child
    from quotidian.models import model as model_named

    model_named(model)  # refuses a name that is none
    if severity is None and seed is None and who == (None,) * 4 and regimen == NO_DRUG:
        return None
    if model not in CHILD_MODELS:
        remedy = f"Leave the child and the regimen out, or export {CHILD_MODELS[0]}."
        raise UnknownName(
            f"No child can be simulated with the model '{model}'.", closest(model, CHILD_MODELS), remedy
        )
    return virtual_child(*who, severity, seed)


def _words(model: str, who: Child | None, regimen: str) -> str:
    return model if who is None else f"{who.label}; {model}; {regimen}"
