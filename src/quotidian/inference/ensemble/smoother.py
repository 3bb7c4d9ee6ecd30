r"""Ensemble smoother with multiple data assimilation: moves an ensemble of the prior to the posterior.

.. math:: z \leftarrow z + C_{zy}(C_{yy} - S/k + a(S+T))^{-1}(d + e - y), \quad e \sim N(0, a(S+T) - S/k)

in so many steps of inflation a that :math:`\sum 1/a = 1` (Emerick AA, Reynolds AC. Comput Geosci
2013;55:3). A statistic y, the mean over k trials, holds chance S/k already, so that much less is added, and
the expected statistics vary that much less than y.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.summaries import Summaries
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
TAPER = 2.5
"""Correlations below so many of their SE, :math:`1/\\sqrt{members}`, are taken for none."""


def smoothed(
    scores: Floats, statistics: Floats, summaries: Summaries, inflation: float, streams: Streams, step: int,
    taper: float = TAPER, repeats: int = 1,
) -> Floats:  # fmt: skip
    """Scores after one step, [member, value].

    Parameters
    ----------
    scores : [member, value]. statistics : [member, row] on their scales, each the mean of so many
        ``repeats``. inflation : of this step; at least 1. taper : 0 keeps every correlation.
    """
    members = len(scores)
    noise = inflation * summaries.covariance - summaries.chance / repeats
    z, y = scores - scores.mean(axis=0), statistics - statistics.mean(axis=0)
    moved = np.linalg.solve(
        _definite(y.T @ y / (members - 1) + noise),
        (summaries.data + _drawn(streams, step, noise, members) - statistics).T,
    )
    return np.asarray(scores + (_tapered(z, y, taper) @ moved).T)


def _tapered(z: Floats, y: Floats, taper: float) -> Floats:
    """Covariance [value, row], without those that chance alone would make."""
    members = len(z)
    cross = z.T @ y / (members - 1)
    sizes = np.sqrt((z**2).sum(axis=0)[:, None] * (y**2).sum(axis=0) / (members - 1) ** 2)
    strong = np.abs(cross) > taper / np.sqrt(members) * sizes
    return np.where(strong, cross, 0.0)


def _drawn(streams: Streams, step: int, covariance: Floats, members: int) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    z = streams.normal("knowledge.data", step, np.arange(members), len(covariance))
    return np.asarray(z @ (vectors * np.sqrt(np.maximum(values, 0.0))).T)


def _definite(covariance: Floats) -> Floats:
    """Positive definite: chance over few members may not be."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.maximum(values, 1e-9 * values.max())) @ vectors.T)
