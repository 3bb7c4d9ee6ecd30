r"""A surrogate of the expected statistics: Bayesian ridge on scores, their squares and products.

Each row is :math:`m(z) = w^\top \phi(z)` with :math:`w \sim N(0, 1/\alpha)` and residuals of precision
:math:`\beta`; both follow from the evidence (MacKay DJC. Neural Comput 1992;4:415).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.summaries import Summaries

Floats = NDArray[np.float64]
SQUARES, PRODUCTS, ROUNDS = 15, 7, 60


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Expected statistics as a function of scores.

    Attributes
    ----------
    squares, pairs : values whose squares and products it holds. weights : [feature, row].
    error : [row] variance of its own error near the runs it was learnt from, chance left out.
    """

    squares: NDArray[np.int64]
    pairs: tuple[tuple[int, int], ...]
    centre: Floats
    size: Floats
    weights: Floats
    error: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Expected statistics on their scales, [draw, row], at scores [draw, value]."""
        return np.asarray(self._features(scores) @ self.weights[1:] + self.weights[0])

    def _features(self, scores: Floats) -> Floats:
        return np.asarray((features(scores, self.squares, self.pairs) - self.centre) / self.size)


def features(scores: Floats, squares: NDArray[np.int64], pairs: Sequence[tuple[int, int]]) -> Floats:
    """Scores, squares and products, [draw, feature]."""
    products = [scores[:, i] * scores[:, j] for i, j in pairs]
    return np.column_stack([scores, scores[:, squares] ** 2, *products])


def surrogate_of(scores: Floats, statistics: Floats, summaries: Summaries) -> Surrogate:
    """Learn from runs: scores [run, value] and statistics [run, row] of one trial each.

    Squares are of the values that move the rows most, products of the strongest among these. There are fewer
    of both where there are few runs: one square for twenty runs, and products of as many values as the root
    of a tenth of them.
    """
    squares = min(SQUARES, len(scores) // 20)
    products = min(PRODUCTS, int((len(scores) / 10) ** 0.5))
    none = np.zeros(0, dtype=np.int64)
    chance = np.diag(summaries.chance)
    plain = _ridge(features(scores, none, ()), statistics, chance)
    force = ((plain[2][1:] / np.sqrt(chance)) ** 2).sum(axis=1)
    order = np.argsort(-force, kind="stable")
    chosen = np.sort(order[:squares])
    strong = np.sort(order[:products]).tolist()
    pairs = tuple((i, j) for a, i in enumerate(strong) for j in strong[a + 1 :])
    centre, size, weights, error = _ridge(features(scores, chosen, pairs), statistics, chance)
    return Surrogate(chosen, pairs, centre, size, weights, error)


def _ridge(x: Floats, y: Floats, chance: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Centre and size of features, weights [1 + feature, row] and error [row]."""
    centre, size = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-12)
    u, s, vt = np.linalg.svd((x - centre) / size, full_matrices=False)
    weights, error = np.zeros((x.shape[1] + 1, y.shape[1])), np.zeros(y.shape[1])
    for row in range(y.shape[1]):
        mean = y[:, row].mean()
        own, error[row] = _evidence(u, s, y[:, row] - mean, float(chance[row]))
        weights[0, row], weights[1:, row] = mean, vt.T @ own
    return centre, size, weights, error


def _evidence(u: Floats, s: Floats, y: Floats, chance: float) -> tuple[Floats, float]:
    """Weights along the singular vectors, and variance of the error beyond chance.

    The error is that of runs left out, by generalised cross-validation (Golub GH, Heath M, Wahba G.
    Technometrics 1979;21:215; recalled), and at least that of the weights.
    """
    n, projected = len(y), u.T @ y
    rest = float(y @ y - projected @ projected)
    alpha, noise = 1.0, max(chance, 0.1 * float(y.var()), 1e-12)
    for _ in range(ROUNDS):
        share = s**2 / (s**2 + alpha * noise)
        w = share * projected / s
        known = float(share.sum())
        residual = rest + float((((1.0 - share) * projected) ** 2).sum())
        alpha = known / max(float(w @ w), 1e-12)
        noise = max(residual / max(n - known, 1.0), chance, 1e-12)
    share = s**2 / (s**2 + alpha * noise)
    w, known = share * projected / s, float(share.sum())
    residual = rest + float((((1.0 - share) * projected) ** 2).sum())
    left_out = n * residual / max(n - known, 1.0) ** 2
    return w, max(left_out - chance, noise * known / n)
