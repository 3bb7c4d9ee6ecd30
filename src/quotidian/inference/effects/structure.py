"""Declared effects joined with a table: individual model, design matrix and start of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.data.event_table import EventTable
from quotidian.errors import InvalidInput
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.effects.declared import CovariateEffect, Effects, FixedEffect, Shape
from quotidian.inference.effects.dosing_items import dosing_items
from quotidian.inference.individual_model import IndividualModel
from quotidian.inference.mixed_model import Parameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Structure:
    """Effects ready for a table: individual model, design and start.

    Attributes
    ----------
    fixed_effects : of theta, in order. design : [subject, predictor, fixed effect]. effect_of : [predictor].
    """

    effects: Effects
    individual: IndividualModel
    fixed_effects: tuple[FixedEffect, ...]
    design: Floats
    effect_of: NDArray[np.int64]

    @property
    def start(self) -> Parameters:
        """Parameters at the start."""
        between = [p.between**2 for p in self.effects.parameters if p.between > 0]
        sigma = [s for e in self.effects.endpoints for s in e.sigma]
        return Parameters(
            np.array([e.start for e in self.fixed_effects]), np.diag(np.array(between, dtype=np.float64)),
            np.array(sigma, dtype=np.float64),
        )  # fmt: skip

    @property
    def coordinates(self) -> Coordinates:
        """The estimated parameters."""
        start = self.start
        return Coordinates(
            start, np.array([e.free for e in self.fixed_effects]), np.ones(len(start.sigma), bool),
            self.effects.block_numbers,
        )  # fmt: skip


def structure(effects: Effects, table: EventTable, parameters: Sequence[str]) -> Structure:
    """Effects on the parameters of a model, for the subjects of a table.

    A covariate whose coefficient is estimated and that changes within a subject acts record by record.

    Raises InvalidInput for a power of a covariate that is not positive, InvalidData for a column that the
    table lacks.
    """
    fixed_effects: list[FixedEffect] = []
    predictors: list[str] = []
    formulas: list[str] = []
    rows: list[dict[int, Floats]] = []  # of each predictor: column of X by fixed effect
    subjects, effect_of = len(table.ids), []
    first = np.searchsorted(table.subject, np.arange(subjects))
    number = 0
    for p in effects.parameters:
        predictors.append(f"u_{p.name}")
        effect_of.append(number if p.between > 0 else -1)
        number += p.between > 0
        own, terms = {len(fixed_effects): np.ones(subjects)}, [f"u_{p.name}"]
        fixed_effects.append(FixedEffect(p))
        extra: list[tuple[str, dict[int, Floats]]] = []
        for c in p.covariates:
            values = _checked(table, c)
            if c.fixed:
                terms.append(f"{c.beta!r}*{c.term}")
                continue
            constant = not np.any((values[1:] != values[:-1]) & (table.subject[1:] == table.subject[:-1]))
            place = len(fixed_effects)
            fixed_effects.append(FixedEffect(p, c))
            if constant:
                own[place] = c.x(values[first])
            else:
                name = f"u_{p.name}_{c.column}"
                terms.append(f"{name}*{c.term}")
                extra.append((name, {place: np.ones(subjects)}))
        rows.append(own)
        for name, columns in extra:
            predictors.append(name)
            effect_of.append(-1)
            rows.append(columns)
        formulas.append(f"{p.name} = {_inverse(p.shape, ' + '.join(terms))}")
    design = np.zeros((subjects, len(predictors), len(fixed_effects)))
    for k, columns in enumerate(rows):
        for place, column in columns.items():
            design[:, k, place] = column
    named = {p.name for p in effects.parameters}
    dosing = dosing_items(named)
    own_parameters = [name for name in parameters if name in named]
    individual = IndividualModel.of(predictors, formulas, own_parameters, **dosing)
    return Structure(effects, individual, tuple(fixed_effects), design, np.array(effect_of))


def _checked(table: EventTable, c: CovariateEffect) -> Floats:
    values = table.covariate(c.column.upper())
    if c.relation == "power" and not (c.of > 0 and np.all(values > 0)):
        bad = np.flatnonzero(values <= 0)
        where = f" in row {int(bad[0]) + 1}" if len(bad) else ""
        raise InvalidInput(
            f"{c.column} is not positive{where}, and its effect is a power.",
            "Only positive numbers can be raised to any exponent.",
            "Correct the value, or state a factor or an exponent.",
        )
    return values


def _inverse(shape: Shape, linear: str) -> str:
    if shape == "log-normal":
        return f"exp({linear})"
    return f"1/(1 + exp(-({linear})))" if shape == "logit-normal" else linear
