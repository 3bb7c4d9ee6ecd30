"""``quotidian export``: a model, one child and its doses, for another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotidian.cli.simulate import LONGEST, Age, Height, Regimen, Severity, Sex, Weight
from quotidian.cli.support import option_types
from quotidian.cli.support.observable_options import CHILD_MODELS
from quotidian.errors import UnknownName, closest
from quotidian.reports.files import STDOUT, check_file, whole_file
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from quotidian.patients.child import Child

FORMATS = {"sbml": (".xml", ".sbml"), "antimony": (".ant", ".txt")}
"""What can be written, and the suffixes of its files."""
NO_DRUG = "none"

Name = Annotated[str, typer.Argument(metavar="MODEL", help="sjia, sjia_detailed, healthy_child or adult_ra.")]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=" or ".join(FORMATS) + ".")]
Weeks = Annotated[str, typer.Option(metavar="N", help="Number of weeks for which doses are written.")]
RunIn = Annotated[
    str,
    typer.Option("--run-in", metavar="DAYS", help="Untreated days before time 0; 'simulate' uses 28."),
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
    regimen: Regimen = NO_DRUG,
    weeks: Weeks = "12",
    run_in: RunIn = "28",
    output: Output = None,
) -> None:
    """Write a model as SBML Level 3 Version 1 or as Antimony.

    Without the options of a child, the file contains the model's typical child with the initial values that
    the model computes. With these options, the file begins where the output of 'simulate' begins: at midnight
    of the first day of treatment, after the untreated days. Doses are events; the first is at 09:00. Time is
    in hours.

    Examples:
      quotidian export sjia --output sjia.xml
      quotidian export sjia --age 6 --sex female --weight 20 --regimen tocilizumab-iv \\
          --weeks 12 --output child.xml
      quotidian export healthy_child --format antimony
    """
    if format not in FORMATS:
        raise UnknownName(
            f"There is no format '{format}'.", closest(format, FORMATS), "Write for example --format sbml."
        )
    if output is not None and output != STDOUT:
        check_file(output, FORMATS[format])
    from quotidian.drugs.catalogue import marks

    hours = 168.0 * option_types.number("--weeks", weeks, "12", most=LONGEST)
    days = option_types.whole_from_zero("--run-in", run_in, "28")
    who = _stated(
        model,
        (age, sex, weight, height),
        option_types.maybe(option_types.number, "--severity", severity, "1.5"),
        regimen,
    )
    text = _text(model, format, who, regimen, hours, days)
    if output is None or output == STDOUT:
        print(text)
        return
    with whole_file(output) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    words = f"{_words(model, who, regimen)}: {len(text.splitlines())} lines to {output}."
    print("\n".join([words, *marks(regimen), RESEARCH_USE]))


def _stated(
    model: str,
    who: tuple[str | None, str | None, str | None, str | None],
    severity: float | None,
    regimen: str,
) -> Child | None:
    """The child of the options; None if no option describes a child or gives a drug.

    Raises
    ------
    ImplausibleChild, InvalidQuantity : options that describe none. UnknownName : a model without children.
    """
    from quotidian.cli.support.subject_options import virtual_child
    from quotidian.models import model as model_named

    model_named(model)  # refuses a name that is none
    if severity is None and who == (None,) * 4 and regimen == NO_DRUG:
        return None
    if model not in CHILD_MODELS:
        remedy = f"Leave the child and the regimen out, or export {CHILD_MODELS[0]}."
        raise UnknownName(f"There is no child in the model '{model}'.", closest(model, CHILD_MODELS), remedy)
    return virtual_child(*who, severity, None)


def _text(model: str, format: str, who: Child | None, regimen: str, hours: float, days: int) -> str:
    """The document."""
    from quotidian.drugs.catalogue import regimen as prescribed
    from quotidian.interchange import to_antimony, to_sbml, untreated
    from quotidian.models import USUAL
    from quotidian.models import model as model_named

    write = to_sbml if format == "sbml" else to_antimony
    if who is None:
        return write(model_named(model))
    given = None if regimen == NO_DRUG else prescribed(regimen)
    named = model_named(model, (*USUAL, *(given.drugs if given else ())))
    states = untreated(named, who, days) if days else None
    return write(named, given, who, hours, states=states)


def _words(model: str, who: Child | None, regimen: str) -> str:
    return model if who is None else f"{who.label}; {model}; {regimen}"
