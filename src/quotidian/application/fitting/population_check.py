"""The check of a population fit: residuals, predictive checks, discrepancies, shrinkage, profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.crossing import Crossing
from quotidian.application.fitting.estimates import shrinkage
from quotidian.application.fitting.population_fit import PopulationFit, weighted_residuals
from quotidian.inference.diagnostics import (
    Combination,
    Normality,
    PredictiveCheck,
    Profile,
    Slope,
    SurvivalCheck,
    combinations,
    discrepancies,
    individual_residuals,
    limits,
    normality,
    predictive_check,
    profile,
    residual_shrinkage,
    simulated_classes,
    slope,
    survival_check,
)
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei
from quotidian.inference.mixture import shares_of
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
COPIES = 500
ITEMS = {"ID", "TIME", "DATE", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "CMT", "DV", "MDV", "CENS", "LIMIT"}
NO_COVARIATES = ITEMS | {"DVID", "OCC", "C"}


@dataclass(frozen=True, eq=False)
class FitCheck:
    """What the data say against a fit.

    Attributes
    ----------
    residuals : columns by name, a value each observation: ROW, ID, TIME, KIND, CENS, DV, PRED, IPRED, CWRES,
        IWRES, NPDE, NPD. vpc, pcvpc : by kind of observation. survival : of the time to a crossing, or None.
    normality : of CWRES (not in a mixture), IWRES, NPDE and NPD. eta_shrinkage : by effect.
    epsilon_shrinkage : of residuals. covariates : effect and covariate, and the line through them.
    profiles : by parameter, on the user's scale. combinations : of parameters, the worst determined first.
    """

    fit: PopulationFit
    copies: int
    residuals: Mapping[str, NDArray[np.generic]]
    vpc: Mapping[str, PredictiveCheck]
    pcvpc: Mapping[str, PredictiveCheck]
    survival: SurvivalCheck | None
    normality: Mapping[str, Normality]
    eta_shrinkage: Mapping[str, float]
    epsilon_shrinkage: float
    covariates: Mapping[tuple[str, str], Slope]
    covariate_values: Mapping[str, Floats]
    profiles: Mapping[str, Profile]
    combinations: tuple[Combination, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the fit: doubtful data, flat directions, more probable modes, parameters held."""
        return tuple(self.fit.estimates.get("notes", ()))


def check_population(
    fit: PopulationFit, *, seed: int = 1, copies: int = COPIES, profiles: bool = True,
    crossing: Crossing | None = None,
) -> FitCheck:  # fmt: skip
    """Check a fit against its data.

    Parameters
    ----------
    seed, copies : of the simulated data sets. profiles : whether the objective is profiled, the longest part.
    crossing : a threshold; the time to its first crossing is checked as times to an event are.
    """
    model, at, streams = fit.model, fit.parameters, Streams(seed)
    others = simulated_classes(fit.problem.kinds, fit.shares, at, streams, copies)
    table = _residuals(fit, others, streams)
    there = model.data.there
    checks = {corrected: _predictive(fit, table, others[:, there], corrected) for corrected in (False, True)}
    survival = None
    if crossing is not None:
        own = there & (model.data.endpoint == crossing.endpoint)
        times = np.where(own, _padded(fit, fit.table.time), np.nan)
        beyond = crossing.beyond(model.data.value, model.data.censored)
        survival = survival_check(times, beyond & own, crossing.beyond(others, None) & own)
    judged = ("IWRES", "NPDE", "NPD") if fit.mixture else ("CWRES", "IWRES", "NPDE", "NPD")
    weighted = {name: normality(np.asarray(table[name])) for name in judged}
    covariates = covariate_values(fit)
    lines = {
        (effect, name): slope(values[fit.used[:, k]], fit.eta[fit.used[:, k], k])
        for k, effect in enumerate(fit.effects)
        for name, values in covariates.items()
    }
    return FitCheck(
        fit, copies, table, checks[False], checks[True], survival, weighted,
        dict(zip(fit.effects, shrinkage(fit.eta, at, fit.used), strict=True)),
        residual_shrinkage(model, at, fit.eta), lines, covariates,
        profiles_of(fit) if profiles else {}, combinations_of(fit),
    )  # fmt: skip


def covariate_values(fit: PopulationFit) -> dict[str, Floats]:
    """Columns of numbers that are no data items, [subject], at the first row; constant ones are left out."""
    table, found = fit.table, dict[str, Floats]()
    first = np.searchsorted(table.subject, np.arange(len(table.ids)))
    for name in table.text.columns:
        if name in NO_COVARIATES:
            continue
        cells = [table.text.column(name)[row] for row in first]
        try:
            values = np.array([float(cell) for cell in cells])
        except ValueError:
            continue
        if np.isfinite(values).all() and np.ptp(values) > 0:
            found[name] = values
    return found


