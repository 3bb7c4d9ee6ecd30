r"""What a measurement is worth: the share of an outcome's variance that it is expected to remove.

Over members of an ensemble an outcome y and the expected result m of a measurement vary together. The
measurement finds m + e with :math:`e \sim N(0, s)`, independent of both. By linear regression of y on m + e

.. math:: \mathrm{var}(y \mid m + e) = \mathrm{var}(y) - \frac{\mathrm{cov}(y, m)^2}{\mathrm{var}(m) + s},

whatever is found. This is exact where y and m are normal and linear in the values, and else the best linear
predictor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidCall

Floats = NDArray[np.float64]
FEWEST = 8
"""Members below which a share is not computed."""


def removed(outcome: Floats, signals: Floats, sampling: Floats) -> tuple[Floats, Floats]:
    r"""Share of the variance of an outcome that each measurement alone removes, and its SE, [measurement].

    Parameters
    ----------
    outcome : [member]. signals : [member, measurement] expected results. sampling : variances s,
        [measurement].

    The squared correlation is corrected for chance agreement over N members,
    :math:`1 - (1 - r^2)(N - 1)/(N - 2)`, and not below 0; the share is this times var(m)/(var(m) + s). SE of
    the share is :math:`2 |r| (1 - r^2)/\sqrt N` times the same ratio. Raises InvalidCall for too few members.
    """
    _check(outcome, signals)
    n = len(outcome)
    y, m = outcome - outcome.mean(), signals - signals.mean(axis=0)
    spread, own = (m**2).mean(axis=0), float((y**2).mean())
    square = (m * y[:, None]).mean(axis=0) ** 2 / np.maximum(spread * own, 1e-300)
    square = np.where(spread > 0.0, np.minimum(square, 1.0), 0.0)
    ratio = spread / np.maximum(spread + sampling, 1e-300)
    kept = np.maximum(1.0 - (1.0 - square) * (n - 1.0) / (n - 2.0), 0.0)
    error = 2.0 * np.sqrt(square) * (1.0 - square) / np.sqrt(n)
    return kept * ratio, error * ratio


def removed_together(outcome: Floats, signals: Floats, sampling: Floats) -> float:
    """Share of the variance that all measurements together remove; ``sampling`` is their covariance."""
    _check(outcome, signals)
    y, m = outcome - outcome.mean(), signals - signals.mean(axis=0)
    cross, whole = m.T @ y / len(y), m.T @ m / len(y) + sampling
    own = float((y**2).mean())
    return float(min(cross @ np.linalg.solve(whole, cross) / own, 1.0)) if own > 0.0 else 0.0


def _check(outcome: Floats, signals: Floats) -> None:
    if len(outcome) != len(signals) or len(outcome) < FEWEST:
        raise InvalidCall(
            "A share of variance cannot be computed.",
            f"There are {len(outcome)} outcomes of {len(signals)} members.",
            f"Give one outcome for each of at least {FEWEST} members.",
        )
