r"""Residual errors of all kinds of observation: their contributions to :math:`-2 \ln L`, with derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.residual.contributions import censored, quantified, tail
from quotidian.inference.residual.moments import SIZES, Kind, moments
from quotidian.inference.residual.observations import Observations

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    r""":math:`L = -2 \ln p(y | f)` of each observation [copy, observation], and slopes by f and log sigma.

    ``w`` is half the expected second derivative, :math:`m'^2/v + (v'/v)^2/2`; for a censored value half
    ``l_mm``. ``l_mm`` is the second derivative by the mean m, on the scale of f:
    :math:`L'' - L' m''/m'`. ``l_s, l_fs, w_s`` : [.., sigma].
    """

    l: Floats  # noqa: E741
    l_f: Floats
    l_ff: Floats
    w: Floats
    w_f: Floats
    l_mm: Floats
    l_s: Floats
    l_fs: Floats
    w_s: Floats


@dataclass(frozen=True)
class Residuals:
    """Residual errors of all endpoints: a kind each, and their sigmas one after another.

    ``lengths`` : of each endpoint, S of a scale; 0 for other kinds.
    """

    kinds: tuple[Kind, ...]
    lengths: tuple[float, ...] = ()

    def _sizes(self, number: int, sigma: Floats) -> Floats:
        """Sigmas of an endpoint, and behind them the length of a scale."""
        own = sigma[list(self.places[number])]
        return np.append(own, self.lengths[number]) if self.kinds[number] == "scale" else own

    @property
    def places(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the sigmas of each endpoint."""
        found, at = [], 0
        for kind in self.kinds:
            found.append(tuple(range(at, at + SIZES[kind])))
            at += SIZES[kind]
        return tuple(found)

    @property
    def count(self) -> int:
        """How many sigmas there are."""
        return sum(SIZES[kind] for kind in self.kinds)

    def scores(
        self, data: Observations, f: Floats, sigma: Floats, variance_at: Floats | None = None,
        by_sigma: bool = True,
    ) -> Scores:  # fmt: skip
        """Contributions at predictions ``f``.

        Parameters
        ----------
        variance_at : predictions at which variances are taken and held (FOCE without interaction).
        by_sigma : whether ``l_fs`` and ``w_s`` of censored values are wanted; they are 0 otherwise.
        """
        limited = partial(censored, by_sigma=by_sigma)
        shape, n = f.shape, self.count
        out = [np.zeros(shape) for _ in range(6)] + [np.zeros((*shape, n)) for _ in range(3)]
        for number, (kind, places) in enumerate(zip(self.kinds, self.places, strict=True)):
            own = data.there & (data.endpoint == number)
            for beyond in (False, True):
                rows = own & ((data.censored != 0) == beyond)
                if not rows.any():
                    continue
                at = None if variance_at is None else variance_at[rows]
                part = (limited if beyond else quantified)(
                    kind, data.value[rows], f[rows], self._sizes(number, sigma), at,
                    data.censored[rows], data.limit[rows],
                )  # fmt: skip
                for whole, found in zip(out[:6], part[:6], strict=True):
                    whole[rows] = found
                for whole, found in zip(out[6:], part[6:], strict=True):
                    block = np.zeros((int(rows.sum()), n))
                    block[:, list(places)] = found
                    whole[rows] = block
        return Scores(*out)

    def values(self, data: Observations, f: Floats, sigma: Floats) -> Floats:
        """L of each observation alone, [copy, observation]."""
        found = np.zeros(f.shape)
        for number, kind in enumerate(self.kinds):
            own, of = self._sizes(number, sigma), data.there & (data.endpoint == number)
            rows = of & (data.censored == 0)
            m, _, _, v, *_ = moments(kind, f[rows], own)
            found[rows] = (data.value[rows] - m) ** 2 / v + np.log(v)
            if (rows := of & (data.censored != 0)).any():
                side, limit = data.censored[rows], data.limit[rows]
                found[rows] = tail(kind, data.value[rows], f[rows], own, None, side, limit)[0]
        return found

    def normal(self, data: Observations, f: Floats, sigma: Floats) -> tuple[Floats, Floats]:
        """Mean and SD of each observation about its prediction, [copy, observation], on the data's scale."""
        mean, sd = np.zeros(f.shape), np.ones(f.shape)
        for number, kind in enumerate(self.kinds):
            rows = data.there & (data.endpoint == number)
            m, _, _, v, *_ = moments(kind, f[rows], self._sizes(number, sigma))
            mean[rows], sd[rows] = m, np.sqrt(v)
        return mean, sd

    def error_slopes(
        self, data: Observations, f: Floats, sigma: Floats, weight: Floats
    ) -> tuple[Floats, Floats]:
        r"""Slopes of :math:`\sum w L` by log sigma, [sigma], and the information, [sigma, sigma].

        ``weight`` : [copy]. The information is that of the quantified values, :math:`\sum w v_s v_t/v^2`.
        """
        slope, information = np.zeros(self.count), np.zeros((self.count, self.count))
        for number, (kind, places) in enumerate(zip(self.kinds, self.places, strict=True)):
            for beyond in (False, True):
                rows = data.there & (data.endpoint == number) & ((data.censored != 0) == beyond)
                if not rows.any():
                    continue
                own, w = self._sizes(number, sigma), np.broadcast_to(weight[:, None], f.shape)[rows]
                if beyond:
                    part = tail(
                        kind, data.value[rows], f[rows], own, None, data.censored[rows], data.limit[rows]
                    )[2]
                else:
                    m, _, _, v, _, _, v_s, _ = moments(kind, f[rows], own)
                    c = v_s / v[:, None]
                    part = c * (1.0 - (data.value[rows] - m) ** 2 / v)[:, None]
                    information[np.ix_(places, places)] += np.einsum("j,ja,jb->ab", w, c, c)
                slope[list(places)] += w @ part
        return slope, information
