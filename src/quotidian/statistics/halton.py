r"""Randomised quasi-random points: Halton sequences with random permutations of their digits.

With the digits :math:`a_j` of the number m of a point in the prime base b of a column, and random
permutations :math:`\pi_j` of the digits, :math:`u_m = \sum_{j=1}^J \pi_j(a_j) b^{-j} + U b^{-J}`. Each point
is uniform, and all points together fill the cube evenly, so that a mean over them has a smaller error than
over independent draws. Owen AB. A randomized Halton algorithm in R. arXiv 1706.02808, 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count as numbers_from
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MOST_COLUMNS = 12  # of quasi-random points; large bases need more points to be even


def even_uniform(
    streams: Streams, purpose: str, replicate: int, subjects: Sequence[int] | Integers, count: int, width: int
) -> Floats:
    """Points strictly between 0 and 1, [subject, count, width]; each subject has permutations of its own.

    Columns beyond MOST_COLUMNS hold independent draws. ``purpose``, ``replicate``, ``subjects`` : the address
    of the random numbers, see :meth:`Streams.uniform`.
    """
    found = np.empty((len(subjects), count, width))
    bases = list(islice(_primes(), min(width, MOST_COLUMNS)))
    for column, base in enumerate(bases):
        digits = _digits(count, base)
        address = (f"{purpose}.base.{base}", replicate, subjects)
        drawn = streams.uniform(*address, len(digits) * base + 1)
        orders = np.argsort(drawn[:, 1:].reshape(-1, len(digits), base), axis=2)
        total = np.repeat(drawn[:, :1], count, axis=1)
        for j in range(len(digits) - 1, -1, -1):
            total = (total + orders[:, j, digits[j]]) / base
        found[:, :, column] = total
    if rest := width - len(bases):
        drawn = streams.uniform(f"{purpose}.rest", replicate, subjects, count * rest)
        found[:, :, len(bases) :] = drawn.reshape(-1, count, rest)
    return np.asarray(np.clip(found, 2.0**-53, 1.0 - 2.0**-53))


def _digits(count: int, base: int) -> Integers:
    """Digits of 0, 1, ..., count - 1 in a base, the lowest first, [digit, number]."""
    rest, found = np.arange(count), list[Integers]()
    while len(found) == 0 or rest.any():
        found.append(rest % base)
        rest = rest // base
    return np.array(found)


def _primes() -> islice[int]:
    """The prime numbers, in order."""
    return islice((n for n in numbers_from(2) if all(n % k for k in range(2, int(n**0.5) + 1))), None)
