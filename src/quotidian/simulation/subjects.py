"""Anonymous subjects: values of a model's parameters, and what doses depend on in each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Person
from quotidian.engine import CompiledModel
from quotidian.errors import InvalidCall
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.models import DRUGS
from quotidian.network import replaced_constants

Floats = NDArray[np.float64]
Column: TypeAlias = Sequence[float | None] | Floats
PersonAt: TypeAlias = Person | Callable[[float], Person]
"""A constant person, or a function that gives the person at each hour of the simulation."""


@dataclass(frozen=True, eq=False)
class Subjects:
    """Anonymous subjects: children, adults, mice, rows of a table.

    Parameters
    ----------
    persons : [subject] the properties on which doses depend, as :data:`PersonAt`.
    values : values by name of parameter, [subject] each, in the unit of the parameter. None: the model's own.
    factors : factors by name of parameter, [subject] each, applied after ``values``, in order.
    covariates : as ``values``, for parameters that the model may lack: only some models use age or height.
    antibody_thresholds : [subject] cumulative hazard at which a subject forms antibodies against a drug;
        None: never.

    Raises InvalidCall for a column that is not as long as ``persons``.
    """

    persons: tuple[PersonAt, ...]
    values: Mapping[str, Column] = field(default_factory=dict)
    factors: Mapping[str, Floats] = field(default_factory=dict)
    antibody_thresholds: Floats | None = None
    covariates: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stated = {} if self.antibody_thresholds is None else {"antibody_thresholds": self.antibody_thresholds}
        for columns in (self.values, self.factors, self.covariates, stated):
            for name, column in columns.items():
                if len(column) != len(self.persons):
                    raise InvalidCall(
                        f"'{name}' has {len(column)} values for {len(self.persons)} subjects.",
                        "A column holds one value for each subject.",
                        "Give as many values as persons.",
                    )

    def __len__(self) -> int:
        return len(self.persons)

    def chosen(self, places: Sequence[int]) -> Subjects:
        """Only the subjects at these places, in that order."""
        where = np.asarray(places, dtype=np.int64)
        thresholds = self.antibody_thresholds
        return Subjects(
            tuple(self.persons[i] for i in places),
            {name: [column[i] for i in places] for name, column in self.values.items()},
            {name: column[where] for name, column in self.factors.items()},
            None if thresholds is None else thresholds[where],
            {name: [column[i] for i in places] for name, column in self.covariates.items()},
        )

    def table(self, model: CompiledModel, overlay: Overlay = NO_OVERLAY) -> Floats:
        """Parameter table [subject, parameter]: the model's values, replaced by those of each subject.

        ``overlay`` replaces values of the ledger before those of the subjects and their factors apply.

        Factors on parameters of a drug that the model does not contain have no effect. Raises UnknownName
        for an unknown parameter, with the nearest name.
        """
        return parameter_table(model, len(self), self.covariates, self.values, self.factors, overlay)

    def antibody_threshold(self, place: int) -> float:
        """Cumulative hazard at which one subject forms antibodies; infinite if it never does."""
        return math.inf if self.antibody_thresholds is None else float(self.antibody_thresholds[place])


def parameter_table(
    model: CompiledModel, subjects: int, covariates: Mapping[str, Column], values: Mapping[str, Column],
    factors: Mapping[str, Floats], overlay: Overlay = NO_OVERLAY,
) -> Floats:  # fmt: skip
    """Parameter table [subject, parameter] of so many subjects, from columns as those of :class:`Subjects`.

    Errors are those of :meth:`Subjects.table`.
    """
    table = model.parameters(subjects, replaced_constants(model.model, overlay))
    known = model.model.covariates
    for name, column in {**covariates, **values}.items():
        if (name in values or name in known) and _holds_a_value(column):
            _state(model.parameter(table, name), column)
    for name, factor in factors.items():
        if not _of_absent_drug(name, model):
            model.parameter(table, name)[:] *= factor
    return table


def _holds_a_value(column: Column) -> bool:
    """Whether a column states a value at all: a model without the parameter takes children who have none."""
    return len(column) > 0 if isinstance(column, np.ndarray) else any(value is not None for value in column)


def _state(parameter: Floats, column: Column) -> None:
    """Set a parameter where the column holds a value."""
    if isinstance(column, np.ndarray):
        parameter[:] = column
    else:
        stated = [i for i, value in enumerate(column) if value is not None]
        parameter[stated] = [column[i] for i in stated]


def _of_absent_drug(name: str, model: CompiledModel) -> bool:
    drug = DRUGS.get(name.partition(".")[0])
    return drug is not None and name in drug.module.arguments and not model.has_parameter(name)
