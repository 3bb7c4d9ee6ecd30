"""Published population problems: fits beside the published estimates, with OFV, marks and processor time.

FOLDER holds a folder for each problem with data.csv and problem.yaml (data, model, start, references). Each
problem is fitted from two starts, that of the problem and one with other typical values and wider random
effects. A fit is within its tolerances if its OFV is at most 0.3 above the reference, typical values within
2 % or 0.1 standard errors, variances within 5 % (SAEM: 10 %) and residual errors within 2 %, or as LOOSER
says.

    python scripts/population_board.py FOLDER [--problems p02,p13] [--methods focei,saem]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from population_problems import PROBLEMS, Problem, effects_of, model_of, named, size_of, table_of

from quotidian.application.fitting.evaluation import Method
from quotidian.application.fitting.population_fit import PopulationFit, fit_population
from quotidian.application.fitting.structural_models import structural_model

EXACT = ("exact", "SAEM, then", "importance")
KINDS = {"focei": ("FOCEI",), "laplace": ("LAPLACE",), "saem": (*EXACT, "SAEM", "FOCEI")}
"""Methods of references, the best first: what SAEM maximises is the likelihood itself."""
OTHERS = ("lag", "fixed", "rows", "weight", "stated", "all eight")
ERRORS = {"a", "b", "add", "prop", "s2", "s2add", "s2prop", "sd", "pdadd"}


@dataclass(frozen=True)
class Mark:
    """Largest differences from the reference: OFV, and parts of each kind of parameter."""

    ofv: float = 0.3
    theta: float = 0.02
    of_error: float = 0.1
    omega: float = 0.05
    sigma: float = 0.02
    apart: Mapping[str, float] | None = None


LOOSER = {
    "p08": Mark(0.5, 0.05, 0.3, 9.0, 9.0),
    "p11": Mark(1.0, 0.05, 0.0, 9.0, 9.0, {"ec50": 0.15, "ka": 9.0, "ktr": 9.0, "emax": 9.0}),
}  # fmt: skip
"""Marks of problems with their own: rounded or Monte Carlo references, other numbers not judged."""


def published(stated: Mapping[str, Any], problem: Problem, method: str) -> Mapping[str, Any] | None:
    """The reference of a method with the same residual error."""
    parts = {part for o in problem.observed for part in o.error}
    for kind in KINDS[method]:
        for reference in stated["references"]:
            text = f"{reference['method']} {reference.get('note', '')}"
            usable = reference["method"].startswith(kind) and {*reference.get("theta", ())} & ERRORS == parts
            if usable and "rounded to" not in text and not any(w in reference["method"] for w in OTHERS):
                return dict(reference)
    return None


def misses(
    fit: PopulationFit, problem: Problem, reference: Mapping[str, Any], mark: Mark, saem: bool
) -> list[str]:
    """What of a fit lies beyond its tolerances, in words."""
    e, theta = fit.estimates, reference["theta"]
    errors = (e["se"] or {"theta": {}})["theta"]
    found = []
    exact = not saem or reference["method"].startswith(EXACT)
    objective = reference.get("objective_own_recalculation", reference.get("objective"))
    noise = 3.0 * e.get("ofv_error", 0.0)
    if exact and isinstance(objective, float) and e["ofv"] > objective + mark.ofv + noise:
        found.append(f"OFV {e['ofv'] - objective:+.2f}")
    for name, value in e["theta"].items():
        other = named(theta, name)
        part = (mark.apart or {}).get(name, mark.theta)
        if other is not None and abs(value - other) > max(
            part * abs(other), mark.of_error * (errors.get(name) or 0.0)
        ):
            found.append(f"{name} {value / other - 1:+.1%}")
    if problem.share:
        share = e["shares"]["1"]
        if abs(share / theta[problem.share] - 1) > mark.theta:
            found.append(f"share {share / theta[problem.share] - 1:+.1%}")
    lower = reference.get("omega_lower")
    for k, name in enumerate(problem.parameters):
        variance = lower[name] if isinstance(lower, dict) and name in lower else lower[k][k]  # type: ignore[index]
        part = mark.omega * (2 if saem else 1)
        if abs(e["omega"][name] / variance - 1) > part:
            found.append(f"omega {name} {e['omega'][name] / variance - 1:+.0%}")
    parts = [part for o in problem.observed for part in o.error]
    for part, value in zip(parts, e["sigma"].values(), strict=True):
        other = size_of(theta, part)
        if other is not None and abs(value / other - 1) > mark.sigma:
            found.append(f"{part} {value / other - 1:+.1%}")
    return found


def verdict(fit: PopulationFit, name: str, reference: Mapping[str, Any] | None, method: str) -> str:
    """Whether a fit is within its tolerances, and what is not."""
    problem, ended = PROBLEMS[name], [n for n in fit.estimates["notes"] if "ended before" in n]
    if problem.limit is not None:
        found = [f"OFV above {problem.limit:.0f}"] if fit.ofv >= problem.limit else []
        found += ["no standard errors"] if fit.estimates["se"] is None else []
        return "; ".join([*(["not converged"] if ended else []), *found]) or "yes"
    if reference is None:
        return "not converged" if ended else "no reference"
    found = misses(fit, problem, reference, LOOSER.get(name, Mark()), method == "saem")
    return "; ".join([*(["not converged"] if ended else []), *found]) or "yes"


def row(
    name: str, method: str, start: str, fit: PopulationFit, cpu: float, reference: Mapping[str, Any] | None
) -> str:
    """One line of the table."""
    values = ", ".join(f"{key} {value:.4g}" for key, value in fit.estimates["theta"].items())
    stated = reference.get("objective_own_recalculation", reference.get("objective")) if reference else None
    shown = f"{stated:.2f}" if isinstance(stated, float) else "-"
    kind = reference["method"].split(",")[0].split(" (")[0] if reference else "-"
    return (
        f"| {name} | {method} | {start} | {fit.ofv:.2f} | {shown} ({kind}) | {values} | "
        f"{verdict(fit, name, reference, method)} | {cpu:.1f} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--methods", default="", help="instead of those of each problem")
    asked = parser.parse_args(arguments)
    print("| problem | method | start | OFV | published OFV | estimates | within tolerances | CPU, s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.problems.split(","):
        (folder,) = asked.folder.glob(f"{name}_*")
        stated = yaml.safe_load((folder / "problem.yaml").read_text(encoding="utf-8"))
        problem = PROBLEMS[name]
        with tempfile.TemporaryDirectory() as made:
            table = table_of(problem, folder / "data.csv", Path(made))
            pk = structural_model(model_of(problem, Path(made)))
        for method in asked.methods.split(",") if asked.methods else problem.methods:
            own: Method = method  # type: ignore[assignment]
            for start in ("own", "other"):
                effects = effects_of(problem, stated["start"], start == "other")
                began = time.process_time()
                fit = fit_population(table, pk, effects, own, seed=1 + (start == "other"))
                cpu = time.process_time() - began
                print(row(name, method, start, fit, cpu, published(stated, problem, method)), flush=True)


if __name__ == "__main__":
    main()
