r"""Weighted residuals of a fit, and their shrinkage.

CWRES decorrelates what remains after linearisation at the modes, :math:`C^{-1/2}(y - E)` with
:math:`E = f(\hat\eta) - G\hat\eta` and :math:`C = G \Omega G' + V`. Hooker AC, Staatz CE, Karlsson MO. Pharm
Res 2007;24:2187. IWRES is :math:`(y - f(\hat\eta))/\sqrt v`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters

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


def individual_residuals(model: MixedModel, at: Parameters, eta: Floats) -> Floats:
    """IWRES of quantified observations, [subject, observation]; not-a-number for others."""
    everyone = model.everyone()
    f = model.predictor.predict(everyone, model.predictors(everyone, eta, at.theta))
    mean, sd = model.residuals.normal(model.data, f, at.sigma)
    own = model.data.there & (model.data.censored == 0)
    return np.where(own, (model.data.value - mean) / sd, np.nan)


def residual_shrinkage(model: MixedModel, at: Parameters, eta: Floats) -> float:
    r""":math:`1 - SD(IWRES)` of the quantified observations."""
    weighted = individual_residuals(model, at, eta)
    return float(1.0 - weighted[np.isfinite(weighted)].std(ddof=1))


def _root_inverse(spread: Floats) -> Floats:
    """Inverse symmetric root of a covariance."""
    values, vectors = np.linalg.eigh(spread)
    return np.asarray((vectors / np.sqrt(np.maximum(values, 1e-300))) @ vectors.T)
