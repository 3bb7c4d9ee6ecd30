r"""The posterior of scores by elliptical slice sampling, many chains at a time.

A step keeps the prior exactly, so that values of which the data say nothing return their prior whatever the
number of chains (Murray I, Adams RP, MacKay DJC. AISTATS 2010; recalled).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.summaries import Summaries
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]
MOST_SHRINKS = 60


def synthetic_likelihood(
    expected: Callable[[Floats], Floats], summaries: Summaries, error: Floats | None = None
) -> LogLikelihood:
    """Log likelihood [draw] of scores [draw, value]; ``error`` [row] is the variance of ``expected``."""
    whole = summaries.covariance + (0.0 if error is None else np.diag(error))
    root = np.linalg.cholesky(whole)

    def log_likelihood(scores: Floats) -> Floats:
        away = np.linalg.solve(root, (summaries.data - expected(scores)).T)
        return np.asarray(-0.5 * (away**2).sum(axis=0))

    return log_likelihood


@dataclass(frozen=True, eq=False)
class Sampled:
    """Draws of the posterior: ``scores`` [draw, value], ``log_likelihood`` [draw]."""

    scores: Floats
    log_likelihood: Floats


def sample(
    log_likelihood: LogLikelihood, prior: Prior, streams: Streams, draws: int, steps: int = 400,
    first: int = 0,
) -> Sampled:  # fmt: skip
    """One draw from each of ``draws`` chains after ``steps`` steps from the prior.

    A chain depends on its own number alone; ``first`` is that of the first one.
    """
    size, chains = len(prior.values), first + np.arange(draws)
    z = prior.draw(streams, draws, first)
    log = log_likelihood(z)
    for step in range(steps):
        other = streams.normal("knowledge.ellipse", step, chains, size) @ prior.root.T
        u = streams.uniform("knowledge.slice", step, chains, 2 + MOST_SHRINKS)
        z, log = _step(log_likelihood, z, log, other, u)
    return Sampled(z, log)


def _step(
    log_likelihood: LogLikelihood, z: Floats, log: Floats, other: Floats, u: Floats
) -> tuple[Floats, Floats]:
    """One step of every chain: points on the ellipse through z and ``other``, until one is likely enough."""
    level = log + np.log(u[:, 0])
    angle = 2.0 * np.pi * u[:, 1]
    low, high = angle - 2.0 * np.pi, angle.copy()
    new, new_log, waiting = z.copy(), log.copy(), np.arange(len(z))
    for k in range(MOST_SHRINKS):
        a = angle[waiting, None]
        tried = z[waiting] * np.cos(a) + other[waiting] * np.sin(a)
        found = log_likelihood(tried)
        good = found > level[waiting]
        new[waiting[good]], new_log[waiting[good]] = tried[good], found[good]
        waiting = waiting[~good]
        if not len(waiting):
            break
        below = angle[waiting] < 0.0
        low[waiting] = np.where(below, angle[waiting], low[waiting])
        high[waiting] = np.where(below, high[waiting], angle[waiting])
        angle[waiting] = low[waiting] + (high[waiting] - low[waiting]) * u[waiting, 2 + k]
    return new, new_log
