r"""Selection of children whose means agree with a published table: exponential tilting, then random
selection.

A reference pool of candidates is followed once to entry. The probability of a candidate is proportional to
its weight :math:`w_i \propto e^{\lambda \cdot x_i}`. Of all weights that give the published means, these
have the smallest Kullback-Leibler divergence from the pool. The effective sample size is :math:`(\sum
w)^2/\sum w^2`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]
LEAST_EFFECTIVE = 0.05
"""Smallest effective sample size as a share of the pool; below it the match depends on a few children and
is refused."""
CLOSE = 0.01
"""Largest allowed distance of a mean from its target, in SD of the pool."""
MOST = 0.95
"""Quantile of the pool's weights from which candidates are chosen with certainty."""


@dataclass(frozen=True)
class Match:
    """The rule by which candidates are chosen.

    Attributes
    ----------
    targets : by statistic. before, after : means of the pool without and with the weights.
    slopes : lambda. cap : weight from which a candidate is taken for certain.
    effective : effective sample size. pool : eligible candidates in the pool.
    """

    targets: Mapping[str, float] = field(default_factory=dict)
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    slopes: Floats = field(default_factory=lambda: np.zeros(0))
    scale: Floats = field(default_factory=lambda: np.zeros(0))
    cap: float = 1.0
    effective: float = 0.0
    pool: int = 0

    def chances(self, x: Mapping[str, Floats]) -> Floats:
        """Probability that each candidate is chosen, [child]."""
        first = next(iter(x.values()))
        if not self.targets:
            return np.ones(len(first))
        return np.minimum(_weights(_columns(x, self.targets), self.scale, self.slopes) / self.cap, 1.0)


def match(pool: Mapping[str, Floats], targets: Mapping[str, float]) -> Match:
    """Weights of a pool that give the target means.

    Raises InvalidInput for a statistic that the pool lacks, an empty pool, or means that it cannot reach.
    """
    if unknown := [name for name in targets if name not in pool]:
        raise InvalidInput(
            f"Children cannot be matched on {', '.join(unknown)}.",
            f"The statistics are: {', '.join(pool)}.",
            "Match one of these.",
        )
    x = _columns(pool, targets)
    _refuse_unknown_values(x, targets)
    scale = np.maximum(x.std(axis=1), 1e-9)
    slopes = _slopes(x, np.array(list(targets.values())), scale)
    w = _weights(x, scale, slopes)
    effective = float(w.sum() ** 2 / (w**2).sum())
    after = (x * w).sum(axis=1) / w.sum()
    missed = np.abs(after - np.array(list(targets.values()))) > CLOSE * scale
    if missed.any() or not effective >= LEAST_EFFECTIVE * len(w):
        found = "; ".join(f"{n} {m:.3g}, wanted {t:.3g}" for n, m, t in
                          zip(targets, x.mean(axis=1), targets.values(), strict=True))  # fmt: skip
        raise InvalidInput(
            "The population cannot be matched.",
            f"Too few of {len(w)} candidates would have most of the weight (means: {found}).",
            "Match fewer characteristics, or change the population so that its means are closer.",
        )
    return Match(
        dict(targets),
        dict(zip(targets, map(float, x.mean(axis=1)), strict=True)),
        dict(zip(targets, map(float, after), strict=True)),
        slopes, scale, float(np.quantile(w, MOST)), effective, len(w),
    )  # fmt: skip


def _refuse_unknown_values(x: Floats, targets: Mapping[str, float]) -> None:
    """Refuse an empty pool, and statistics that candidates have no value of."""
    if not x.size:
        raise InvalidInput(
            "The population cannot be matched.",
            "No candidate fulfils the entry criteria.",
            "Widen the criteria of entry.",
        )
    if unknown := [name for name, row in zip(targets, x, strict=True) if not np.isfinite(row).all()]:
        raise InvalidInput(
            f"Children cannot be matched on {', '.join(unknown)}.",
            "Not every candidate of this population has such a value.",
            "Match others.",
        )


def _columns(x: Mapping[str, Floats], targets: Mapping[str, float]) -> Floats:
    """[statistic, child]."""
    return np.stack([np.asarray(x[name], dtype=np.float64) for name in targets])


def _weights(x: Floats, scale: Floats, slopes: Floats) -> Floats:
    """Weights of single children, independent of the others."""
    exponent = np.zeros(x.shape[1])
    for row, s, slope in zip(x, scale, slopes, strict=True):
        exponent += slope * row / s
    return np.exp(np.clip(exponent, -50.0, 50.0))


def _slopes(x: Floats, targets: Floats, scale: Floats) -> Floats:
    r"""Newton's method, damped, on the convex dual :math:`\log \sum_i e^{\lambda \cdot (x_i - t)}`."""
    z = (x - targets[:, None]) / scale[:, None]
    slopes = np.zeros(len(z))
    for _ in range(60):
        e = slopes @ z
        w = np.exp(e - e.max())
        w /= w.sum()
        mean = z @ w
        spread = (z * w) @ z.T - np.outer(mean, mean) + 1e-3 * np.eye(len(z))
        step = np.linalg.solve(spread, mean)
        slopes = slopes - step / max(1.0, np.abs(step).max())
        if np.abs(mean).max() < 1e-6:
            break
    return np.asarray(slopes)
