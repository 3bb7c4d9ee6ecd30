"""``quotidian petab``: the objective of a parameter estimation problem from another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotidian.cli.support.console import note
from quotidian.cli.support.settings import settings
from quotidian.reports.files import check_file, whole_file
from quotidian.version import RESEARCH_USE

File = Annotated[Path, typer.Argument(metavar="FILE", help="The YAML file of a PEtab problem.")]
Values = Annotated[
    str | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Other values of parameters, separated by commas."),
]
Gradient = Annotated[
    bool, typer.Option("--gradient", help="Print the derivatives of the log-likelihood, too.")
]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="A .tsv file for the simulation table.")]


def petab(file: File, values: Values = None, gradient: Gradient = False, output: Output = None) -> None:
    """Evaluate a PEtab problem: log-likelihood, chi-square, log-posterior, simulations.

    Versions 1 and 2 are read, with models in SBML. Parameters have their nominal values unless --set changes
    them, with values on the linear scale. --gradient gives one derivative per estimated parameter, on the
    scale that the problem states for it.

    Examples:
      quotidian petab problem.yaml --output simulations.tsv
      quotidian petab problem.yaml --set "k1=0.8,k2=0.6" --gradient
    """
    if output is not None:
        check_file(output, (".tsv",))
    from quotidian.api.exchange import evaluate_petab

    found = evaluate_petab(file, settings("--set", values, "k1=0.8"), derivatives=gradient)
    for warning in found.warnings:
        note(f"{file}: {warning}.")
    print(f"log-likelihood  {found.log_likelihood:.10g}")
    print(f"chi-square      {found.chi2:.10g}")
    print(f"log-posterior   {found.log_posterior:.10g} (with the priors, without their constant)")
    for name, slope in found.gradient.items():
        print(f"d log-likelihood / d {name}  {slope:.8g}")
    if output is not None:
        with whole_file(output) as partial:
            found.simulations.write_csv(partial, separator="\t")
        print(f"{len(found.simulations)} simulations to {output}.")
    print(RESEARCH_USE)
