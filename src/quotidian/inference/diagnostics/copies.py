"""Copies of a data set that the model simulates: new random effects, new residual errors, same design."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
MOST_ROWS = 60_000  # subjects solved at once


def simulated_classes(
    kinds: Sequence[MixedModel], shares: Floats, at: Parameters, streams: Streams, copies: int
) -> Floats:
    """As :func:`simulated`, for a mixture: a class is drawn by the shares for each subject of each copy."""
    found = simulated(kinds[0], at, streams, copies)
    if len(kinds) == 1:
        return found
    everyone = kinds[0].everyone()
    u = np.stack([streams.uniform("check.classes", k, everyone, 1)[:, 0] for k in range(copies)])
    drawn = np.minimum(np.searchsorted(np.cumsum(shares), u, side="right"), len(kinds) - 1)
    for k, model in enumerate(kinds[1:], start=1):
        own = drawn == k
        found[own] = simulated(model, at, streams, copies)[own]
    return found


def simulated(model: MixedModel, at: Parameters, streams: Streams, copies: int) -> Floats:
    """Observations of simulated subjects, [copy, subject, observation], on the scale of the data.

    Not-a-number for padding and for subjects that could not be followed. Nothing is censored. A copy depends
    on the seed and its number alone.
    """
    everyone, size = model.everyone(), model.effects
    width = model.data.value.shape[1]
    root = np.linalg.cholesky(at.omega)
    found = np.empty((copies, model.subjects, width))
    step = max(1, MOST_ROWS // model.subjects)
    for begin in range(0, copies, step):
        numbers = range(begin, min(begin + step, copies))
        z = np.concatenate([streams.normal("check.copies", k, everyone, size + width) for k in numbers])
        who = np.tile(everyone, len(numbers))
        f = model.predictor.predict(who, model.predictors(who, z[:, :size] @ root.T, at.theta))
        data = model.data.of(who)
        with np.errstate(all="ignore"):
            mean, sd = model.residuals.normal(data, f, at.sigma)
        value = np.where(data.there, mean + sd * z[:, size:], np.nan)
        found[begin : begin + len(numbers)] = value.reshape(len(numbers), model.subjects, width)
    return found
