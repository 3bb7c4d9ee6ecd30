r"""A surrogate of the expected statistics: ridge regression on scores, their squares and products.

Rows share what matters (`shared_ridge`). The error of the surrogate is that of runs left out, less the chance
of these runs. Chance of a proportion is larger where few or nearly all subjects respond, so it is that at the
expected proportion of each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.shared_ridge import shared_ridge
from quotidian.inference.ensemble.summaries import Summaries

Floats = NDArray[np.float64]
SQUARES, PRODUCTS = 15, 7


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
    plain = shared_ridge(features(scores, none, ()), statistics, chance)
    force = ((plain.weights[1:] / np.sqrt(chance)) ** 2).sum(axis=1)
    order = np.argsort(-force, kind="stable")
    chosen = np.sort(order[:squares])
    strong = np.sort(order[:products]).tolist()
    pairs = tuple((i, j) for a, i in enumerate(strong) for j in strong[a + 1 :])
    fit = shared_ridge(features(scores, chosen, pairs), statistics, chance)
    bare = Surrogate(chosen, pairs, fit.centre, fit.size, fit.weights, fit.own)
    beyond = (fit.left_out**2).mean(axis=0) - _chance_of_runs(bare, scores, summaries)
    return replace(bare, error=np.maximum(beyond, fit.own))


def _chance_of_runs(surrogate: Surrogate, scores: Floats, summaries: Summaries) -> Floats:
    """Mean chance of the runs, [row]: that at the centre, times the ratio of its formula at both places."""
    expected, centre = surrogate(scores), surrogate(np.zeros((1, scores.shape[1])))
    ratio = [
        float(row.chance_at(expected[:, r]).mean() / row.chance_at(centre[:, r])[0])
        for r, row in enumerate(summaries.rows)
    ]
    return np.asarray(np.diag(summaries.chance) * np.array(ratio))
