"""Estimates and their standard errors by name, as users state them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.effects import Structure, sigma_names
from quotidian.inference.gradient_fit import FoceiFunction, LaplaceFunction, hessian
from quotidian.inference.likelihood_information import likelihood_hessians
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.mixture import share_slopes
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
FLAT = 1e-3  # second derivative of a direction that the data do not determine: an SD above 40 on a log scale
DOWNHILL = 0.02  # fall of the second derivative beyond which estimates are no minimum, and not only flat
SURE = 7.0  # estimated Monte Carlo errors that a second derivative exceeds, see decision 70
SMALL = 0.2  # of the largest part of a direction: parameters with smaller parts are not named


def objective_of(function: FoceiFunction, method: str) -> FoceiFunction | LaplaceFunction:
    """The objective from whose second derivative the standard errors of a method follow."""
    return LaplaceFunction(function) if method == "laplace" else function


@dataclass(frozen=True, eq=False)
class Errors:
    """Covariances of the coordinates, None where they could not be computed.

    Attributes
    ----------
    covariance : of the FOCEI or Laplace objective. stated : that of the stated standard errors. origin : its
        objective: focei, laplace or likelihood. notes : what the data do not determine.
    """

    covariance: Floats | None
    stated: Floats | None
    origin: str
    notes: list[str]


def errors_of(
    function: FoceiFunction, method: str, x: Floats, whole: Structure, quick: Sequence[MixedModel],
    streams: Streams,
) -> Errors:  # fmt: skip
    """From the second derivative of the objective of a method, at coordinates ``x``.

    After SAEM that of FOCEI is computed first. If it is not positive definite, the estimates need not be a
    minimum of FOCEI, and the second derivative of the likelihood itself takes its place; not in mixtures.

    Parameters
    ----------
    quick : the models with the tolerances of SAEM, one for each class; none without this replacement.
    """
    covariance, notes = covariance_of(objective_of(function, method), x, whole)
    origin = "laplace" if method == "laplace" else "focei"
    if method != "saem" or not notes or len(quick) != 1:
        return Errors(covariance, covariance, origin, notes)
    names, c = coordinate_names(whole, function.coordinates), function.coordinates
    try:
        found = likelihood_hessians(quick[0], c, c.parameters(x), streams)
    except np.linalg.LinAlgError:
        found = np.full((2, len(x), len(x)), np.nan)
    own, notes = conditional(found[0], names, "likelihood objective", found[1:])
    return Errors(covariance, own, "likelihood", notes)


def covariance_of(
    function: FoceiFunction | LaplaceFunction, x: Floats, whole: Structure
) -> tuple[Floats | None, list[str]]:
    """Covariance of the estimates, twice the inverse second derivative of the objective; see conditional."""
    names = coordinate_names(whole, function.coordinates)
    kind = "FOCEI" if isinstance(function, FoceiFunction) else "Laplace"
    return conditional(hessian(function, x), names, f"{kind} objective")


def conditional(
    second: Floats, names: Sequence[str], objective: str, batches: Floats | None = None
) -> tuple[Floats | None, list[str]]:
    """Covariance from the second derivative of an ``objective``, and notes.

    Where the data do not determine every parameter, it is conditional: parameters are held at their estimates
    until the others are determined. Rows and columns of these are 0, and a note names them. None where the
    estimates are no minimum of the objective.

    Parameters
    ----------
    batches : second derivatives of independent batches [batch, .., ..], whose mean error ``second`` has.
    """
    if not np.isfinite(second).all():
        return None, ["Standard errors could not be computed: the objective is lost beside the estimates."]
    values, vectors = np.linalg.eigh(second)
    noise = SURE * noise_along(vectors, batches)
    flat, down = values <= np.maximum(FLAT, noise), values < -DOWNHILL - noise
    if not flat.any():
        return np.asarray(2.0 * np.linalg.inv(second), dtype=np.float64), []
    parts = np.abs(vectors)
    large = parts >= SMALL * parts.max(axis=0)
    if down.any():
        lost = _listed(names, large[:, down].any(axis=1))
        notes = [f"Standard errors could not be computed: the {objective} falls along {lost}."]
        if (level := flat & ~down).any():
            notes.append(f"The data do not determine {_listed(names, large[:, level].any(axis=1))}.")
        return None, notes
    lost = _listed(names, large[:, flat].any(axis=1))
    kept = determined(second, batches)
    found = np.zeros_like(second)
    found[np.ix_(kept, kept)] = 2.0 * np.linalg.inv(second[np.ix_(kept, kept)])
    held = _listed(names, ~np.isin(np.arange(len(second)), kept))
    return found, [f"The data do not determine {lost}. Standard errors are those with {held} held."]


def determined(second: Floats, batches: Floats | None = None) -> NDArray[np.int64]:
    """Coordinates that remain when the largest part of each direction that is flat or falls is held."""
    kept = np.arange(len(second))
    while len(kept):
        own = np.ix_(kept, kept)
        values, vectors = np.linalg.eigh(second[own])
        noise = noise_along(vectors, None if batches is None else batches[:, own[0], own[1]])
        flat = np.flatnonzero(values <= np.maximum(FLAT, SURE * noise))
        if not len(flat):
            break
        kept = np.delete(kept, np.argmax(np.abs(vectors[:, flat[0]])))
    return kept


def noise_along(vectors: Floats, batches: Floats | None) -> Floats:
    """Monte Carlo error of the mean second derivative of batches along each column; 0 without batches."""
    if batches is None:
        return np.zeros(vectors.shape[1])
    along = np.einsum("qk,bqr,rk->bk", vectors, batches, vectors)
    return np.asarray(along.std(axis=0, ddof=1) / np.sqrt(len(batches)))


def _listed(names: Sequence[str], which: NDArray[np.bool_]) -> str:
    return ", ".join(name for name, one in zip(names, which, strict=True) if one)


def coordinate_names(whole: Structure, coordinates: Coordinates) -> list[str]:
    """Names of the estimated parameters, in the order of the coordinates; shares last."""
    spread, sigmas = spread_names(whole), sigma_parts(whole)
    found = [e.name for e in whole.fixed_effects if e.free]
    found += [f"omega {_pair(spread, a, b)}" for a, b in coordinates.elements]
    found += [f"sigma {name}" for name, free in zip(sigmas, coordinates.free_sigma, strict=True) if free]
    return [*found, *(f"share {k}" for k in range(1, len(whole.effects.shares)))]


def shrinkage(eta: Floats, at: Parameters, used: NDArray[np.bool_]) -> list[float]:
    r""":math:`1 - SD(\hat\eta)/\omega` of each effect over the subjects that use it, [subject, effect]."""
    own = [eta[used[:, k], k] for k in range(eta.shape[1])]
    spread = np.array([values.std(ddof=1) if len(values) > 1 else 0.0 for values in own])
    return [float(v) for v in 1.0 - spread / np.sqrt(np.diag(at.omega))]


def estimates_of(
    whole: Structure, coordinates: Coordinates, at: Parameters, covariance: Floats | None, shares: Floats
) -> dict[str, Any]:
    """theta, omega, sigma, shares of a mixture, and their standard errors by name, as users state them."""
    theta = {e.name: e.natural(t) for e, t in zip(whole.fixed_effects, at.theta, strict=True)}
    names = spread_names(whole)
    own = [block for block in coordinates.blocks if block[0] not in coordinates.followers]
    places = [(a, b) for block in own for a in block for b in block if b <= a]
    omega = {_pair(names, a, b): float(at.omega[a, b]) for a, b in places}
    sigma = {name: float(s) for name, s in zip(sigma_parts(whole), at.sigma, strict=True)}
    found = {"theta": {name: value for name, (value, _) in theta.items()}, "omega": omega, "sigma": sigma}
    if len(shares) > 1:
        found["shares"] = {str(k + 1): float(share) for k, share in enumerate(shares)}
    if covariance is None:
        return {**found, "se": None}
    sd, (n, m, s) = np.sqrt(np.diag(covariance)), coordinates.sizes
    free = [e for e in whole.fixed_effects if e.free]
    se_theta = {e.name: float(abs(theta[e.name][1]) * s) for e, s in zip(free, sd[:n], strict=True)}
    se_omega = {
        _pair(names, a, b): _moved(covariance[n : n + m, n : n + m], slopes)
        for (a, b), slopes in zip(
            places, (coordinates.factor_slopes(at)[:, a, b] for a, b in places), strict=True
        )
    }
    se_sigma = {name: float(v * e) for (name, v), e in zip(sigma.items(), sd[n + m : n + m + s], strict=True)}
    errors = {"theta": se_theta, "omega": se_omega, "sigma": se_sigma}
    if len(shares) > 1:
        last = covariance[n + m + s :, n + m + s :]
        errors["shares"] = {
            name: _moved(last, slopes)
            for name, slopes in zip(found["shares"], share_slopes(shares), strict=True)
        }
    return {
        **found,
        "se": {kind: {name: e or None for name, e in own.items()} for kind, own in errors.items()},
    }


def _moved(covariance: Floats, slopes: Floats) -> float:
    """SD of a quantity with these slopes by the coordinates; 0 where one of them is held."""
    if ((np.diag(covariance) == 0.0) & (slopes != 0.0)).any():
        return 0.0
    return float(np.sqrt(slopes @ covariance @ slopes))


def shares_of_estimates(estimates: Mapping[str, Any], whole: Structure) -> Floats:
    """Shares of the classes that a dictionary of :func:`estimates_of` states, [class].

    Raises KeyError where it lacks one.
    """
    count = len(whole.effects.shares)
    if count == 1:
        return np.ones(1)
    return np.array([float(estimates["shares"][str(k + 1)]) for k in range(count)])


def parameters_of(estimates: Mapping[str, Any], whole: Structure) -> Parameters:
    """The parameters that a dictionary of :func:`estimates_of` states.

    Raises KeyError for a name that it lacks.
    """
    names, followers = spread_names(whole), whole.coordinates.followers
    theta = [e.internal(float(estimates["theta"][e.name])) for e in whole.fixed_effects]
    omega = np.zeros((len(names), len(names)))
    for block in whole.blocks:
        if block[0] in followers:
            continue
        for a in block:
            for b in block:
                omega[a, b] = float(estimates["omega"][_pair(names, max(a, b), min(a, b))])
    for first, *others in whole.alike:
        omega[others, others] = omega[first, first]
    sigma = [float(v) for v in estimates["sigma"].values()]
    if len(sigma) != len(whole.start.sigma):
        raise KeyError("sigma")
    return Parameters(np.array(theta), omega, np.array(sigma))


def sigma_parts(whole: Structure) -> list[str]:
    """Name of each part of the residual errors."""
    several = len(whole.effects.endpoints) > 1
    return [
        f"{e.observable}.{part}" if several else part
        for e in whole.effects.endpoints
        for part in sigma_names(e.kind)
    ]


def spread_names(whole: Structure) -> list[str]:
    """Name of the variance of each random effect; that of occasions is ``CL.OCC``."""
    found = list(whole.random)
    for group, (name, _) in zip(whole.alike, whole.spreads, strict=True):
        for k in group:
            found[k] = name
    return found


def _pair(names: Sequence[str], a: int, b: int) -> str:
    return names[a] if a == b else f"{names[b]},{names[a]}"
