"""Patients as columns, as they are drawn: most candidates of a trial need no child of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.child import Child

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PatientTable(Sequence[Child]):
    """Children as columns, [child] each, with the names, units and meanings of :class:`Child`.

    ``random_effects`` and ``values`` hold a column for each parameter; not a number stands for None or for a
    value that a child does not name. A child is made where it is asked for.
    """

    age_years: Floats
    sex: NDArray[np.str_]
    weight_kg: Floats
    height_cm: Floats
    severity: Floats
    il6_share: Floats
    random_effects: Mapping[str, Floats]
    antibody_threshold: Floats
    target_height_z: Floats
    duration_years: Floats
    values: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.age_years)

    @overload
    def __getitem__(self, place: int) -> Child: ...
    @overload
    def __getitem__(self, place: slice) -> PatientTable: ...
    def __getitem__(self, place: int | slice) -> Child | PatientTable:
        if isinstance(place, slice):
            return self.chosen(np.arange(len(self))[place])
        return Child(
            float(self.age_years[place]),
            str(self.sex[place]),
            float(self.weight_kg[place]),
            float(self.height_cm[place]),
            float(self.severity[place]),
            _known(self.il6_share[place]),
            {name: float(column[place]) for name, column in self.random_effects.items()},
            float(self.antibody_threshold[place]),
            target_height_z=_known(self.target_height_z[place]),
            duration_years=_known(self.duration_years[place]),
            values={
                n: own for n, column in self.values.items() if (own := _known(column[place])) is not None
            },
        )

    def chosen(self, places: Integers) -> PatientTable:
        """Only the children at these places, in that order."""
        return PatientTable(
            self.age_years[places], self.sex[places], self.weight_kg[places], self.height_cm[places],
            self.severity[places], self.il6_share[places],
            {name: column[places] for name, column in self.random_effects.items()},
            self.antibody_threshold[places], self.target_height_z[places], self.duration_years[places],
            {name: column[places] for name, column in self.values.items()},
        )  # fmt: skip


def chosen_of(children: Sequence[Child], places: Integers) -> Sequence[Child]:
    """The children at these places, in that order; of a table a table."""
    if isinstance(children, PatientTable):
        return children.chosen(places)
    return [children[i] for i in places.tolist()]


def table_of(children: Sequence[Child]) -> PatientTable:
    """The children as one table; a random effect that a child does not name is 1."""
    if isinstance(children, PatientTable):
        return children
    effects = dict.fromkeys(name for child in children for name in child.random_effects)
    values = dict.fromkeys(name for child in children for name in child.values)
    return PatientTable(
        np.array([c.age_years for c in children]),
        np.array([c.sex for c in children]),
        np.array([c.weight_kg for c in children]),
        np.array([c.height_cm for c in children]),
        np.array([c.severity for c in children]),
        _column([c.il6_share for c in children]),
        {name: np.array([c.random_effects.get(name, 1.0) for c in children]) for name in effects},
        np.array([c.antibody_threshold for c in children]),
        _column([c.target_height_z for c in children]),
        _column([c.duration_years for c in children]),
        {name: _column([c.values.get(name) for c in children]) for name in values},
    )


def _column(known: Sequence[float | None]) -> Floats:
    return np.array([math.nan if x is None else x for x in known], dtype=np.float64)


def _known(x: float) -> float | None:
    """The number, or None if it is not a number."""
    return None if math.isnan(x) else float(x)
