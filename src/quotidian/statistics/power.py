"""Power and assurance of a comparison of two proportions by Fisher's exact test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall, InvalidInput

Floats = NDArray[np.float64]
_TIES = 1.0 + 1e-7  # tables as likely as the observed one, allowing for rounding


def fisher(count_a: int, n_a: int, count_b: int, n_b: int) -> float:
    r"""Two-sided exact p value of two proportions: tables with the same margins and no more likely.

    Hypergeometric: :math:`P(x) = \binom{n_a}{x}\binom{n_b}{m - x}/\binom{n_a + n_b}{m}`. Fisher RA 1922.
    Raises InvalidInput for counts that make no proportion.
    """
    _check(n_a, n_b)
    if not (0 <= count_a <= n_a and 0 <= count_b <= n_b):
        raise InvalidInput(
            f"{count_a} of {n_a} and {count_b} of {n_b} are not proportions.",
            "A count lies between 0 and its number of children.",
            "Count the responders of each arm again.",
        )
    return float(_p_values(n_a, n_b, count_a + count_b)[count_a])


def power(p_a: float, p_b: float, n_a: int, n_b: int, alpha: float = 0.05) -> float:
    """Probability that a trial finds p <= alpha by `fisher`, for true proportions ``p_a`` and ``p_b``.

    The exact sum over all possible tables, without simulation. Proportions are from 0 to 1.
    Raises InvalidInput for proportions outside 0 to 1 or an empty arm.
    """
    _check(n_a, n_b)
    if not (0.0 <= p_a <= 1.0 and 0.0 <= p_b <= 1.0 and 0.0 < alpha < 1.0):
        raise InvalidInput(
            f"Power with proportions {p_a}, {p_b} at {alpha} does not exist.",
            "Proportions lie from 0 to 1, and the level between 0 and 1.",
            "Write 0.85 for 85 %.",
        )
    found = _significant(n_a, n_b, alpha)
    return float(binomial(n_a, p_a) @ found @ binomial(n_b, p_b))


def assurance(p_a: ArrayLike, p_b: ArrayLike, n_a: int, n_b: int, alpha: float = 0.05) -> float:
    """Power averaged over the uncertainty: draws of the two true proportions, (draws,) each.

    O'Hagan A et al. Pharm Stat 2005; 4:187-201 (recalled). Pairs of draws belong together. Raises
    InvalidInput as `power`, InvalidCall for draws of different number.
    """
    a, b = np.atleast_1d(np.asarray(p_a, dtype=np.float64)), np.atleast_1d(np.asarray(p_b, dtype=np.float64))
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise InvalidCall(
            "Assurance cannot be averaged.",
            f"Both arms need the same number of samples, not {a.shape} and {b.shape}.",
            "Sample both arms together.",
        )
    return float(np.mean([power(x, y, n_a, n_b, alpha) for x, y in zip(a, b, strict=True)]))


def against_size(
    p_a: ArrayLike, p_b: ArrayLike, sizes: Sequence[int], *, ratio: float = 1.0, alpha: float = 0.05
) -> Floats:
    """Assurance at each size of the first arm, (sizes,); the second has ``ratio`` times as many, rounded.

    With one draw of each proportion it is the power. Raises InvalidInput as `assurance`.
    """
    return np.array([assurance(p_a, p_b, n, max(1, round(n * ratio)), alpha) for n in sizes])


@lru_cache(maxsize=64)
def _significant(n_a: int, n_b: int, alpha: float) -> Floats:
    """1 where the table of counts (a, b) is significant, (n_a + 1, n_b + 1)."""
    found = np.zeros((n_a + 1, n_b + 1))
    for total in range(n_a + n_b + 1):
        a = np.arange(max(0, total - n_b), min(n_a, total) + 1)
        found[a, total - a] = _p_values(n_a, n_b, total)[a] <= alpha
    found.flags.writeable = False
    return found


def _p_values(n_a: int, n_b: int, total: int) -> Floats:
    """Two-sided p of each count in the first arm, given ``total`` in both, (n_a + 1,); 0 where impossible."""
    a = np.arange(max(0, total - n_b), min(n_a, total) + 1)
    logs = _log_choose(n_a, a) + _log_choose(n_b, total - a)
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    rising = np.sort(chance)
    below = np.concatenate(([0.0], np.cumsum(rising)))
    p = np.zeros(n_a + 1)
    p[a] = below[np.searchsorted(rising, chance * _TIES, side="right")]
    return np.minimum(p, 1.0)


def binomial(n: int, p: float) -> Floats:
    """Probability of each count 0..n, (n + 1,)."""
    k = np.arange(n + 1)
    if p in (0.0, 1.0):
        return np.asarray(k == n * p, dtype=np.float64)
    return np.asarray(np.exp(_log_choose(n, k) + k * np.log(p) + (n - k) * np.log1p(-p)))


def _log_choose(n: int, k: NDArray[np.int64]) -> Floats:
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1, dtype=np.float64)))))
    return np.asarray(logs[n] - logs[k] - logs[n - k])


def _check(n_a: int, n_b: int) -> None:
    if n_a < 1 or n_b < 1:
        raise InvalidInput(
            f"A trial cannot have arms of {n_a} and {n_b} children.",
            "Each arm needs at least one child.",
            "Enlarge the smaller arm.",
        )
