r"""Individual parameters as formulas of linear predictors and covariates.

The linear predictors of subject :math:`i` are :math:`u_i = X_i \theta + Z \eta_i`; a parameter of the
structural model is a formula of them, :math:`\phi_i = g(u_i, x_i)`, such as ``CL =
exp(u_CL)*(WT/70)**0.75``. All estimated parameters act through :math:`u`, so the derivatives of
predictions with respect to :math:`u` are sufficient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.data.covariate_model import CovariateFormula
from quotidian.inference.dual import Dual

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class IndividualModel:
    """The formulas from predictors and covariates to parameters.

    Attributes
    ----------
    predictors : names of the linear predictors, in order.
    formulas : in order; each may read predictors, covariates, and results of earlier ones.
    parameters : parameters of the structural model, each the result of a formula, or a number of ``fixed``.
    lag, bioavailability, duration, rate, space : by number of compartment, names of results or of ``fixed``.
        Amounts are multiplied by bioavailabilities and divided by spaces.
    fixed : numbers by name.
    """

    predictors: tuple[str, ...]
    formulas: tuple[CovariateFormula, ...]
    parameters: tuple[str, ...]
    bioavailability: Mapping[int, str] = field(default_factory=dict)
    lag: Mapping[int, str] = field(default_factory=dict)
    duration: Mapping[int, str] = field(default_factory=dict)
    rate: Mapping[int, str] = field(default_factory=dict)
    space: Mapping[int, str] = field(default_factory=dict, kw_only=True)
    fixed: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(
        predictors: Sequence[str], formulas: Sequence[str], parameters: Sequence[str], **dosing: Any
    ) -> IndividualModel:
        """From formulas as text. Raises InvalidInput for a text that is not a formula."""
        read = tuple(CovariateFormula.read(text) for text in formulas)
        return IndividualModel(tuple(predictors), read, tuple(parameters), **dosing)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Columns of the table that formulas read."""
        own = {name.upper() for name in (*self.predictors, *self.fixed)}
        own |= {f.parameter.upper() for f in self.formulas}
        return tuple(sorted({c for f in self.formulas for c in f.columns} - own))

    def reads(self, name: str) -> frozenset[str]:
        """Predictors and covariates, in capitals, on which a result depends."""
        found: dict[str, frozenset[str]] = {}
        for formula in self.formulas:
            parts = (found.get(c, frozenset([c])) for c in formula.columns)
            found[formula.parameter.upper()] = frozenset().union(*parts)
        return found.get(name.upper(), frozenset()) - {n.upper() for n in self.fixed}

    def moves_with(self, name: str) -> frozenset[int]:
        """Numbers of the predictors on which a result depends."""
        read = self.reads(name)
        return frozenset(k for k, p in enumerate(self.predictors) if p.upper() in read)

    def factor(self, compartment: int, env: Mapping[str, Dual]) -> Dual:
        """Bioavailability of a compartment divided by its space, from the results of :meth:`evaluate`."""
        share, space = self.bioavailability.get(compartment), self.space.get(compartment)
        if space is None:
            return env[self.bioavailability[compartment].upper()]
        return (env[share.upper()] if share else 1.0) / env[space.upper()]

    def evaluate(self, u: Floats, columns: Mapping[str, Floats]) -> dict[str, Dual]:
        """Every result and fixed number by name in capitals, with derivatives by the predictors.

        Parameters
        ----------
        u : [n, predictor]. columns : covariates [n] by name in capitals.
        """
        count, unit = len(u), np.eye(len(self.predictors))
        env: dict[str, Any] = dict(columns)
        env |= {name.upper(): np.full(count, value) for name, value in self.fixed.items()}
        for k, name in enumerate(self.predictors):
            env[name.upper()] = Dual(u[:, k], np.broadcast_to(unit[k], (count, len(unit))))
        with np.errstate(all="ignore"):
            for formula in self.formulas:
                env[formula.parameter.upper()] = formula.evaluated(env)
        return {name: _dual(value, count, len(unit)) for name, value in env.items()}


def _dual(value: Any, count: int, directions: int) -> Dual:
    if isinstance(value, Dual):
        return Dual(value.value, np.broadcast_to(value.slope, (count, directions)))
    plain = np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))
    return Dual(plain, np.zeros((count, directions)))
