r"""Diagnostics of a fit: conditional weighted residuals, shrinkage of residuals, prediction discrepancies.

CWRES decorrelates what remains after linearisation at the modes, :math:`C^{-1/2}(y - E)` with
:math:`E = f(\hat\eta) - G\hat\eta` and :math:`C = G \Omega G' + V`. Hooker AC, Staatz CE, Karlsson MO. Pharm
Res 2007;24:2187. NPDE compares an observation with simulated ones after both were decorrelated by the
simulations. Brendel K, et al. Pharm Res 2006;23:2036.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]


def conditional_residuals(model: MixedModel, at: Parameters, eta: Floats) -> Floats:
    """CWRES of quantified observations, [subject, observation]; not-a-number for others.

    ``eta`` : modes, [subject, effect]. For a model that is right they are near standard normal.
    """
    everyone = model.everyone()
    f, slopes = model.predictor.linearise(
        everyone, model.predictors(everyone, eta, at.theta), model.random.tolist()
    )
    held = model.scores(everyone, f, at.sigma, variance_at=f)
    found = np.full(f.shape, np.nan)
    for i in range(len(f)):
        own = model.data.there[i] & (model.data.censored[i] == 0)
        v = 1.0 / held.w[i, own]
        g, error = slopes[i, own], -0.5 * held.l_f[i, own] * v
        spread = g @ at.omega @ g.T + np.diag(v)
        found[i, own] = _root_inverse(spread) @ (error + g @ eta[i])
    return found


def residual_shrinkage(model: MixedModel, at: Parameters, eta: Floats) -> float:
    r""":math:`1 - SD(IWRES)` of the quantified observations."""
    everyone = model.everyone()
    f = model.predictor.predict(everyone, model.predictors(everyone, eta, at.theta))
    held = model.scores(everyone, f, at.sigma, variance_at=f)
    own = model.data.there & (model.data.censored == 0)
    return float(1.0 - (-0.5 * held.l_f[own] / np.sqrt(held.w[own])).std(ddof=1))


def prediction_discrepancies(
    model: MixedModel, at: Parameters, streams: Streams, copies: int = 500
) -> Floats:
    """NPDE, [subject, observation]; not-a-number for padding and censored observations.

    Errors of the simulations are normal about the prediction with its variance, on the scale of the data.
    """
    count, size = model.subjects, model.effects
    width = model.data.value.shape[1]
    root = np.linalg.cholesky(at.omega)
    z = streams.normal("npde", 0, np.arange(count * copies), size + width)
    who = np.repeat(model.everyone(), copies)
    eta = z[:, :size] @ root.T
    f = model.predictor.predict(who, model.predictors(who, eta, at.theta))
    s = model.scores(who, f, at.sigma, variance_at=f)
    y = model.data.of(who).value
    simulated = y + 0.5 * s.l_f / np.maximum(s.w, 1e-300) * _slope(model, who, f)
    simulated = simulated + z[:, size:] * _slope(model, who, f) / np.sqrt(np.maximum(s.w, 1e-300))
    simulated = simulated.reshape(count, copies, width)
    found = np.full((count, width), np.nan)
    for i in range(count):
        own = model.data.there[i] & (model.data.censored[i] == 0)
        if own.any():
            found[i, own] = _decorrelated(model.data.value[i, own], simulated[i][:, own])
    return found


def _slope(model: MixedModel, who: NDArray[np.int64], f: Floats) -> Floats:
    """Derivative of the mean of each observation by the prediction: 1, or 1/f on the logarithm."""
    logs = np.array([kind == "log" for kind in model.residuals.kinds])[model.data.of(who).endpoint]
    return np.where(logs, 1.0 / np.where(f > 0, f, 1.0), 1.0)


def _decorrelated(y: Floats, simulated: Floats) -> Floats:
    copies = len(simulated)
    mean = simulated.mean(axis=0)
    root = _root_inverse(np.atleast_2d(np.cov(simulated, rowvar=False)))
    own, others = root @ (y - mean), (simulated - mean) @ root.T
    share = (others < own).sum(axis=0) / copies
    return normal_quantile(np.clip(share, 0.5 / copies, 1.0 - 0.5 / copies))


def _root_inverse(spread: Floats) -> Floats:
    """Inverse symmetric root of a covariance."""
    values, vectors = np.linalg.eigh(spread)
    return np.asarray((vectors / np.sqrt(np.maximum(values, 1e-300))) @ vectors.T)
