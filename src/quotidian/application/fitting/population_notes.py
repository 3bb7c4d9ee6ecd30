"""What is doubtful in data of a population fit, and yet can be fitted: a note each, with row and remedy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.population_problem import PopulationProblem
from quotidian.data.cells import numbers
from quotidian.data.event_table import DOSE, RESET_AND_DOSE, EventTable
from quotidian.errors import InvalidData
from quotidian.inference.marginal import LEAST, Method, marginal, relative_curvature, whole_hessian
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.restarts import more_probable
from quotidian.patients import growth
from quotidian.patients.child import OLDEST, YOUNGEST

Floats = NDArray[np.float64]


def data_notes(problem: PopulationProblem) -> list[str]:
    """Notes on records that occur twice, on children of an impossible weight, and on observations that are
    negative or all censored."""
    table, data = problem.table, problem.model.data
    kinds = np.array([e.kind for e in problem.structure.effects.endpoints])
    kind = np.full(len(table.time), "", dtype=kinds.dtype)
    kind[table.counted] = kinds[data.endpoint[data.there]]
    found = [_repeated(table), _repeated_dose(table), _negative(table, kind), _implausible(table)]
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


def mode_notes(
    model: MixedModel, at: Parameters, eta: Floats, ids: Sequence[str], method: Method
) -> list[str]:
    """Subjects in which the approximation of ``method``, focei or laplace, is poor.

    ``eta`` : [subject, effect] the modes of the fit.
    """
    found, other = [], more_probable(model, at, eta)
    if (moved := (other != eta).any(axis=1)).any():
        before, after = (
            marginal(model, at, method, near, bounded=True)[0][moved].sum() for near in (eta, other)
        )
        found.append(
            f"{_named(ids, moved)} more probable random effects than those near which the search ended; with "
            f"them the objective is {abs(after - before):.2g} {'higher' if after > before else 'lower'}. "
            "The approximation is poor there; compare with saem."
        )
    if method == "laplace":
        narrow = relative_curvature(whole_hessian(model, at, eta), at.omega)[:, 0] < 2.0 * LEAST
        if narrow.any():
            found.append(
                f"{_named(ids, narrow)} nearly no curvature at the most probable random effects. Laplace's "
                "approximation is poor there, and its part of the objective is bounded; compare with saem."
            )
    return found


def _named(ids: Sequence[str], which: NDArray[np.bool_]) -> str:
    names = [name for name, one in zip(ids, which, strict=True) if one]
    return f"Subject {names[0]} has" if len(names) == 1 else f"Subjects {', '.join(names)} have"


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
    return _twice(table, pairs, "observation", "measured")


def _repeated_dose(table: EventTable) -> str:
    """The first dose that equals an earlier one in all that a record of a dose states."""
    seen: dict[tuple[object, ...], int] = {}
    pairs = []
    for row in np.flatnonzero(np.isin(table.evid, (DOSE, RESET_AND_DOSE))).tolist():
        key = (
            table.occasion[row], table.time[row], table.compartment[row], table.amount[row], table.rate[row],
            table.interval[row], table.additional[row], table.steady[row], table.evid[row],
        )  # fmt: skip
        if key in seen:
            pairs.append((seen[key], row))
        seen.setdefault(key, row)
    return _twice(table, pairs, "dose", "given")


def _twice(table: EventTable, pairs: list[tuple[int, int]], what: str, done: str) -> str:
    if not pairs:
        return ""
    first, second = pairs[0]
    return (
        f"row {table.number[second]} repeats the {what} of row {table.number[first]}"
        f"{_more(len(pairs))}. If it was not {done} twice, leave it out."
    )


def _implausible(table: EventTable) -> str:
    """The first weight (WT, kg) that no girl or boy of this age (AGE, years) has."""
    if not {"AGE", "WT"} <= {*table.text.columns}:
        return ""
    try:
        age, weight = (numbers(table.text, name) for name in ("AGE", "WT"))
    except InvalidData:  # a code or a class; it is refused where the fit uses it
        return ""
    rows = np.flatnonzero((age >= YOUNGEST) & (age < OLDEST + 1) & (weight > 0))
    scores = [growth.sd_score("weight", age[rows], sex, weight[rows]) for sex in ("female", "male")]
    odd = rows[np.min(np.abs(scores), axis=0) > growth.EXTREME] if len(rows) else rows
    if not len(odd):
        return ""
    of_subjects = len({int(table.subject[row]) for row in odd})
    return (
        f"row {table.number[odd[0]]}: no child of {age[odd[0]]:g} years weighs {weight[odd[0]]:g} kg"
        f"{_more(of_subjects, 'subjects')}. Check AGE (years), WT (kg) and the subject."
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


def _more(count: int, what: str = "rows") -> str:
    return f" (and {count - 1} more such {what})" if count > 1 else ""