def profiles_of(fit: PopulationFit) -> dict[str, Profile]:
    """Profiles of the FOCEI objective, on the user's scale.

    By estimated fixed effects, by residual errors, and by the share of the first of two classes.
    """
    coordinates = fit.problem.structure.coordinates
    if fit.covariance is None:
        return {}
    function, x = FoceiFunction(fit.problem.kinds, coordinates), fit.x
    if fit.estimates["method"] != "focei":
        x = fit_focei(function, x).x
    free = [e for e in fit.problem.structure.fixed_effects if e.free]
    n, m, s = coordinates.sizes
    found, estimated = {}, np.diag(fit.covariance) > 0.0
    for k, effect in enumerate(free):
        if not estimated[k]:
            continue
        found[effect.name] = profile(function, x, fit.covariance, k).mapped(effect.value)
    names = list(fit.estimates["sigma"])
    for k in np.flatnonzero(estimated[n + m : n + m + s]).tolist():
        found[f"sigma {names[k]}"] = profile(function, x, fit.covariance, n + m + k).mapped(np.exp)
    if len(fit.shares) == 2 and estimated[n + m + s]:
        of_share = profile(function, x, fit.covariance, n + m + s)
        found["share 1"] = of_share.mapped(lambda z: float(shares_of(np.array([z]))[0]))
    return found


def combinations_of(fit: PopulationFit) -> tuple[Combination, ...]:
    """Combinations of the estimated fixed effects, the worst determined first."""
    if fit.covariance is None:
        return ()
    effects = [e for e in fit.problem.structure.fixed_effects if e.free]
    own = np.flatnonzero(np.diag(fit.covariance)[: len(effects)] > 0.0)
    free = [effects[k] for k in own]
    relative = [
        (e.covariate is None and e.parameter.shape == "log-normal")
        or (e.covariate is not None and e.covariate.relation == "factor")
        for e in free
    ]
    return tuple(combinations(fit.covariance[np.ix_(own, own)], [e.name for e in free], relative))


def _residuals(fit: PopulationFit, others: Floats, streams: Streams) -> dict[str, NDArray[np.generic]]:
    model, at, there = fit.model, fit.parameters, fit.model.data.there
    everyone = model.everyone()
    f = model.predictor.predict(everyone, model.predictors(everyone, fit.eta, at.theta))
    typical, own = fit.typical(observed=True), model.residuals.normal(model.data, f, at.sigma)[0]
    found = discrepancies(model.data, others, streams)
    names = np.array([e.observable or "DV" for e in fit.problem.structure.effects.endpoints])
    subject = np.broadcast_to(everyone[:, None], there.shape)
    return {
        "ROW": _padded(fit, np.arange(1.0, len(fit.table.time) + 1))[there].astype(np.int64),
        "ID": np.array(fit.ids)[subject[there]], "TIME": _padded(fit, fit.table.time)[there],
        "KIND": names[model.data.endpoint[there]], "CENS": model.data.censored[there],
        "DV": model.data.value[there], "PRED": typical[there], "IPRED": own[there],
        "CWRES": weighted_residuals(fit)[there],
        "IWRES": individual_residuals(model, at, fit.eta)[there],
        "NPDE": found.npde[there], "NPD": found.npd[there],
    }  # fmt: skip


def _predictive(
    fit: PopulationFit, table: Mapping[str, NDArray[np.generic]], others: Floats, corrected: bool
) -> dict[str, PredictiveCheck]:
    """Checks by kind of observation; ``others`` [copy, observation]."""
    endpoints = fit.problem.structure.effects.endpoints
    number, low = fit.model.data.endpoint[fit.model.data.there], limits(fit.model.data)[0]
    sound = others[np.isfinite(others).all(axis=1)]
    found = {}
    for k, e in enumerate(endpoints):
        own = number == k
        if not own.any():
            continue
        columns = {name: np.asarray(table[name], dtype=np.float64)[own] for name in ("TIME", "DV", "PRED")}
        found[e.observable or "DV"] = predictive_check(
            columns["TIME"], columns["DV"], sound[:, own],
            typical=columns["PRED"] if corrected else None, logarithm=e.kind == "log",
            below=np.asarray(table["CENS"])[own] == 1, limit=float(low[k]),
        )  # fmt: skip
    return found


def _padded(fit: PopulationFit, column: Floats) -> Floats:
    """A column of the table as [subject, observation]."""
    found = np.full(fit.model.data.there.shape, np.nan)
    for subject in range(fit.model.subjects):
        rows = fit.table.counted[fit.table.subject[fit.table.counted] == subject]
        found[subject, : len(rows)] = column[rows]
    return found
