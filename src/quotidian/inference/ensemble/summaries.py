r"""Published summaries as data: a near-normal scale, chance that rows of a trial share, discrepancy.

.. math:: \log L(z) = -\tfrac12 (d - m(z))^\top (S + T)^{-1} (d - m(z)) + c

with d the published numbers on their scales, m the expected statistics of a trial of the published size, S
their covariance by chance and T the discrepancy (diagonal): how far the model may be wrong although its
values are right. Rows of one trial share children, so S is not diagonal within a trial; trials are
independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.near_normal import Scale, discrepancy_sd, from_scale, on_scale
from quotidian.statistics.power import binomial

Floats = NDArray[np.float64]
LEAST_CONTRASTS = 8


@dataclass(frozen=True)
class SummaryRow:
    """One published number.

    Parameters
    ----------
    name : unique. trial : rows of one trial share chance. scale : on which it is compared.
    published : in its unit; a proportion in per cent. n : subjects of a proportion.
    """

    name: str
    trial: str
    scale: Scale
    published: float
    n: int = 1

    @property
    def datum(self) -> float:
        """The published number on its scale."""
        return float(self.on_scale(np.array([self.published]))[0])

    @property
    def discrepancy(self) -> float:
        """SD of the discrepancy on the scale."""
        return discrepancy_sd(self.scale, self.published)

    def on_scale(self, x: Floats) -> Floats:
        """Numbers on the scale."""
        return on_scale(x, self.scale, self.n)

    def chance_at(self, expected: Floats) -> Floats:
        """Variance by chance of independent subjects where so much is expected on the scale; 1 of other rows.

        Of a proportion it is summed over all counts.
        """
        if self.scale != "proportion":
            return np.ones(len(expected))
        means, variances = _proportion_table(self.n)
        return np.interp(expected, means, variances)

    def from_scale(self, y: Floats) -> Floats:
        """The numbers in their unit."""
        return from_scale(y, self.scale, self.n)


@cache
def _proportion_table(n: int) -> tuple[Floats, Floats]:
    """Mean and variance of the logit of a proportion of n over a grid of true proportions, ascending."""
    p = 1.0 / (1.0 + np.exp(-np.linspace(-1.0, 1.0, 201) * np.log(20.0 * (n + 1.0))))
    counts = np.arange(n + 1)
    y = np.log((counts + 0.5) / (n - counts + 0.5))
    mass = np.stack([binomial(n, float(one)) for one in p])
    means = mass @ y
    return means, mass @ y**2 - means**2


@dataclass(frozen=True, eq=False)
class Summaries:
    """The rows that are read, with their covariances.

    Attributes
    ----------
    chance : [row, row] covariance S of one trial of the published size. discrepancy : [row] variances T.
    """

    rows: tuple[SummaryRow, ...]
    chance: Floats
    discrepancy: Floats

    @property
    def data(self) -> Floats:
        """Published numbers on their scales, [row]."""
        return np.array([row.datum for row in self.rows])

    @property
    def covariance(self) -> Floats:
        """S + T."""
        return self.chance + np.diag(self.discrepancy)

    def only(self, kept: Sequence[int]) -> Summaries:
        """Some of the rows."""
        own = list(kept)
        rows = tuple(self.rows[i] for i in own)
        return Summaries(rows, self.chance[np.ix_(own, own)], self.discrepancy[own])


def summaries_from(rows: Sequence[SummaryRow], replicates: Floats) -> Summaries:
    r"""Rows with the covariance of their statistics over replicates at one point.

    Parameters
    ----------
    replicates : [replicate, row] statistics on their scales.

    A proportion varies at least as that of independent subjects, :math:`1/((n + 1)\,p(1 - p))` on the logit:
    few replicates can miss it. Another row varies by a hundredth of its scale at least.
    """
    trials = np.array([row.trial for row in rows])
    chance = np.zeros((len(rows), len(rows)))
    least = np.array([_least(row, float(x)) for row, x in zip(rows, replicates.mean(axis=0), strict=True)])
    for trial in dict.fromkeys(trials.tolist()):
        own = np.flatnonzero(trials == trial)
        chance[np.ix_(own, own)] = shrunk_covariance(replicates[:, own], least[own])
    return Summaries(tuple(rows), chance, np.array([row.discrepancy**2 for row in rows]))


def contrasts(repeats: Floats) -> Floats:
    r"""Orthonormal contrasts [other, row] of repeats [run, repeat, row] within each run.

    .. math:: c_k = \sqrt{k/(k+1)}\,(\bar y_{1 \dots k} - y_{k+1}), \quad k = 1 \dots n - 1

    They vary by chance alone, with the covariance of one repeat, whatever the values of the runs.
    """
    found = [
        (repeats[:, :k].mean(axis=1) - repeats[:, k]) * np.sqrt(k / (k + 1.0))
        for k in range(1, repeats.shape[1])
    ]
    return np.concatenate(found) if found else np.empty((0, repeats.shape[2]))


def chance_of_means(repeats: Floats) -> Floats | None:
    """Variance by chance of the means over repeats [run, repeat, row], as measured in each run, [run, row].

    None for one repeat, which cannot measure it.
    """
    count = repeats.shape[1]
    return repeats.var(axis=1, ddof=1) / count if count > 1 else None


def at_runs(summaries: Summaries, repeats: Floats) -> Summaries:
    """The same rows with the chance that is measured within runs [run, repeat, row].

    Unchanged with one repeat, which cannot measure it.
    """
    within = contrasts(repeats)
    if len(within) < LEAST_CONTRASTS:
        return summaries
    return summaries_from(summaries.rows, repeats.mean(axis=(0, 1)) + within)


def _least(row: SummaryRow, mean: float) -> float:
    """Smallest variance of a row by chance, on its scale."""
    if row.scale != "proportion":
        return 1e-4
    p = 1.0 / (1.0 + np.exp(-mean))
    return float(1.0 / ((row.n + 1.0) * p * (1.0 - p)))


def shrunk_covariance(x: Floats, least: Floats) -> Floats:
    r"""Covariance [row, row] of x [replicate, row], its correlations shrunk towards none.

    :math:`\lambda = \sum \mathrm{var}(r_{ij}) / \sum r_{ij}^2` over pairs, within 0 and 1 (Schafer J,
    Strimmer K. Stat Appl Genet Mol Biol 2005;4:32; recalled). ``least`` : smallest variances, [row].
    """
    n = len(x)
    variance = np.maximum(x.var(axis=0, ddof=1), least)
    u = (x - x.mean(axis=0)) / np.sqrt(variance)
    products = u[:, :, None] * u[:, None, :]
    r = products.sum(axis=0) / (n - 1)
    wobble = products.var(axis=0, ddof=1) * n / (n - 1) ** 2
    off = ~np.eye(len(r), dtype=bool)
    share = min(1.0, float(wobble[off].sum()) / max(float((r[off] ** 2).sum()), 1e-300))
    r = np.where(off, (1.0 - share) * r, 1.0)
    sd = np.sqrt(variance)
    return np.asarray(r * sd[:, None] * sd)
