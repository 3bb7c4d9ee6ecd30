r"""Mixtures: subjects of several classes, of which the data do not say which is whose.

With share :math:`p_k` of class k and objective :math:`O_{ik}` of subject i if it is of class k,

.. math:: O_i = -2 \ln \sum_k p_k e^{-O_{ik}/2}, \qquad P(k | y_i) = p_k e^{-O_{ik}/2} / e^{-O_i/2}.

Optimisers see the logits :math:`\ln(p_k/p_K)` of all classes but the last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shares_of(logits: Floats) -> Floats:
    """Shares [class] of logits [class - 1]."""
    whole = np.concatenate([logits, [0.0]])
    found = np.exp(whole - whole.max())
    return np.asarray(found / found.sum())


def logits_of(shares: Floats) -> Floats:
    """Logits [class - 1] of shares [class]."""
    return np.asarray(np.log(shares[:-1] / shares[-1]))


def share_slopes(shares: Floats) -> Floats:
    """Derivatives of shares by logits, [class, class - 1]."""
    return np.asarray((np.diag(shares) - np.outer(shares, shares))[:, :-1])


def over_classes(parts: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Objective [subject] over the classes, and probability of each, [class, subject].

    ``parts`` : objective [class, subject]; infinite where a class cannot be the subject's.
    """
    if len(parts) == 1:
        return parts[0], np.ones_like(parts)
    with np.errstate(divide="ignore"):
        logs = np.log(shares)[:, None] - 0.5 * parts
    top = logs.max(axis=0)
    total = top + np.log(np.exp(logs - top).sum(axis=0))
    return -2.0 * total, np.exp(logs - total)
