"""What is particular to PEtab 1: conditions as columns, scales, placeholders by their names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from quotidian.interchange.formula import Formula, names
from quotidian.interchange.petab.expressions import parsed
from quotidian.interchange.petab.priors import FAMILIES, Prior
from quotidian.interchange.petab.problem import Experiment, Observable
from quotidian.interchange.petab.tables import Row, rows_of
from quotidian.units import plain_number

SCALES = ("lin", "log", "log10")
_SPELLED = {"logNormal": "log-normal", "logLaplace": "log-laplace"}


def observable(row: Row) -> Observable:
    """An observable; its placeholders are ``observableParameter1_ID`` and ``noiseParameter1_ID``."""
    name = row.text("observableId")
    formula, noise = row.formula("observableFormula"), row.formula("noiseFormula")
    return Observable(
        name, formula, noise,
        row.chosen("noiseDistribution", ("normal", "laplace")),
        row.chosen("observableTransformation", SCALES),
        _placeholders("observable", name, formula, noise), _placeholders("noise", name, formula, noise),
    )  # fmt: skip


def _placeholders(kind: str, observable: str, *formulas: Formula) -> tuple[str, ...]:
    pattern = re.compile(rf"{kind}Parameter([0-9]+)_{re.escape(observable)}")
    found = [int(m[1]) for f in formulas for n in names(f) if (m := pattern.fullmatch(n))]
    return tuple(f"{kind}Parameter{i}_{observable}" for i in range(1, max(found, default=0) + 1))


def prior(row: Row, scale: str) -> Prior | None:
    """The prior of the objective; it is not cut at the bounds."""
    stated = row.text("objectivePriorType", "")
    if not stated:
        return None
    scaled = stated.startswith("parameterScale")
    family = stated.removeprefix("parameterScale").lower() if scaled else _SPELLED.get(stated, stated)
    values = row.listed("objectivePriorParameters")
    if family == "uniform" and not values:
        return None
    return checked(row, "objectivePriorType", family, values, scale if scaled else "lin", cut=False)


def checked(row: Row, column: str, family: str, values: Sequence[str], scaled: str, *, cut: bool) -> Prior:
    """A prior of a known family with as many parameters as it has."""
    if family not in FAMILIES:
        raise row.refused(column, f"'{family}' is none of {', '.join(FAMILIES)}", "Choose one of these")
    numbers = tuple(map(plain_number, values))
    if any(map(math.isnan, numbers)):
        raise row.refused(column, f"'{';'.join(values)}' are not numbers", "Separate them by ;")
    if len(numbers) != FAMILIES[family][0]:
        why = f"'{family}' has {FAMILIES[family][0]} parameters, and {len(numbers)} are given"
        raise row.refused(column, why, "Give as many, separated by ;")
    return Prior(family, numbers, scaled, cut)


def key(row: Row) -> str:
    """The experiment of a measurement: the condition before, and the condition of the simulation."""
    return f"{row.text('preequilibrationConditionId', '')}\t{row.text('simulationConditionId')}"


def experiments(tables: Mapping[str, list[Path]], measured: Sequence[Row]) -> dict[str, Experiment]:
    """The pairs of conditions that measurements name. Raises InvalidData for one that is not defined."""
    conditions: dict[str, Mapping[str, Formula]] = {}
    for row in rows_of(tables["condition"], ("conditionId",)):
        name = row.text("conditionId")
        if name in conditions:
            raise row.refused("conditionId", f"'{name}' is defined twice", "Remove one of the rows")
        conditions[name] = _changes(row)
    found: dict[str, Experiment] = {}
    for row in measured:
        before, during = key(row).split("\t")
        for name in (before, during):
            if name and name not in conditions:
                raise row.refused("simulationConditionId", f"There is no condition '{name}'", "Define it")
        found[key(row)] = Experiment(
            key(row), settled=conditions[before] if before else None, first=conditions[during],
            feeds_starts=True, resets=True,
        )  # fmt: skip
    return found


def _changes(row: Row) -> dict[str, Formula]:
    """What a condition changes; an empty cell or NaN is no change."""
    return {
        column: parsed(text, f"{column} ({row.place})")
        for column, text in row.cells.items()
        if column not in ("conditionId", "conditionName") and text and text.lower() != "nan"
    }
