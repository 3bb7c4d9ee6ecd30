"""What is particular to PEtab 2: conditions in rows, experiments of several periods, a mapping table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from quotidian.errors import InvalidData
from quotidian.interchange.contents import Contents, Quantity
from quotidian.interchange.formula import Formula, Name
from quotidian.interchange.petab.priors import Prior
from quotidian.interchange.petab.problem import Experiment, Observable
from quotidian.interchange.petab.tables import Row, rows_of
from quotidian.interchange.petab.version_1 import checked

DISTRIBUTIONS = ("normal", "log-normal", "laplace", "log-laplace")


def observable(row: Row) -> Observable:
    """An observable with its placeholders."""
    distribution = row.chosen("noiseDistribution", DISTRIBUTIONS)
    return Observable(
        row.text("observableId"), row.formula("observableFormula"), row.formula("noiseFormula"),
        distribution.removeprefix("log-"), "log" if distribution.startswith("log-") else "lin",
        row.listed("observablePlaceholders"), row.listed("noisePlaceholders"),
    )  # fmt: skip


def prior(row: Row, _: str) -> Prior | None:
    """The prior, cut at the bounds; uniform between them where none is stated."""
    family, values = row.text("priorDistribution", ""), row.listed("priorParameters")
    low, high = row.number("lowerBound"), row.number("upperBound")
    if not family:
        finite = math.isfinite(low) and math.isfinite(high) and low < high
        return Prior("uniform", (low, high)) if finite else None
    return checked(row, "priorDistribution", family, values, "lin", cut=True)


def experiments(tables: Mapping[str, list[Path]], measured: Sequence[Row]) -> dict[str, Experiment]:
    """All experiments, and under the empty name that of the model as it is.

    Raises InvalidData for a condition that is not defined, or defines a target twice.
    """
    conditions: dict[str, dict[str, Formula]] = {}
    for row in rows_of(tables["condition"], ("conditionId", "targetId", "targetValue")):
        changes = conditions.setdefault(row.text("conditionId"), {})
        _add(changes, row.text("targetId"), row.formula("targetValue"), row)
    periods: dict[str, dict[float, dict[str, Formula]]] = {}
    for row in rows_of(tables["experiment"], ("experimentId", "time")):
        name, time = row.text("conditionId", ""), row.number("time")
        if name and name not in conditions:
            raise row.refused("conditionId", f"There is no condition '{name}'", "Define it")
        if time == math.inf:
            raise row.refused("time", "No period begins at the end of time", "Write a number or -inf")
        changes = periods.setdefault(row.text("experimentId"), {}).setdefault(time, {})
        for target, value in conditions.get(name, {}).items():
            _add(changes, target, value, row)
    return {"": Experiment("")} | {name: _experiment(name, p) for name, p in periods.items()}


def _add(changes: dict[str, Formula], target: str, value: Formula, row: Row) -> None:
    if target in changes:
        raise row.refused("targetId", f"'{target}' is changed twice at one time", "Keep one of the changes")
    changes[target] = value


def _experiment(name: str, periods: Mapping[float, Mapping[str, Formula]]) -> Experiment:
    times = sorted(t for t in periods if t > -math.inf)
    settled = periods.get(-math.inf)
    start = times[0] if times else 0.0
    later = tuple((t, periods[t]) for t in times[1:])
    return Experiment(name, start, settled, periods.get(start, {}), later)


def aliases(files: list[Path]) -> dict[str, str]:
    """Names that a mapping table gives to quantities of the model, and the names that these have there."""
    found: dict[str, str] = {}
    for row in rows_of(files, ("petabEntityId", "modelEntityId")):
        alias, target = row.text("petabEntityId"), row.text("modelEntityId", "").replace(".", "__")
        if target and alias != target and found.setdefault(alias, target) != target:
            raise row.refused("petabEntityId", f"'{alias}' is mapped twice", "Keep one of the rows")
    return found


def mapped(contents: Contents, names: Mapping[str, str]) -> Contents:
    """The model with the names that a mapping table gives its quantities, beside their own.

    Raises InvalidData for a name of nothing.
    """
    quantities, rules = dict(contents.quantities), dict(contents.rules)
    for alias, target in names.items():
        if target not in quantities or alias in quantities:
            raise InvalidData(
                f"The mapping table cannot call '{target}' '{alias}'.",
                f"'{target}' is not a quantity of the model, or '{alias}' is one.", "Correct the names.",
            )  # fmt: skip
        quantities[alias] = Quantity(alias, "parameter", alias, None)
        rules[alias] = Name(target)
    return replace(contents, quantities=quantities, rules=rules)
