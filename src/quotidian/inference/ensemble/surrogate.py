r"""A surrogate of the expected statistics: ridge regression on scores, their squares and products.

Rows share what matters (`shared_ridge`). The error of the surrogate is that of runs left out, less the chance
of these runs. Where each run is the mean of two trials or more, their differences measure its chance: with
two, the error is the mean product of the residuals of both. Else chance is that of the centre; that of a
proportion is larger where few or nearly all subjects respond, so it is taken at the expected proportion of
each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.shared_ridge import shared_ridge
from quotidian.inference.ensemble.summaries import Summaries

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SQUARES, PRODUCTS = 30, 15


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


def surrogate_of(
    scores: Floats, statistics: Floats, summaries: Summaries, measured: Floats | None = None,
    near: Bools | None = None,
) -> Surrogate:  # fmt: skip
    """Learn from runs: scores [run, value] and statistics [run, row].

    ``measured`` : variance by chance of each statistic, [run, row]; None for statistics of one trial each.
    ``near`` : [run] where the error counts; None for everywhere.

    Squares are of the values that move the rows most, products of the strongest among these. There are fewer
    of both where there are few runs: one square for twenty runs, and products of as many values as the root
    of a tenth of them.
    """
    squares = min(SQUARES, len(scores) // 20)
    products = min(PRODUCTS, int((len(scores) / 10) ** 0.5))
    none = np.zeros(0, dtype=np.int64)
    chance = np.diag(summaries.chance) if measured is None else measured.mean(axis=0)
    counted = np.ones(len(scores), dtype=np.bool_) if near is None else near
    plain = shared_ridge(features(scores, none, ()), statistics, chance)
    force = (plain.weights[1:] ** 2 / np.diag(summaries.chance)).sum(axis=1)
    order = np.argsort(-force, kind="stable")
    chosen = np.sort(order[:squares])
    strong = np.sort(order[:products]).tolist()
    pairs = tuple((i, j) for a, i in enumerate(strong) for j in strong[a + 1 :])
    fit = shared_ridge(features(scores, chosen, pairs), statistics, chance)
    bare = Surrogate(chosen, pairs, fit.centre, fit.size, fit.weights, fit.own[counted].mean(axis=0))
    own = _chance_of_runs(bare, scores, summaries) if measured is None else measured
    beyond = (fit.left_out**2 - own)[counted].mean(axis=0)
    return replace(bare, error=np.maximum(beyond, bare.error))


def _chance_of_runs(surrogate: Surrogate, scores: Floats, summaries: Summaries) -> Floats:
    """Chance of the runs, [run, row]: that at the centre, times the ratio of its formula at both places."""
    expected, centre = surrogate(scores), surrogate(np.zeros((1, scores.shape[1])))
    ratio = [
        row.chance_at(expected[:, r]) / row.chance_at(centre[:, r])[0] for r, row in enumerate(summaries.rows)
    ]
    return np.asarray(np.diag(summaries.chance) * np.stack(ratio, axis=1))
