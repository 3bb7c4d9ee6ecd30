"""What is doubtful in data of a population fit, and yet can be fitted: a note each, with row and remedy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.population_problem import PopulationProblem
from quotidian.data.event_table import EventTable


def data_notes(problem: PopulationProblem) -> list[str]:
    """Notes on observations that occur twice, are negative, or are all censored."""
    table, data = problem.table, problem.model.data
    kinds = np.array([e.kind for e in problem.structure.effects.endpoints])
    kind = np.full(len(table.time), "", dtype=kinds.dtype)
    kind[table.counted] = kinds[data.endpoint[data.there]]
    found = [_repeated(table), _negative(table, kind)]
    if (data.censored[data.there] != 0).all():
        found.append("Every value lies beyond its limit of quantification. Add quantified values.")
    return [text for text in found if text]


def class_notes(shares: NDArray[np.float64], subjects: int) -> list[str]:
    """A note on each class of a mixture to which less than one subject belongs."""
    return [
        f"Class {k + 1} has a share of {share:.2g}, less than one subject. Leave it out, or start elsewhere."
        for k, share in enumerate(shares.tolist())
        if share * subjects < 1
    ]


def _repeated(table: EventTable) -> str:
    """The first observation with subject, time, compartment, kind and value of an earlier one."""
    by_kind = table.text.column("DVID") if "DVID" in table.text.columns else None
    seen: dict[tuple[object, ...], int] = {}
    pairs = []
    for row in table.counted.tolist():
        key = (
            table.occasion[row], table.time[row], table.compartment[row], by_kind[row] if by_kind else "",
            table.value[row], table.censored[row],
        )  # fmt: skip
        if key in seen:
            pairs.append((seen[key], row))
        seen.setdefault(key, row)
    if not pairs:
        return ""
    first, second = pairs[0]
    return (
        f"row {table.number[second]} repeats the observation of row {table.number[first]}"
        f"{_more(len(pairs))}. If it was not measured twice, leave it out."
    )


def _negative(table: EventTable, kind: np.ndarray) -> str:
    """The first negative value with a proportional error, which vanishes where the prediction does."""
    rows = [row for row in table.counted.tolist() if kind[row] == "proportional" and table.value[row] < 0]
    if not rows:
        return ""
    return (
        f"row {table.number[rows[0]]}: the value {table.value[rows[0]]:g} is negative{_more(len(rows))}, and "
        "its error is proportional. Correct the value, or state an additive error or a limit (CENS)."
    )


def _more(count: int) -> str:
    return f" (and {count - 1} more such rows)" if count > 1 else ""
