r"""Effects on parameters as declared by a user: typical values, random effects, covariates, residual
errors.

A parameter P with typical value p has :math:`h(P_i) = h(p) + \sum_c \beta_c x_{ic} + \eta_i`, where h is the
logarithm, the logit or the identity, and x of a covariate is

============  ===================================================
``power``     :math:`\ln(c/c_0)`, so that :math:`P \propto (c/c_0)^\beta`
``factor``    c itself, with :math:`\beta = \ln` of the factor
``exponent``  :math:`c - c_0`, so that :math:`P \propto e^{\beta (c - c_0)}`
============  ===================================================

An effect of occasions adds :math:`\kappa_{ik}` on the scale of h, where k is the occasion of the record, all
:math:`\kappa_{ik}` of a parameter having the same variance. Formulas compute further parameters from these.
In a mixture of classes of subjects, p can have a value for each class.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.covariate_model import CovariateFormula
from quotidian.inference.residual import SIZES, Kind

Floats = NDArray[np.float64]
CLASS = "CLASS"  # in formulas, the number of a subject's class in a mixture
Shape: TypeAlias = Literal["log-normal", "logit-normal", "normal"]
Relation: TypeAlias = Literal["power", "factor", "exponent"]


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
class OccasionEffect:
    """Variability between the occasions of a subject: ``column`` numbers them, ``between`` is the SD."""

    column: str
    between: float


@dataclass(frozen=True)
class ParameterEffect:
    """A parameter: its typical value, and the SD of its random effect on the scale of h (0: none).

    ``others`` : typical values of the second and further classes of a mixture; () where all have the same.
    """

    name: str
    typical: float
    between: float = 0.0
    shape: Shape = "log-normal"
    covariates: tuple[CovariateEffect, ...] = ()
    fixed: bool = False
    occasions: OccasionEffect | None = None
    others: tuple[float, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether it is the same number for all subjects, and not estimated."""
        return self.fixed and not self.between > 0 and not self.covariates and self.occasions is None

    @property
    def typicals(self) -> tuple[float, ...]:
        """Typical values of the classes; one where all have the same."""
        return (self.typical, *self.others)

    @property
    def theta(self) -> float:
        """Typical value on the scale of h."""
        if self.shape == "log-normal":
            return math.log(self.typical)
        return math.log(self.typical / (1 - self.typical)) if self.shape == "logit-normal" else self.typical

    def internal(self, value: float) -> float:
        """The theta of a typical value."""
        return replace(self, typical=value).theta

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
    """All effects.

    Attributes
    ----------
    blocks : names of parameters whose random effects covary, block by block. correlations : at the start, of
        two parameters of a block each; 0 for the others. formulas : further parameters, in order. shares : at
        the start, of the classes of a mixture, whose number formulas read as CLASS; one class for (1,).
    """

    parameters: tuple[ParameterEffect, ...]
    endpoints: tuple[Endpoint, ...]
    blocks: tuple[tuple[str, ...], ...] = ()
    correlations: tuple[tuple[str, str, float], ...] = ()
    formulas: tuple[CovariateFormula, ...] = ()
    shares: tuple[float, ...] = (1.0,)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters and of the results of formulas."""
        return (*(p.name for p in self.parameters), *(f.parameter for f in self.formulas))

    @property
    def covariance(self) -> Floats:
        """Of the random effects of :attr:`random` at the start."""
        sd = np.array([p.between for p in self.parameters if p.between > 0], dtype=np.float64)
        r, names = np.eye(len(sd)), self.random
        for first, second, value in self.correlations:
            a, b = names.index(first), names.index(second)
            r[a, b] = r[b, a] = value
        return r * sd[:, None] * sd

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
    """One number of theta: the parameter that it belongs to, and the covariate (None: its typical value).

    ``place`` : of the class whose typical value it is, from 0.
    """

    parameter: ParameterEffect
    covariate: CovariateEffect | None = None
    place: int = 0

    @property
    def name(self) -> str:
        """``CL``, ``CL_WT``, or ``CL.2`` for the typical value of the second class."""
        if self.covariate:
            return f"{self.parameter.name}_{self.covariate.column}"
        return f"{self.parameter.name}.{self.place + 1}" if self.parameter.others else self.parameter.name

    @property
    def start(self) -> float:
        """Its value at the start."""
        if self.covariate:
            return self.covariate.beta
        return self.parameter.internal(self.parameter.typicals[self.place])

    @property
    def free(self) -> bool:
        """Whether it is estimated."""
        return not (self.covariate.fixed if self.covariate else self.parameter.fixed)

    def internal(self, value: float) -> float:
        """The theta of a value on the user's scale."""
        if self.covariate is None:
            return self.parameter.internal(value)
        return replace(self.covariate, value=value).beta

    def value(self, theta: float) -> float:
        """The value on the user's scale."""
        return self.natural(theta)[0]

    def natural(self, theta: float) -> tuple[float, float]:
        """The value on the user's scale, and its derivative."""
        if self.covariate is None:
            return self.parameter.natural(theta)
        if self.covariate.relation == "factor":
            return math.exp(theta), math.exp(theta)
        return theta, 1.0


def formula_name(name: str) -> str:
    """A name as formulas write it: ``tocilizumab__CL`` for ``tocilizumab.CL``."""
    return name.replace(".", "__")


def sigma_names(kind: Kind) -> tuple[str, ...]:
    """Names of the parts of a residual error."""
    return ("additive", "proportional") if SIZES[kind] == 2 else (kind,)
