r"""Ridge regression of many rows on the same features, whose shrinkage the rows share.

.. math:: y_{ir} = \mu_r + \phi_i^\top w_r + e_{ir}, \quad w_{fr} \sim N(0, \tau_f \lambda_r), \quad
          e_{ir} \sim N(0, \sigma_r^2)

A value that moves one row of a trial moves others too, so that all rows together tell which features matter
(:math:`\tau`), and each row how strongly it follows them (:math:`\lambda`). Both and :math:`\sigma` follow
from the evidence (MacKay DJC. Neural Comput 1992;4:415; the shared scale is automatic relevance
determination).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDS = 60
RELEVANCE = 1.0
"""Weight of equal relevance of all features, as so many well determined rows."""


@dataclass(frozen=True, eq=False)
class RidgeFit:
    """Weights of standardised features, and what runs left out say of them.

    Attributes
    ----------
    centre, size : [feature]. weights : [1 + feature, row], the intercept first.
    left_out : [run, row] residuals of each run by the fit without it.
    own : [run, row] variance of the fit by that of its weights.
    """

    centre: Floats
    size: Floats
    weights: Floats
    left_out: Floats
    own: Floats


def shared_ridge(features: Floats, rows: Floats, least: Floats) -> RidgeFit:
    """Fit rows [run, row] on features [run, feature]; ``least`` is the smallest variance of noise, [row]."""
    centre, size = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-12)
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-12)
    x, y = (features - centre) / size, (rows - mean) / scale
    found = _evidence(x, y, np.minimum(least / scale**2, 1.0))
    weights = np.vstack([mean, found.weights * scale])
    return RidgeFit(centre, size, weights, found.left_out * scale, found.own * scale**2)


@dataclass(frozen=True, eq=False)
class _Solved:
    weights: Floats
    left_out: Floats
    own: Floats


def _evidence(x: Floats, y: Floats, least: Floats) -> _Solved:
    """Alternate between weights and their scales, on standardised features and rows."""
    (runs, size), count = x.shape, y.shape[1]
    gram, cross = x.T @ x, x.T @ y
    tau, lam, noise = np.ones(size), np.full(count, 0.5 / size), np.maximum(0.5, least)
    for _ in range(ROUNDS):
        prior = np.maximum(lam[:, None] * tau, 1e-12)
        covariance = np.linalg.inv(gram / noise[:, None, None] + _diagonals(1.0 / prior))
        w = np.einsum("rfg,gr->rf", covariance, cross) / noise[:, None]
        known = 1.0 - np.diagonal(covariance, axis1=1, axis2=2) / prior
        residual = ((y - x @ w.T) ** 2).sum(axis=0)
        noise = np.maximum(residual / np.maximum(runs - known.sum(axis=1), 1.0), np.maximum(least, 1e-9))
        lam = np.maximum((w**2 / tau).sum(axis=1) / np.maximum(known.sum(axis=1), 1e-3), 1e-9)
        tau = ((w**2 / lam[:, None]).sum(axis=0) + RELEVANCE) / (known.sum(axis=0) + RELEVANCE)
        tau = tau / tau.mean()
    spread = np.einsum("if,rfg,ig->ir", x, covariance, x)
    share = np.minimum(spread / noise + 1.0 / runs, 1.0 - 1e-6)
    return _Solved(w.T, (y - x @ w.T) / (1.0 - share), spread + noise / runs)


def _diagonals(values: Floats) -> Floats:
    """Diagonal matrices [row, feature, feature] of values [row, feature]."""
    return np.asarray(values[:, :, None] * np.eye(values.shape[1]))
