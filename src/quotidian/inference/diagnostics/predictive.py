r"""Visual predictive checks: quantiles of the data by bin beside the same quantiles of simulated copies.

Prediction correction removes the part of the spread in a bin that doses and covariates explain: with the
prediction P of the typical subject, :math:`y \tilde P/P` (or :math:`y + \tilde P - P` on a logarithm), where
:math:`\tilde P` is the median of P in the bin. Bergstrand M, et al. AAPS J 2011;13:143. Values below the
limit of quantification are the smallest ones; their share is checked beside the quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
QUANTILES = (0.05, 0.5, 0.95)
BAND = (0.025, 0.5, 0.975)  # of a quantile over the copies
MOST_BINS = 12
SMALLEST = -1e300  # stands for a value below its limit


@dataclass(frozen=True, eq=False)
class PredictiveCheck:
    """Quantiles of the data and of the copies in each bin.

    Attributes
    ----------
    x : [bin] median of the independent variable. count : [bin] observations. observed : [quantile, bin].
    band : [low/median/high, quantile, bin] over the copies. below, below_band : share below quantification,
        [bin] and [low/median/high, bin].
    """

    x: Floats
    count: Integers
    observed: Floats
    band: Floats
    below: Floats
    below_band: Floats

    @property
    def inside(self) -> tuple[int, int]:
        """How many observed quantiles lie within the band, and how many there are."""
        known = np.isfinite(self.observed) & np.isfinite(self.band).all(axis=0)
        within = (self.observed >= self.band[0]) & (self.observed <= self.band[2])
        return int((within & known).sum()), int(known.sum())


def predictive_check(
    x: Floats, y: Floats, copies: Floats, *, typical: Floats | None = None, logarithm: bool = False,
    below: NDArray[np.bool_] | None = None, limit: float = -np.inf,
) -> PredictiveCheck:  # fmt: skip
    """The check of observations of one kind.

    Parameters
    ----------
    x, y : [observation]. copies : [copy, observation]. typical : [observation] predictions, for the
        prediction-corrected check. logarithm : whether y is one. below : [observation] which lie below
        ``limit``.
    """
    groups = bins_of(x)
    lowest = np.zeros(len(y), bool) if below is None else below
    under = copies < limit
    data, others = y.copy(), copies.copy()
    if typical is not None:
        data, others = (_corrected(v, typical, groups, logarithm) for v in (data, others))
    data[lowest], others[under] = SMALLEST, SMALLEST
    found = []
    for k in range(int(groups.max()) + 1):
        own = groups == k
        found.append(
            (
                np.median(x[own]), own.sum(), _quantiles(data[own]), _quantiles(others[:, own]),
                lowest[own].mean(), np.quantile(under[:, own].mean(axis=1), BAND),
            )
        )  # fmt: skip
    centre, count, observed, simulated, share, share_band = zip(*found, strict=True)
    band = np.stack([_over_copies(s) for s in simulated], axis=-1)
    return PredictiveCheck(
        np.array(centre), np.array(count), _shown(np.stack(observed, axis=-1)), _shown(band),
        np.array(share), np.stack(share_band, axis=-1),
    )  # fmt: skip


def bins_of(x: Floats, most: int = MOST_BINS) -> Integers:
    """Number of the bin of each value, ascending: one for each distinct value, or clusters of them.

    Clusters minimise the distance to their mean, starting from quantiles (Lloyd SP. IEEE Trans Inf Theory
    1982;28:129).
    """
    distinct, place = np.unique(x, return_inverse=True)
    if len(distinct) <= most:
        return np.asarray(place.ravel(), dtype=np.int64)
    centre = np.unique(np.quantile(x, (np.arange(most) + 0.5) / most))
    for _ in range(50):
        group = np.searchsorted(0.5 * (centre[1:] + centre[:-1]), x)
        moved = np.array([x[group == k].mean() if (group == k).any() else c for k, c in enumerate(centre)])
        if np.array_equal(moved, centre):
            break
        centre = moved
    return np.asarray(np.unique(group, return_inverse=True)[1].ravel(), dtype=np.int64)


def _corrected(y: Floats, typical: Floats, groups: Integers, logarithm: bool) -> Floats:
    middle = np.array([np.median(typical[groups == k]) for k in range(int(groups.max()) + 1)])[groups]
    if logarithm:
        return np.asarray(y + middle - typical)
    return np.asarray(y * np.where(typical != 0.0, middle / np.where(typical == 0.0, 1.0, typical), 1.0))


def _quantiles(y: Floats) -> Floats:
    """[quantile, ..] over the last axis."""
    return np.asarray(np.quantile(y, QUANTILES, axis=-1))


def _over_copies(simulated: Floats) -> Floats:
    """Band [low/median/high, quantile] of quantiles [quantile, copy]."""
    return np.asarray(np.quantile(simulated[:, np.isfinite(simulated).all(axis=0)], BAND, axis=1))


def _shown(quantiles: Floats) -> Floats:
    """Quantiles that lie below the limit are not known."""
    return np.where(quantiles < 1e-100 * SMALLEST, np.nan, quantiles)
