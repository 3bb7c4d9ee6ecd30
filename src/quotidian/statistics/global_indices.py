r"""Global sensitivity of a number :math:`y = f(u)` to its inputs, each uniform on 0 to 1 and independent.

Sobol indices by the design of Saltelli, elementary effects of Morris, and the PAWN index. The designs are
tables of inputs; the caller evaluates them, so that all rows can be computed together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidCall
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 200
SLICES = 10
STEP = 0.5
"""Step of an elementary effect on the scale of 0 to 1."""


@dataclass(frozen=True)
class Index:
    """An index of every input, [input], and the ends of its interval from resampling the design."""

    estimate: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class SobolIndices:
    """Share of the variance that an input explains alone (``first``), and with all others (``total``)."""

    first: Index
    total: Index


@dataclass(frozen=True)
class MorrisEffects:
    """Mean absolute elementary effect (``strength``), mean effect and its SD, [input] each."""

    strength: Index
    mean: Floats
    sd: Floats


def latin_hypercube(streams: Streams, purpose: str, rows: int, inputs: int) -> Floats:
    """[row, input]: in every column one point in each of ``rows`` equal intervals."""
    u = streams.uniform(purpose, 0, np.arange(rows), 2 * inputs)
    order = np.argsort(u[:, :inputs], axis=0, kind="stable")
    return np.asarray((np.argsort(order, axis=0, kind="stable") + u[:, inputs:]) / rows)


def sobol_design(streams: Streams, samples: int, inputs: int) -> Floats:
    """Rows A, then B, then for each input A with that column of B: [(2 + input) * sample, input]."""
    both = latin_hypercube(streams, "sensitivity.sobol", samples, 2 * inputs)
    a, b = both[:, :inputs], both[:, inputs:]
    mixed = []
    for i in range(inputs):
        own = a.copy()
        own[:, i] = b[:, i]
        mixed.append(own)
    return np.concatenate([a, b, *mixed])


def sobol_indices(y: Floats, inputs: int, streams: Streams) -> SobolIndices:
    r"""Indices from the values of a :func:`sobol_design`, [row].

    :math:`S_i = \overline{y_B (y_{AB_i} - y_A)} / V` (Saltelli A et al. Comput Phys Commun 2010;
    181:259-270) and :math:`T_i = \overline{(y_A - y_{AB_i})^2} / 2V` (Jansen MJW. Comput Phys Commun 1999;
    117:35-43), V the variance of A and B together. The mean is taken off first, which lessens the error.
    """
    parts = _parts(y, inputs + 2)
    parts = parts - parts[:2].mean()

    def both(rows: NDArray[np.int64]) -> Floats:
        a, b, mixed = parts[0, rows], parts[1, rows], parts[2:, rows]
        v = np.concatenate([a, b]).var()
        if v == 0.0:
            return np.zeros((2, inputs))
        return np.stack([(b * (mixed - a)).mean(axis=1) / v, ((a - mixed) ** 2).mean(axis=1) / (2.0 * v)])

    found = _resampled(both, parts.shape[1], streams, "sensitivity.sobol.resample")
    return SobolIndices(Index(*found[:, 0]), Index(*found[:, 1]))


def morris_design(streams: Streams, samples: int, inputs: int) -> Floats:
    """Rows of base points, then for each input these moved by half its range: [(1 + input) * sample, input].

    A radial design: Campolongo F et al. Comput Phys Commun 2011; 182:978-988.
    """
    base = latin_hypercube(streams, "sensitivity.morris", samples, inputs)
    moved = []
    for i in range(inputs):
        own = base.copy()
        own[:, i] = np.where(base[:, i] < STEP, base[:, i] + STEP, base[:, i] - STEP)
        moved.append(own)
    return np.concatenate([base, *moved])


def morris_effects(y: Floats, design: Floats, streams: Streams) -> MorrisEffects:
    r"""Effects from the values of a :func:`morris_design`.

    :math:`d_i = (y_i - y_0)/(u_i - u_0)`, its mean, its SD and the mean of :math:`|d_i|`; Morris MD.
    Technometrics 1991; 33:161-174.
    """
    inputs = design.shape[1]
    parts, points = _parts(y, inputs + 1), design.reshape(inputs + 1, -1, inputs)
    steps = np.stack([points[1 + i, :, i] - points[0, :, i] for i in range(inputs)])
    effects = (parts[1:] - parts[0]) / steps

    def strength(rows: NDArray[np.int64]) -> Floats:
        return np.asarray(np.abs(effects[:, rows]).mean(axis=1)[None])

    found = _resampled(strength, effects.shape[1], streams, "sensitivity.morris.resample")
    sd = effects.std(axis=1, ddof=1) if effects.shape[1] > 1 else np.zeros(inputs)
    return MorrisEffects(Index(*found[:, 0]), effects.mean(axis=1), sd)


def pawn_index(u: Floats, y: Floats, streams: Streams) -> Index:
    """The median over ten slices of an input of the largest distance between the distribution of y in the
    slice and that of all y (Kolmogorov and Smirnov), 0 to 1.

    Pianosi F, Wagener T. Environ Model Softw 2018; 108:197-207. An input without effect has about
    1/sqrt(rows in a slice), not 0.
    """

    def index(rows: NDArray[np.int64]) -> Floats:
        return np.array([[_pawn(u[rows, i], y[rows]) for i in range(u.shape[1])]])

    return Index(*_resampled(index, len(y), streams, "sensitivity.pawn.resample", 50)[:, 0])


def _pawn(u: Floats, y: Floats) -> float:
    every = np.sort(y)
    slices = np.minimum((u * SLICES).astype(np.int64), SLICES - 1)
    distances = []
    for k in range(SLICES):
        own = np.sort(y[slices == k])
        if len(own):
            here = np.searchsorted(own, every, "right") / len(own)
            distances.append(np.abs(here - np.searchsorted(every, every, "right") / len(every)).max())
    return float(np.median(distances))


def _parts(y: Floats, parts: int) -> Floats:
    """Values by block of the design, [block, sample]. Raises InvalidCall for another number of values."""
    if len(y) % parts or not len(y):
        raise InvalidCall(f"{len(y)} values do not fill {parts} blocks of a design.")
    return np.asarray(y, dtype=np.float64).reshape(parts, -1)


def _resampled(
    index: Callable[[NDArray[np.int64]], Floats], rows: int, streams: Streams, purpose: str,
    times: int = RESAMPLES,
) -> Floats:  # fmt: skip
    """Estimate, low and high end of an index over resampled rows, [3, kind, input]."""
    u = streams.uniform(purpose, 0, np.arange(times), rows)
    found = np.stack([index((u[k] * rows).astype(np.int64)) for k in range(times)])
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(found, (tail, 1.0 - tail), axis=0)
    return np.stack([index(np.arange(rows)), low, high])
