"""Declared effects joined with a table: individual model, design matrix and start of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.data.event_table import EventTable
from quotidian.errors import InvalidInput
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.effects.declared import (
    CLASS,
    CovariateEffect,
    Effects,
    FixedEffect,
    OccasionEffect,
    ParameterEffect,
    Shape,
    formula_name,
)
from quotidian.inference.effects.dosing_items import dosing_items
from quotidian.inference.individual_model import IndividualModel
from quotidian.inference.mixed_model import Parameters

Floats = NDArray[np.float64]
MOST_OCCASIONS = 30


@dataclass(frozen=True, eq=False)
class Structure:
    """Effects ready for a table: individual model, design and start.

    Attributes
    ----------
    fixed_effects : of theta, in order. design : [subject, predictor, fixed effect]. effect_of : [predictor].
    random : names of the random effects; those of occasions stand behind the others. alike : numbers of
        random effects with a common variance, group by group: those of the occasions of a parameter.
    """

    effects: Effects
    individual: IndividualModel
    fixed_effects: tuple[FixedEffect, ...]
    design: Floats
    effect_of: NDArray[np.int64]
    random: tuple[str, ...]
    alike: tuple[tuple[int, ...], ...]

    @property
    def spreads(self) -> tuple[tuple[str, float], ...]:
        """Name and SD at the start of the variability between occasions of each group of ``alike``."""
        moved = [(p.name, p.occasions) for p in self.effects.parameters if p.occasions]
        return tuple((f"{name}.{o.column}", o.between) for name, o in moved)

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the random effects, block by block."""
        return (*self.effects.block_numbers, *((k,) for group in self.alike for k in group))

    @property
    def start(self) -> Parameters:
        """Parameters at the start."""
        own, omega = self.effects.covariance, np.zeros((len(self.random), len(self.random)))
        omega[: len(own), : len(own)] = own
        for group, (_, between) in zip(self.alike, self.spreads, strict=True):
            omega[group, group] = between**2
        sigma = [s for e in self.effects.endpoints for s in e.sigma]
        return Parameters(
            np.array([e.start for e in self.fixed_effects]), omega, np.array(sigma, dtype=np.float64)
        )

    @property
    def middle(self) -> Floats:
        """Predictors of the subjects at the start without random effects, [subject, predictor]."""
        return np.asarray(self.design @ np.array([e.start for e in self.fixed_effects]))

    @property
    def coordinates(self) -> Coordinates:
        """The estimated parameters."""
        start = self.start
        return Coordinates(
            start, np.array([e.free for e in self.fixed_effects]), np.ones(len(start.sigma), bool),
            self.blocks, alike=self.alike,
        )  # fmt: skip


def structure(effects: Effects, table: EventTable, parameters: Sequence[str], place: int = 0) -> Structure:
    """Effects on the parameters of a model, for the subjects of a table.

    In a mixture all subjects are of the class ``place``, from 0. A covariate whose coefficient is estimated
    and that changes within a subject acts record by record.

    Raises InvalidInput for a power of a covariate that is not positive and for one occasion or more than
    30, InvalidData for a column that the table lacks.
    """
    made = _Builder(effects, table, place)
    if len(effects.shares) > 1:
        made.constants[CLASS] = place + 1.0
    for p in effects.parameters:
        made.add(p)
    named = {formula_name(name) for name in effects.names}
    own_parameters = [name for name in parameters if name in named]
    predictors = [name for name, _, _ in made.predictors]
    read = IndividualModel.of(predictors, made.formulas, own_parameters, **dosing_items(named))
    individual = replace(read, formulas=(*read.formulas, *effects.formulas), fixed=made.constants)
    return Structure(
        effects, individual, tuple(made.fixed_effects), made.design,
        np.array([number for _, number, _ in made.predictors]), (*effects.random, *made.occasions),
        tuple(made.alike),
    )  # fmt: skip


@dataclass(eq=False)
class _Builder:
    """Collects predictors (name, number of the random effect, column of X by fixed effect) and formulas."""

    effects: Effects
    table: EventTable
    place: int
    fixed_effects: list[FixedEffect] = field(default_factory=list)
    predictors: list[tuple[str, int, dict[int, Floats]]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    occasions: list[str] = field(default_factory=list)
    alike: list[tuple[int, ...]] = field(default_factory=list)
    constants: dict[str, float] = field(default_factory=dict)

    def add(self, p: ParameterEffect) -> None:
        """A parameter with its covariates and occasions."""
        one = np.ones(len(self.table.ids))
        number = self.effects.random.index(p.name) if p.between > 0 else -1
        mine = self.place if p.others else 0
        own, terms = {len(self.fixed_effects) + mine: one}, [f"u_{formula_name(p.name)}"]
        self.fixed_effects += [FixedEffect(p, place=k) for k in range(len(p.typicals))]
        if p.constant:
            self.constants[formula_name(p.name)] = p.typicals[mine]
            return
        self.predictors.append((f"u_{formula_name(p.name)}", number, own))
        for c in p.covariates:
            values = _checked(self.table, c)
            if c.fixed:
                terms.append(f"{c.beta!r}*{c.term}")
                continue
            place = len(self.fixed_effects)
            self.fixed_effects.append(FixedEffect(p, c))
            if self._constant(values):
                own[place] = c.x(values[np.searchsorted(self.table.subject, np.arange(len(one)))])
            else:
                name = f"u_{formula_name(p.name)}_{c.column}"
                terms.append(f"{name}*{c.term}")
                self.predictors.append((name, -1, {place: one}))
        terms += self._of_occasions(p.name, p.occasions) if p.occasions else []
        self.formulas.append(f"{formula_name(p.name)} = {_inverse(p.shape, ' + '.join(terms))}")

    def _of_occasions(self, parameter: str, effect: OccasionEffect) -> list[str]:
        """Terms of the effects of the occasions, each with a predictor of its own."""
        seen = np.unique(self.table.covariate(effect.column))
        if not 1 < len(seen) <= MOST_OCCASIONS:
            raise InvalidInput(
                f"{effect.column} has {len(seen)} different values in '{self.table.text.name}'.",
                f"The occasions of {parameter} are numbered by it, from 2 to {MOST_OCCASIONS} of them.",
                "Name the column that numbers the occasions of a subject.",
            )
        first = len(self.effects.random) + len(self.occasions)
        terms = []
        for k, value in enumerate(seen.tolist(), start=1):
            name = f"u_{formula_name(parameter)}_{effect.column}_{k}"
            self.predictors.append((name, first + k - 1, {}))
            self.occasions.append(f"{parameter}.{effect.column}.{value:g}")
            terms.append(f"{name}*({effect.column} == {value!r})")
        self.alike.append(tuple(range(first, first + len(seen))))
        return terms

    def _constant(self, values: Floats) -> bool:
        subject = self.table.subject
        return not np.any((values[1:] != values[:-1]) & (subject[1:] == subject[:-1]))

    @property
    def design(self) -> Floats:
        """X, [subject, predictor, fixed effect]."""
        found = np.zeros((len(self.table.ids), len(self.predictors), len(self.fixed_effects)))
        for k, (_, _, columns) in enumerate(self.predictors):
            for place, column in columns.items():
                found[:, k, place] = column
        return found


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
