"""Quantities of an event table that a model needs: parameters of each row, compartments,
bioavailabilities."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import refusal
from quotidian.data.covariate_model import CovariateFormula
from quotidian.data.dosing_records import Dosing
from quotidian.data.event_table import DOSE, RESET_AND_DOSE, EventTable
from quotidian.data.table_text import MISSING
from quotidian.errors import InvalidInput
from quotidian.models.pk_shelf import PkModel
from quotidian.units import whole_number

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FACTOR = "F"  # a formula for F1, F2, ... is the bioavailability of that compartment


def parameters_by_row(
    table: EventTable, pk: PkModel, parameters: Mapping[str, float | Floats], covariates: Sequence[str]
) -> tuple[dict[str, Floats], dict[int, Floats]]:
    """Parameters [row] by name, and bioavailabilities [row] by compartment.

    Parameters
    ----------
    parameters : a number, or one for each subject. covariates : formulas, see :class:`CovariateFormula`,
        which replace the values of their parameters.

    Raises InvalidInput for a parameter that is missing, unknown, negative or not finite, InvalidData for a
    column that a formula reads and the table lacks.
    """
    formulas = [CovariateFormula.read(text) for text in covariates]
    _check_names(formulas)
    found = {name: _of_subjects(table, name, value) for name, value in parameters.items()}
    upper = {name.upper(): values for name, values in found.items()}
    read = sorted({c for f in formulas for c in f.columns if c not in upper})
    columns = upper | {name: table.covariate(name) for name in read}
    factors: dict[int, Floats] = {}
    for formula in formulas:
        values = np.broadcast_to(formula.values(columns), len(table.time)).astype(np.float64)
        compartment = formula.parameter.removeprefix(FACTOR)
        number = whole_number(compartment)
        if formula.parameter not in pk.parameters and number is not None:
            factors[number] = values
        else:
            found[formula.parameter] = values
    _check(pk, found)
    return {name: found[name] for name in pk.parameters if name in found}, factors


def _check_names(formulas: Sequence[CovariateFormula]) -> None:
    names = [formula.parameter for formula in formulas]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(
                f"{name} is stated twice.", "Two formulas give it, and one of them would have no effect.",
                "Leave one of them out.",
            )  # fmt: skip


def checked_dosing(pk: PkModel, dosing: Dosing, factors: Mapping[int, Floats]) -> Dosing:
    """The dosing items themselves, if each names a compartment of the model. Raises InvalidInput."""
    for word, given in {**vars(dosing), "bioavailability by formula": factors}.items():
        for number in given:
            if not 1 <= number <= len(pk.compartments):
                known = ", ".join(f"{i} ({n})" for i, n in enumerate(pk.compartments, start=1))
                raise InvalidInput(
                    f"There is no compartment {number} for a {word}.", f"{pk.name} has {known}.",
                    "Correct the number, or leave the item out.",
                )  # fmt: skip
    return dosing


def _of_subjects(table: EventTable, name: str, value: float | Floats) -> Floats:
    given = np.asarray(value, dtype=np.float64)
    if given.ndim and given.shape != (len(table.ids),):
        raise InvalidInput(
            f"{name} has {given.size} values for {len(table.ids)} subjects.",
            "A parameter is one number, or one for each subject.",
            "Give a value for each subject of the table.",
        )
    return np.broadcast_to(given, len(table.ids))[table.subject]


def _check(pk: PkModel, found: Mapping[str, Floats]) -> None:
    missing = [name for name in pk.parameters if name not in found and not pk.has_values]
    unknown = [name for name in found if name not in pk.parameters]
    if missing or unknown:
        what = (
            f"{pk.name} needs {', '.join(missing)}" if missing else f"{pk.name} has no {', '.join(unknown)}"
        )
        raise InvalidInput(
            f"{what}.",
            f"Its parameters are {', '.join(pk.parameters)}.",
            "Give some of these." if pk.has_values else "Give exactly these.",
        )
    for name, values in found.items():
        bad = values[~(np.isfinite(values) & ((values >= 0) | pk.has_values))]
        if len(bad):
            raise InvalidInput(f"{name} is {bad[0]:g}.", "A parameter is not negative.", f"Correct {name}.")


def spaces_by_row(
    pk: PkModel, values: Mapping[str, Floats], table: EventTable, compartments: Integers
) -> dict[int, float | Floats]:
    """Sizes of the concentrations that receive doses, by number of compartment; doses are divided by them.

    ``values`` are parameters [row] by name; a size that is none of them is the model's own.
    """
    found, rows = dict[int, float | Floats](), len(table.time)
    known = {name: np.full(rows, value) for name, value in pk.model.constants.items()} | dict(values)
    dosed = {*compartments[np.isin(table.evid, (DOSE, RESET_AND_DOSE))].tolist()}
    for number, space in enumerate(pk.spaces, start=1):
        if space and number in dosed:
            refuse_unknown_size(pk, number, known)
            if space in known:
                found[number] = known[space]
            else:
                formula = CovariateFormula.read(f"{space} = {pk.sizes[space]}")
                found[number] = formula.values({name.upper(): value for name, value in known.items()})
    return found


def refuse_unknown_size(pk: PkModel, number: int, known: Container[str]) -> None:
    """Raise InvalidInput for a compartment whose size is neither among ``known`` nor a formula of them."""
    space = pk.spaces[number - 1]
    if space not in known and space not in pk.sizes:
        raise InvalidInput(
            f"Doses into '{pk.compartments[number - 1]}' cannot be converted to a concentration.",
            f"The size of '{space}' is not constant, so it is not known in advance.",
            "Give the doses into a species that is an amount.",
        )


def compartments_by_row(table: EventTable, pk: PkModel) -> Integers:
    """Compartment number of each row; 0 or a missing CMT denote the default one.

    Raises InvalidData for a compartment that the model lacks.
    """
    pairs = list(zip(table.compartment, table.evid.tolist(), strict=True))
    read = {pair: _compartment(pk, *pair) for pair in set(pairs)}
    known = {pair: number for pair, number in read.items() if number is not None}
    if unknown := read.keys() - known.keys():
        row = next(row for row, pair in enumerate(pairs) if pair in unknown)
        there = ", ".join(f"{i} ({n})" for i, n in enumerate(pk.compartments, start=1))
        why, remedy = f"{pk.name} has the compartments {there}.", "Correct CMT, or choose another model."
        raise refusal(table.place(row), "CMT", table.compartment[row], why, remedy)
    return np.fromiter(map(known.__getitem__, pairs), np.int64, len(pairs))


def _compartment(pk: PkModel, cell: str, evid: int) -> int | None:
    """Number of a compartment; None where the model has no such one (a reset concerns none)."""
    usual = pk.dosed if evid in (1, 4) else pk.central
    number = usual if cell in MISSING else _numbered(pk, cell)
    if evid != 3 and number != 0 and not (number and 1 <= number <= len(pk.compartments)):
        return None
    return number or usual


def _numbered(pk: PkModel, cell: str) -> int | None:
    names = [name.lower() for name in pk.compartments]
    if cell.lower() in names:
        return names.index(cell.lower()) + 1
    try:
        value = float(cell)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def changes_within(table: EventTable, values: Floats) -> bool:
    """Whether a parameter changes within any occasion."""
    same = table.occasion[1:] == table.occasion[:-1]
    return bool(np.any(same & (values[1:] != values[:-1])))
