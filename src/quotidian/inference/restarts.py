"""Searches for modes from several starts, for subjects that have more than one mode.

Predictions have a kink where the time of a dose passes that of an observation. A lag or a duration can thus
have a mode on either side. Where predictions are strongly nonlinear, the modes that a fit has followed can
lie lower than those near zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes

Floats = NDArray[np.float64]
AWAY = 1.5  # of a start, in prior SD
GAIN = 1e-3  # of an objective that makes another mode the better one
ROUGH, DISTINCT = 1e-3, 0.05  # accuracy of a search for others, and their gain


def lowest(
    model: MixedModel, at: Parameters, effects: Sequence[int] = (), near: Floats | None = None
) -> Floats:
    """The modes of lowest objective, [subject, effect], among those found from several starts.

    The starts are zero, ``near`` [subject, effect], and both sides of zero in ``effects``.
    """
    found = modes(model, at)
    eta, objective, sd = found.eta.copy(), found.objective.copy(), np.sqrt(np.diag(at.omega))
    starts = [] if near is None else [near]
    for k in effects:
        for side in (AWAY, -AWAY):
            start = np.zeros_like(eta)
            start[:, k] = side * sd[k]
            starts.append(start)
    for start in starts:
        other = modes(model, at, start)
        better = other.objective < objective - GAIN
        eta[better], objective[better] = other.eta[better], other.objective[better]
    return eta


def more_probable(model: MixedModel, at: Parameters, eta: Floats) -> Floats:
    """The modes of lowest objective, [subject, effect]: ``eta``, or those found from both sides of it.

    The sides lie along the direction in which the posterior of the subject is widest.
    """
    here = modes(model, at, eta, accuracy=ROUGH)
    root = np.linalg.cholesky(at.omega)
    flattest = np.linalg.eigh(root.T @ here.hessian @ root)[1][:, :, 0] @ root.T
    starts = np.concatenate([here.eta + AWAY * flattest, here.eta - AWAY * flattest])
    other = modes(model, at, starts, who=np.tile(model.everyone(), 2), accuracy=ROUGH)
    both = other.objective.reshape(2, -1)
    best = both.argmin(axis=0)
    found, which = eta.copy(), both.min(axis=0) < here.objective - DISTINCT
    found[which] = other.eta.reshape(2, *eta.shape)[best, np.arange(len(eta))][which]
    return found
