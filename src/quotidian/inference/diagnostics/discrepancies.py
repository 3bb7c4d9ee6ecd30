r"""Normalised prediction discrepancies, with and without decorrelation (NPDE and NPD).

With mean m and covariance :math:`L L'` of the simulated observations of a subject, y and each simulation
become :math:`L^{-1}(y - m)`; the share of simulations below the observation, as a normal quantile, is its
NPDE. Without decorrelation it is the NPD. If the model is right, both are standard normal and the NPDE of one
subject uncorrelated. Brendel K, et al. Pharm Res 2006;23:2036. A value beyond a limit of quantification,
observed or simulated, is drawn uniformly among the simulations beyond it: Nguyen THT, et al. J Pharmacokinet
Pharmacodyn 2012;39:499.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.residual import Observations
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
TINY = 1e-12  # of a variance, added where simulations do not vary


@dataclass(frozen=True, eq=False)
class Discrepancies:
    """NPDE and NPD, [subject, observation] each; not-a-number for padding."""

    npde: Floats
    npd: Floats


def discrepancies(data: Observations, copies: Floats, streams: Streams) -> Discrepancies:
    """Discrepancies of observations from simulations.

    Parameters
    ----------
    copies : [copy, subject, observation], more of them than a subject has observations. streams : for values
        beyond a limit.
    """
    shape = data.value.shape
    npde, npd = np.full(shape, np.nan), np.full(shape, np.nan)
    low, high = limits(data)
    for i in range(shape[0]):
        own = data.there[i]
        if not own.any():
            continue
        others = copies[:, i][:, own]
        others = others[np.isfinite(others).all(axis=1)]
        u = streams.uniform("check.censored", i, np.arange(len(others) + 1), int(own.sum()))
        place = data.endpoint[i, own]
        y, others = _drawn(data.value[i, own], data.censored[i, own], others, (low[place], high[place]), u)
        npd[i, own] = _normalised(y, others)
        mean, root = others.mean(axis=0), _root(others)
        npde[i, own] = _normalised(
            np.linalg.solve(root, y - mean), np.linalg.solve(root, (others - mean).T).T
        )
    return Discrepancies(npde, npd)


def limits(data: Observations) -> tuple[Floats, Floats]:
    """Lower and upper limit of quantification, [endpoint]; infinite where nothing is censored.

    The largest value that an observation lies below, and the smallest that one lies above.
    """
    count = int(data.endpoint.max(initial=0)) + 1
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    for e in range(count):
        own = data.there & (data.endpoint == e)
        low[e] = data.value[own & (data.censored > 0)].max(initial=-np.inf)
        high[e] = data.value[own & (data.censored < 0)].min(initial=np.inf)
    return low, high


def _drawn(
    y: Floats, censored: NDArray[np.int64], others: Floats, ends: tuple[Floats, Floats], u: Floats
) -> tuple[Floats, Floats]:
    """Values beyond a limit as draws: of the observation [observation] and the copies [copy, observation]."""
    own, copies = y.copy(), others.copy()
    for j in range(len(y)):
        ordered = np.sort(others[:, j])
        for sign, limit in ((1, ends[0][j]), (-1, ends[1][j])):
            if not np.isfinite(limit):
                continue
            share = float((ordered < limit).mean())
            first, last = (0.0, share) if sign > 0 else (share, 1.0)
            draws = np.quantile(ordered, first + u[:, j] * (last - first))
            beyond = sign * others[:, j] < sign * limit
            copies[beyond, j] = draws[1:][beyond]
            if sign * int(censored[j]) > 0:
                own[j] = draws[0]
    return own, copies


def _root(others: Floats) -> Floats:
    """Lower Cholesky factor of the covariance of simulations [copy, observation]."""
    spread = np.atleast_2d(np.cov(others, rowvar=False))
    return np.asarray(np.linalg.cholesky(spread + TINY * np.diag(np.maximum(np.diag(spread), TINY))))


def _normalised(y: Floats, others: Floats) -> Floats:
    copies = len(others)
    share: Floats = np.asarray((others < y).sum(axis=0) / copies, dtype=np.float64)
    return normal_quantile(np.clip(share, 0.5 / copies, 1.0 - 0.5 / copies))
