"""Write an event table and a pharmacokinetic model as a PEtab problem of version 2.

Each occasion of a subject is an experiment whose periods begin where a dose acts or an infusion changes its
rate. All subjects share one set of parameters: PEtab has no random effects.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Action, Dosing, timeline
from quotidian.data.event_table import EventTable
from quotidian.errors import InvalidData, InvalidInput
from quotidian.interchange.sbml_writer import to_sbml
from quotidian.models.pk_shelf import PkModel
from quotidian.population import ErrorModel
from quotidian.simulation.event_parameters import compartments_by_row

PROBLEM = """format_version: 2.0.0
model_files:
  model:
    language: sbml
    location: model.xml
parameter_files: [parameters.tsv]
observable_files: [observables.tsv]
condition_files: [conditions.tsv]
experiment_files: [experiments.tsv]
measurement_files: [measurements.tsv]
"""
WIDTH = 1000.0
"""Factor from a value to its bounds, where none are given."""
SIGMA, SHARE = "sigma", "sigma_proportional"


def to_petab(
    table: EventTable,
    pk: PkModel,
    values: Mapping[str, float],
    error: ErrorModel,
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, str]:
    """The files of a problem, by name.

    Parameters
    ----------
    values : nominal value of each parameter of the model; all are estimated. bounds : of some of them and of
        ``sigma`` and ``sigma_proportional``; by default a thousandth to a thousandfold.
    error : additive, proportional, combined or log; with log, DV holds natural logarithms.

    Raises InvalidInput for a missing parameter, a model of a file, or an error of another kind; InvalidData
    for what PEtab cannot say: steady states, limits of quantification, and an observation before a dose of
    the same time.
    """
    if pk.has_values or {*values} != {*pk.parameters}:
        raise InvalidInput(
            f"{pk.name} cannot be written with the parameters {', '.join(values) or 'none'}.",
            f"A built-in model is needed, with {', '.join(pk.parameters)}.",
            "Give each of them once.",
        )
    written = _Tables(table, pk, compartments_by_row(table, pk))
    written.fill(error)
    noise = {SIGMA: error.sd} | ({SHARE: error.proportional_sd} if error.kind == "combined" else {})
    limits = {n: (v / WIDTH, v * WIDTH) for n, v in {**values, **noise}.items()} | dict(bounds or {})
    parameters = [(n, *map(repr, limits[n]), repr(float(v)), "true") for n, v in {**values, **noise}.items()]
    return {
        "problem.yaml": PROBLEM,
        "model.xml": to_sbml(pk.model),
        "parameters.tsv": _text("parameterId lowerBound upperBound nominalValue estimate", parameters),
        "observables.tsv": _text(
            "observableId observableFormula noiseFormula noiseDistribution",
            [_observable(name, error) for name in sorted(written.observed)],
        ),
        "conditions.tsv": _text("conditionId targetId targetValue", written.condition_rows()),
        "experiments.tsv": _text("experimentId time conditionId", written.experiments),
        "measurements.tsv": _text("observableId experimentId time measurement", written.measurements),
    }


def _text(heads: str, rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(["\t".join(heads.split()), *map("\t".join, rows), ""])


def _observable(name: str, error: ErrorModel) -> tuple[str, str, str, str]:
    noise = {
        "additive": SIGMA, "log": SIGMA, "proportional": f"{SIGMA} * {name}",
        "combined": f"sqrt({SIGMA}^2 + ({SHARE} * {name})^2)",
    }  # fmt: skip
    if error.kind not in noise:
        raise InvalidInput(
            f"An error of the kind {error.kind} cannot be written.",
            f"Known are {', '.join(noise)}.",
            "Choose one.",
        )
    return f"obs_{name}", name, noise[error.kind], "log-normal" if error.kind == "log" else "normal"


@dataclass
class _Tables:
    """Rows of the tables, filled occasion by occasion; a condition that recurs is written once."""

    table: EventTable
    pk: PkModel
    compartments: NDArray[np.int64]
    conditions: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    experiments: list[tuple[str, str, str]] = field(default_factory=list)
    measurements: list[tuple[str, str, str, str]] = field(default_factory=list)
    observed: set[str] = field(default_factory=set)

    def fill(self, error: ErrorModel) -> None:
        """All occasions."""
        edges = np.flatnonzero(np.diff(self.table.occasion)) + 1
        counted = {*self.table.counted.tolist()}
        for number, part in enumerate(np.split(np.arange(len(self.table.time)), edges), start=1):
            rows = part.tolist()
            name = f"occasion_{number}"
            line = timeline(self.table, rows, self.compartments, Dosing())
            self._periods(name, float(self.table.time[rows[0]]), line.ordered())
            for row in (r for r in rows if r in counted):
                self._measurement(name, row, error)

    def condition_rows(self) -> list[tuple[str, str, str]]:
        """The table of conditions."""
        return [
            (name, target, value) for changes, name in self.conditions.items() for target, value in changes
        ]

    def _periods(self, name: str, start: float, actions: Sequence[Action]) -> None:
        times = sorted({start, *(a.time for a in actions if a.kind != "predict")})
        for time in times:
            changes = dict(self._changes([a for a in actions if a.time == time]))
            key = tuple(changes.items())
            condition = (
                self.conditions.setdefault(key, f"condition_{len(self.conditions) + 1}") if key else ""
            )
            self.experiments.append((name, repr(time), condition))

    def _changes(self, actions: Sequence[Action]) -> Iterator[tuple[str, str]]:
        """What happens at one instant, in order. Raises InvalidData for what PEtab cannot say."""
        found: dict[str, str] = {}
        seen = -1
        for a in actions:
            if a.kind == "predict":
                seen = a.row
            elif a.kind == "rate":
                found[self.pk.infusions[a.compartment - 1]] = repr(a.value)
            elif a.kind == "add" and (seen < 0 or seen not in self.table.counted):
                target = self.pk.compartments[a.compartment - 1]
                found[target] = f"{found.get(target, target)} + {a.value!r}"
            elif a.kind == "empty" and len(self.pk.compartments) == len(self.pk.model.species):
                found |= dict.fromkeys(self.pk.compartments, "0.0")
            else:
                raise self._unsaid(seen if a.kind == "add" else a.row, a.kind)
        yield from found.items()

    def _unsaid(self, row: int, kind: str) -> InvalidData:
        why = {
            "add": "It is observed before a dose of the same time, and PEtab gives the value after it.",
            "empty": "It resets a model that does not begin empty.",
        }.get(kind, "It stands for doses without end.")
        return InvalidData(
            f"Row {row + 1} of '{self.table.text.name}' cannot be written.", why,
            "Move the observation a moment earlier, or write the doses one by one.",
        )  # fmt: skip

    def _measurement(self, experiment: str, row: int, error: ErrorModel) -> None:
        if self.table.censored[row]:
            raise InvalidData(
                f"Row {row + 1} of '{self.table.text.name}' cannot be written.",
                "It lies beyond a limit of quantification, for which PEtab has no likelihood.",
                "Leave it out.",
            )
        name = self.pk.observed[self.compartments[row] - 1]
        self.observed.add(name)
        value = float(self.table.value[row])
        shown = math.exp(value) if error.kind == "log" else value
        self.measurements.append((f"obs_{name}", experiment, repr(float(self.table.time[row])), repr(shown)))
