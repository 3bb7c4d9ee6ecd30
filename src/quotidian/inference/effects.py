r"""Effects on parameters as declared by a user: typical values, random effects, covariates, residual
errors.

A parameter P with typical value p has :math:`h(P_i) = h(p) + \sum_c \beta_c x_{ic} + \eta_i`, where h is the
logarithm, the logit or the identity, and x of a covariate is

============  ===================================================
``power``     :math:`\ln(c/c_0)`, so that :math:`P \propto (c/c_0)^\beta`
``factor``    c itself, with :math:`\beta = \ln` of the factor
``exponent``  :math:`c - c_0`, so that :math:`P \propto e^{\beta (c - c_0)}`
============  ===================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.event_table import EventTable
from quotidian.errors import InvalidInput
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.individual_model import IndividualModel
from quotidian.inference.mixed_model import Parameters
from quotidian.inference.residual import SIZES, Kind

Floats = NDArray[np.float64]
Shape: TypeAlias = Literal["log-normal", "logit-normal", "normal"]
Relation: TypeAlias = Literal["power", "factor", "exponent"]
DOSING = {"F": "bioavailability", "ALAG": "lag", "D": "duration", "R": "rate"}


@dataclass(frozen=True)
class CovariateEffect:
    """A covariate on a parameter: ``value`` is the exponent, factor or coefficient; ``of`` its centre."""

    column: str
    relation: Relation
    value: float
    of: float = 1.0
    fixed: bool = False

    @property
    def beta(self) -> float:
        """Coefficient on the scale of h."""
        return math.log(self.value) if self.relation == "factor" else self.value

    @property
    def term(self) -> str:
        """x as a formula of the column."""
        if self.relation == "power":
            return f"log({self.column}/{self.of!r})"
        return self.column if self.relation == "factor" else f"({self.column} - {self.of!r})"

    def x(self, column: Floats) -> Floats:
        """x of values of the column."""
        if self.relation == "power":
            return np.log(column / self.of)
        return column if self.relation == "factor" else column - self.of


@dataclass(frozen=True)
class ParameterEffect:
    """A parameter: its typical value, and the SD of its random effect on the scale of h (0: none)."""

    name: str
    typical: float
    between: float = 0.0
    shape: Shape = "log-normal"
    covariates: tuple[CovariateEffect, ...] = ()
    fixed: bool = False

    @property
    def theta(self) -> float:
        """Typical value on the scale of h."""
        if self.shape == "log-normal":
            return math.log(self.typical)
        return math.log(self.typical / (1 - self.typical)) if self.shape == "logit-normal" else self.typical

    def natural(self, theta: float) -> tuple[float, float]:
        """The typical value of a theta, and its derivative."""
        if self.shape == "log-normal":
            return math.exp(theta), math.exp(theta)
        if self.shape == "logit-normal":
            p = 1.0 / (1.0 + math.exp(-theta))
            return p, p * (1.0 - p)
        return theta, 1.0


@dataclass(frozen=True)
class Endpoint:
    """A kind of observation.

    Attributes
    ----------
    observable : name in the model, "" for that of the compartment. kind, sigma : of its residual error.
    column, value : rows that belong to it, such as DVID "1"; all for "".
    """

    observable: str
    kind: Kind
    sigma: tuple[float, ...]
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Effects:
    """All effects. ``blocks`` : names of parameters whose random effects covary, block by block."""

    parameters: tuple[ParameterEffect, ...]
    endpoints: tuple[Endpoint, ...]
    blocks: tuple[tuple[str, ...], ...] = ()

    @property
    def random(self) -> tuple[str, ...]:
        """Parameters with a random effect, in order."""
        return tuple(p.name for p in self.parameters if p.between > 0)

    @property
    def block_numbers(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the random effects, block by block."""
        named = {name for block in self.blocks for name in block}
        whole = [*self.blocks, *((name,) for name in self.random if name not in named)]
        found = [tuple(sorted(self.random.index(name) for name in block)) for block in whole]
        return tuple(sorted(found))


@dataclass(frozen=True)
class FixedEffect:
    """One number of theta: the parameter that it belongs to, and the covariate (None: its typical value)."""

    parameter: ParameterEffect
    covariate: CovariateEffect | None = None

    @property
    def name(self) -> str:
        """``CL`` or ``CL_WT``."""
        return f"{self.parameter.name}_{self.covariate.column}" if self.covariate else self.parameter.name

    @property
    def start(self) -> float:
        """Its value at the start."""
        return self.covariate.beta if self.covariate else self.parameter.theta

    @property
    def free(self) -> bool:
        """Whether it is estimated."""
        return not (self.covariate.fixed if self.covariate else self.parameter.fixed)

    def natural(self, theta: float) -> tuple[float, float]:
        """The value on the user's scale, and its derivative."""
        if self.covariate is None:
            return self.parameter.natural(theta)
        if self.covariate.relation == "factor":
            return math.exp(theta), math.exp(theta)
        return theta, 1.0


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
    dosing = _dosing(named)
    own_parameters = [name for name in parameters if name in named]
    individual = IndividualModel.of(predictors, formulas, own_parameters, **dosing)
    return Structure(effects, individual, tuple(fixed_effects), design, np.array(effect_of))


def _checked(table: EventTable, c: CovariateEffect) -> Floats:
    values = table.covariate(c.column.upper())
    if c.relation == "power" and not (c.of > 0 and np.all(values > 0)):
        bad = np.flatnonzero(values <= 0)
        where = f" in row {int(bad[0]) + 1}" if len(bad) else ""
        raise InvalidInput(
            f"{c.column} is not positive{where}, and a power of it is asked for.",
            "Only positive numbers have a power with any exponent.",
            "Correct the value, or state a factor or an exponent.",
        )
    return values


def _inverse(shape: Shape, linear: str) -> str:
    if shape == "log-normal":
        return f"exp({linear})"
    return f"1/(1 + exp(-({linear})))" if shape == "logit-normal" else linear


def _dosing(names: set[str]) -> dict[str, dict[int, str]]:
    """Names such as F1, ALAG1, D2 by kind and compartment."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in DOSING.values()}
    for name in sorted(names):
        match = dosing_item(name)
        if match is not None:
            found[match[0]][match[1]] = name
    return found


def dosing_item(name: str) -> tuple[str, int] | None:
    """Kind and compartment of a name such as F1 or ALAG2; None for another name."""
    match = re.fullmatch(r"(F|ALAG|D|R)([1-9])", name)
    return (DOSING[match[1]], int(match[2])) if match else None


def sigma_names(kind: Kind) -> tuple[str, ...]:
    """Names of the parts of a residual error."""
    return ("additive", "proportional") if SIZES[kind] == 2 else (kind,)
