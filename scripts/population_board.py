"""Population fits of published problems beside their published estimates: OFV, parameters, processor time.

FOLDER holds a folder for each problem with data.csv and problem.yaml (data, model, start, references). Each
problem of PROBLEMS is fitted from two starts, that of the problem and one with other typical values and wider
random effects. Prints a table and, for each fit, the largest difference of a typical value.

    python scripts/population_board.py FOLDER [--problems p02,p13] [--methods focei,saem]
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quotidian.application.fitting.population_fit import Method, PopulationFit, fit_population
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.inference.effects import CovariateEffect, Effects, Endpoint, ParameterEffect
from quotidian.inference.residual import Kind


@dataclass(frozen=True)
class Problem:
    """How a published problem is stated here.

    Attributes
    ----------
    parameters : in the order of the published covariance. error : kind of residual error, its parts by name
        in the file. block : whether all random effects covary. starts : typical values and SDs that the file
        does not state.
    """

    model: str
    parameters: tuple[str, ...]
    kind: Kind
    error: tuple[str, ...]
    block: bool = False
    starts: Mapping[str, float] | None = None
    covariates: bool = False


PROBLEMS = {
    "p01": Problem(
        "pk-1cmt-oral", ("KA", "V", "CL"), "combined", ("s2add", "s2prop"), block=True, starts={"CL": 5.0}
    ),
    "p02": Problem("pk-1cmt-oral", ("KA", "CL", "V"), "combined", ("add", "prop")),
    "p04": Problem("pk-2cmt", ("V", "CL", "V2", "Q"), "proportional", ("s2",)),
    "p05": Problem("pk-1cmt", ("CL", "V"), "proportional", ("s2",), block=True, covariates=True),
    "p08": Problem("pk-2cmt", ("CL", "V", "Q", "V2"), "log", ("sd",), block=True),
    "p13": Problem("pk-2cmt", ("CL", "V", "Q", "V2"), "proportional", ("prop",)),
    "p16": Problem("pk-1cmt-oral", ("KA", "CL", "V"), "additive", ("a",), starts={"a": 0.7}),
}
COVARIATES = (("WT", "power", 70.0), ("AGE", "power", 50.0), ("SEX", "factor", 0.0))
SECOND = (1.4, 0.7)  # factors on the typical values of the second start, in turn
WIDER = 1.3


def named(values: Mapping[str, Any], name: str) -> float | None:
    """A typical value under any of the names that problems give it."""
    for own in (name, f"{name}1") if name == "V" else (name,):
        for prefix, scale in (("", float), ("tv", float), ("l", lambda x: math.exp(float(x)))):
            if f"{prefix}{own}" in values:
                return scale(values[f"{prefix}{own}"])
    return None


def effects_of(problem: Problem, start: Mapping[str, Any], second: bool) -> Effects:
    """The effects of a problem at one of its starts."""
    more = problem.starts or {}
    diagonal = start.get("omega_diag") or [row[-1] for row in start.get("omega_lower", [])]
    parameters = []
    for k, name in enumerate(problem.parameters):
        typical = more.get(name) or named(start, name)
        assert typical is not None, f"no start of {name}"
        between = math.sqrt(diagonal[k] if diagonal else 0.1) * (WIDER if second else 1.0)
        typical *= SECOND[k % 2] if second else 1.0
        own: list[CovariateEffect] = []
        for column, relation, centre in COVARIATES if problem.covariates else ():
            value = float(start[f"{name}_{column}"])
            own.append(CovariateEffect(column, relation, value, centre))  # type: ignore[arg-type]
        parameters.append(ParameterEffect(name, typical, between, covariates=tuple(own)))
    sizes = [float(start.get(part, more.get(part, 0.5))) for part in problem.error]
    sizes = [
        math.sqrt(s) if part.startswith("s2") else s for part, s in zip(problem.error, sizes, strict=True)
    ]
    blocks = (problem.parameters,) if problem.block else ()
    return Effects(tuple(parameters), (Endpoint("", problem.kind, tuple(sizes)),), blocks)


def published(problem: Mapping[str, Any], method: str) -> Mapping[str, Any] | None:
    """The reference of a method; for SAEM one of the likelihood itself, if there is no other."""
    kinds = {"focei": ("FOCEI",), "laplace": ("LAPLACE",), "saem": ("SAEM", "importance", "exact", "FOCEI")}
    for kind in kinds[method]:
        for reference in problem["references"]:
            plain = reference["method"].startswith(kind) and "theta" in reference
            if plain and not any(
                w in reference["method"] for w in ("lag", "a kg", "only", "fixed", "rows", "weight")
            ):
                return dict(reference)
    return None


def row(
    name: str, method: str, start: str, fit: PopulationFit, cpu: float, reference: Mapping[str, Any] | None
) -> str:
    """One line of the table."""
    theta = dict(fit.estimates["theta"])
    last = fit.problem.structure.effects.parameters[-1].name
    other = named(reference["theta"], last) if reference else None
    if other is not None and not 0.1 < theta[last] / other < 10.0:
        reference = None  # it is in other units, such as volumes per kg
    worst, where = 0.0, "-"
    for parameter in fit.problem.structure.effects.parameters:
        other = named(reference["theta"], parameter.name) if reference else None
        if other is not None and abs(theta[parameter.name] / other - 1.0) >= worst:
            worst, where = abs(theta[parameter.name] / other - 1.0), parameter.name
    values = ", ".join(f"{key} {value:.4g}" for key, value in theta.items())
    stated = reference.get("objective") if reference else None
    shown = f"{stated:.2f}" if isinstance(stated, float) else "-"
    kind = reference["method"].split(",")[0] if reference else "-"
    return (
        f"| {name} | {method} | {start} | {fit.ofv:.2f} | {shown} ({kind}) | {values} | "
        f"{worst:.1%} ({where}) | {cpu:.1f} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--methods", default="focei,saem")
    asked = parser.parse_args(arguments)
    print("| problem | method | start | OFV | published OFV | estimates | largest difference | CPU, s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.problems.split(","):
        (folder,) = asked.folder.glob(f"{name}_*")
        stated = yaml.safe_load((folder / "problem.yaml").read_text(encoding="utf-8"))
        problem, table = PROBLEMS[name], read_events(folder / "data.csv")
        for method in asked.methods.split(","):
            own: Method = method
            for start in ("own", "other"):
                effects = effects_of(problem, stated["start"], start == "other")
                began = time.process_time()
                fit = fit_population(
                    table, structural_model(problem.model), effects, own, seed=1 + (start == "other")
                )
                cpu = time.process_time() - began
                print(row(name, method, start, fit, cpu, published(stated, method)), flush=True)


if __name__ == "__main__":
    main()
