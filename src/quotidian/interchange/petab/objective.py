r"""The objective of a PEtab problem, its residuals, and its gradient.

With :math:`h(m)` the measurement and :math:`h(y)` the simulation on the scale of the observable,
:math:`\sigma` the noise and :math:`r = (h(m) - h(y)) / \sigma`:

- normal: :math:`\ln L = -\tfrac12 \ln(2 \pi \sigma^2) - \tfrac12 r^2 + \ln h'(m)`
- Laplace: :math:`\ln L = -\ln(2 \sigma) - |r| + \ln h'(m)`
- :math:`\chi^2 = \sum r^2`
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import NotSolvable
from quotidian.interchange.formula import Formula, evaluate, names
from quotidian.interchange.petab.priors import on_scale
from quotidian.interchange.petab.problem import Measurement, Observable, Problem
from quotidian.interchange.petab.simulation import Course, course

Floats: TypeAlias = NDArray[np.float64]
STEP = 1e-3
"""Step of the differences that give the gradient, as a part of the parameter on its scale (or of 1)."""


@dataclass(frozen=True)
class Objective:
    """The value of a problem at one point.

    Attributes
    ----------
    log_likelihood, chi2 : see the module. simulated, noise : by measurement, in order of the table.
    log_prior : by estimated parameter; 0 for one that is unbounded and has none.
    """

    log_likelihood: float
    chi2: float
    simulated: tuple[float, ...]
    noise: tuple[float, ...]
    log_prior: Mapping[str, float]

    @property
    def log_posterior(self) -> float:
        """Log-likelihood and log-priors, without the constant that no problem states."""
        return self.log_likelihood + math.fsum(self.log_prior.values())


def objective(problem: Problem, values: Mapping[str, float] | None = None) -> Objective:
    """The objective at the nominal values, or with other ``values`` (unscaled) for some parameters.

    Raises UnknownName for no parameter; NotSolvable for a noise that is not above 0 or a simulation
    without logarithm; NotSolvable where the model cannot be followed.
    """
    point = problem.values(values)
    simulated, noise, scores, squares = [], [], [], []
    for m, (y, sigma) in zip(problem.measurements, _predicted(problem, point), strict=True):
        o = problem.observables[m.observable]
        residual = _residual(o, m, y, sigma)
        simulated.append(y)
        noise.append(sigma)
        squares.append(residual * residual)
        scores.append(_score(o, m.value, sigma, residual))
    return Objective(
        math.fsum(scores), math.fsum(squares), tuple(simulated), tuple(noise), _log_prior(problem, point)
    )


def gradient(problem: Problem, values: Mapping[str, float] | None = None) -> dict[str, float]:
    r"""Derivatives of the log-likelihood by estimated parameters, each on its own scale.

    Central differences of fourth order, :math:`(8 (f_1 - f_{-1}) - (f_2 - f_{-2})) / 12 h`, of runs at a
    relative tolerance of 1e-10.

    Errors as :func:`objective`.
    """
    point, found = problem.values(values), dict[str, float]()
    for name in problem.estimated:
        scale = problem.parameters[name].scale
        x = on_scale(point[name], scale)
        if not math.isfinite(x):
            raise NotSolvable(
                f"'{name}' is {point[name]:g}, which cannot be expressed on the scale {scale}.",
                "The gradient is with respect to its logarithm.", f"Give a value above 0: {name}=VALUE.",
            )  # fmt: skip
        h = STEP * (abs(x) if abs(x) > STEP else 1.0)

        def f(k: int, x: float = x, h: float = h, name: str = name, scale: str = scale) -> float:
            return objective(problem, {**point, name: _off_scale(x + k * h, scale)}).log_likelihood

        found[name] = (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)
    return found


def _off_scale(x: float, scale: str) -> float:
    return x if scale == "lin" else math.exp(x) if scale == "log" else 10.0**x


def _predicted(problem: Problem, point: Mapping[str, float]) -> Iterator[tuple[float, float]]:
    """Simulation and noise of each measurement."""
    courses: dict[tuple[str, str], Course] = {}
    for m in problem.measurements:
        key = m.model, m.experiment
        if key not in courses:
            same = [n for n in problem.measurements if (n.model, n.experiment) == key]
            courses[key] = _course(problem, key, point, same)
        o = problem.observables[m.observable]
        known: dict[str, float] = {**point, **courses[key].at[m.time]}
        known |= _override(problem, m, point)
        known |= _given(o.placeholders, m.parameters, known)
        known |= _given(o.noise_placeholders, m.noise_parameters, known)
        yield float(evaluate(o.formula, known)), float(evaluate(o.noise, known))


def _override(problem: Problem, m: Measurement, point: Mapping[str, float]) -> dict[str, float]:
    """What the condition of a measurement gives names that are not in the model (version 1)."""
    model, changes = problem.models[m.model], problem.experiments[m.experiment].first
    return {n: float(evaluate(f, point)) for n, f in changes.items() if n not in model.quantities}


def _given(
    placeholders: tuple[str, ...], formulas: tuple[Formula, ...], known: Mapping[str, float]
) -> dict[str, float]:
    return {p: float(evaluate(f, known)) for p, f in zip(placeholders, formulas, strict=True)}


def _course(
    problem: Problem, key: tuple[str, str], point: Mapping[str, float], same: list[Measurement]
) -> Course:
    model = problem.models[key[0]]
    measured = [problem.observables[m.observable] for m in same]
    formulas = [f for o in measured for f in (o.formula, o.noise)]
    formulas += [f for m in same for f in (*m.parameters, *m.noise_parameters)]
    known = {*model.quantities, *(r.id for r in model.reactions)}
    wanted = sorted({n for f in formulas for n in names(f)} & known)
    values = {problem.aliases.get(name, name): value for name, value in point.items()}
    return course(model, problem.experiments[key[1]], values, [m.time for m in same], wanted)


def _residual(o: Observable, m: Measurement, y: float, sigma: float) -> float:
    transformed = on_scale(y, o.transformation)
    if not (math.isfinite(transformed) and 0 < sigma < math.inf):
        what = f"The simulation of '{o.id}' is {y:g}, and its noise {sigma:g} ({m.place})."
        raise NotSolvable(
            what,
            "The likelihood needs a noise above 0, and a logarithm that exists.",
            "Change the parameter values.",
        )
    return (on_scale(m.value, o.transformation) - transformed) / sigma


def _score(o: Observable, value: float, sigma: float, residual: float) -> float:
    """The log-density of one measurement."""
    slope = {"lin": 1.0, "log": value, "log10": value * math.log(10.0)}[o.transformation]
    if o.family == "laplace":
        return -math.log(2 * sigma) - abs(residual) - math.log(slope)
    return -0.5 * math.log(2 * math.pi) - math.log(sigma) - 0.5 * residual * residual - math.log(slope)


def _log_prior(problem: Problem, point: Mapping[str, float]) -> dict[str, float]:
    return {
        p.id: p.prior.log_density(point[p.id], p.lower, p.upper) if p.prior is not None else 0.0
        for p in (problem.parameters[name] for name in problem.estimated)
    }
