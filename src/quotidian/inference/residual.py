r"""Residual errors: what each observation contributes to :math:`-2 \ln L`, with its derivatives.

With mean :math:`m` (:math:`f`, or :math:`\ln f` for an error on the logarithm) and variance :math:`v(f)`,

=================  ===============================================
``additive``       :math:`v = a^2`
``proportional``   :math:`v = b^2 f^2`
``combined``       :math:`v = a^2 + b^2 f^2`
``linear``         :math:`v = (a + b f)^2`
``log``            :math:`v = a^2`, on the logarithm; data hold logarithms
``scale``          :math:`v = 4 a^2 u (1 - u) + (S/200)^2`, :math:`u = f/S`, of a scale from 0 to S
=================  ===============================================

A quantified value contributes :math:`(y - m)^2/v + \ln v` (:math:`\ln 2\pi` is left out, as NONMEM does); a
value below (above) its limit :math:`-2 \ln \Phi(\pm(y - m)/\sqrt v)`, or the probability of an interval
(methods M3 and M4 of Beal SL. J Pharmacokinet Pharmacodyn 2001;28:481).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.normal import normal_log_cdf, normal_log_interval

Floats = NDArray[np.float64]
Kind: TypeAlias = Literal["additive", "proportional", "combined", "linear", "log", "scale"]
SIZES = {"additive": 1, "proportional": 1, "combined": 2, "linear": 2, "log": 1, "scale": 1}
BUMP = 1e-4  # of SD or of log sigma, for the third derivatives of censored observations
TINY = 1e-290


@dataclass(frozen=True)
class Observations:
    """Observations of subjects, padded to the same number.

    Attributes
    ----------
    value, limit : [subject, observation]. there : which are not padding. endpoint : number of the kind of
        observation. censored : 0 quantified, 1 below ``value``, -1 above it (and beyond ``limit`` if finite).
    """

    value: Floats
    there: NDArray[np.bool_]
    endpoint: NDArray[np.int64]
    censored: NDArray[np.int64]
    limit: Floats

    def of(self, who: NDArray[np.int64]) -> Observations:
        """Those of a batch of copies."""
        return Observations(*(part[who] for part in vars(self).values()))


@dataclass(frozen=True)
class Scores:
    r""":math:`L = -2 \ln p(y | f)` of each observation [copy, observation], and slopes by f and log sigma.

    ``w`` is half the expected second derivative, :math:`m'^2/v + (v'/v)^2/2`; for a censored value half the
    second derivative itself. ``l_s, l_fs, w_s`` : [.., sigma].
    """

    l: Floats  # noqa: E741
    l_f: Floats
    l_ff: Floats
    w: Floats
    w_f: Floats
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
        tail = partial(_censored, by_sigma=by_sigma)
        shape, n = f.shape, self.count
        out = [np.zeros(shape) for _ in range(5)] + [np.zeros((*shape, n)) for _ in range(3)]
        for number, (kind, places) in enumerate(zip(self.kinds, self.places, strict=True)):
            own = data.there & (data.endpoint == number)
            for censored in (False, True):
                rows = own & ((data.censored != 0) == censored)
                if not rows.any():
                    continue
                at = None if variance_at is None else variance_at[rows]
                part = (tail if censored else _quantified)(
                    kind, data.value[rows], f[rows], self._sizes(number, sigma), at,
                    data.censored[rows], data.limit[rows],
                )  # fmt: skip
                for whole, found in zip(out[:5], part[:5], strict=True):
                    whole[rows] = found
                for whole, found in zip(out[5:], part[5:], strict=True):
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
            m, _, _, v, *_ = _moments(kind, f[rows], own)
            found[rows] = (data.value[rows] - m) ** 2 / v + np.log(v)
            if (rows := of & (data.censored != 0)).any():
                side, limit = data.censored[rows], data.limit[rows]
                found[rows] = _tail(kind, data.value[rows], f[rows], own, None, side, limit)[0]
        return found

    def error_slopes(
        self, data: Observations, f: Floats, sigma: Floats, weight: Floats
    ) -> tuple[Floats, Floats]:
        r"""Slopes of :math:`\sum w L` by log sigma, [sigma], and the information, [sigma, sigma].

        ``weight`` : [copy]. The information is that of the quantified values, :math:`\sum w v_s v_t/v^2`.
        """
        slope, information = np.zeros(self.count), np.zeros((self.count, self.count))
        for number, (kind, places) in enumerate(zip(self.kinds, self.places, strict=True)):
            for censored in (False, True):
                rows = data.there & (data.endpoint == number) & ((data.censored != 0) == censored)
                if not rows.any():
                    continue
                own, w = self._sizes(number, sigma), np.broadcast_to(weight[:, None], f.shape)[rows]
                if censored:
                    part = _tail(
                        kind, data.value[rows], f[rows], own, None, data.censored[rows], data.limit[rows]
                    )[2]
                else:
                    m, _, _, v, _, _, v_s, _ = _moments(kind, f[rows], own)
                    c = v_s / v[:, None]
                    part = c * (1.0 - (data.value[rows] - m) ** 2 / v)[:, None]
                    information[np.ix_(places, places)] += np.einsum("j,ja,jb->ab", w, c, c)
                slope[list(places)] += w @ part
        return slope, information


def _moments(kind: Kind, f: Floats, s: Floats) -> tuple[Floats, ...]:
    """m, m', m'', v, v', v'', and dv, dv' by each log sigma [.., sigma]."""
    one, zero = np.ones_like(f), np.zeros_like(f)
    if kind == "log":
        safe = np.maximum(f, TINY)
        v = np.full_like(f, s[0] ** 2)
        return np.log(safe), 1 / safe, -1 / safe**2, v, zero, zero, 2 * v[:, None], zero[:, None]
    mean = (f, one, zero)
    if kind == "additive":
        v = np.full_like(f, s[0] ** 2)
        return *mean, v, zero, zero, 2 * v[:, None], zero[:, None]
    if kind == "scale":
        length = s[1]
        g, g1, g2 = (f * (length - f), length - 2 * f, -2 * one)
        inside = (f > 0) & (f < length)
        k = 4 * s[0] ** 2 / length**2
        v = k * np.where(inside, g, 0.0) + (length / 200) ** 2
        v1, v2 = k * np.where(inside, g1, 0.0), k * np.where(inside, g2, 0.0)
        return *mean, v, v1, v2, 2 * (v - (length / 200) ** 2)[:, None], 2 * v1[:, None]
    if kind == "linear":
        sd, b = s[0] + s[1] * f, s[1]
        by_a, by_b = 2 * sd * s[0], 2 * sd * b * f
        slopes = np.stack([2 * b * s[0] * one, 2 * b * (sd + b * f)], axis=1)
        return *mean, sd**2, 2 * sd * b, 2 * b**2 * one, np.stack([by_a, by_b], axis=1), slopes
    b2 = s[-1] ** 2
    at_zero = kind == "proportional"
    square = np.where((f == 0.0) & at_zero, 1.0, f * f)  # NONMEM's rule for a prediction of exactly 0
    v, v1, v2 = b2 * square, 2 * b2 * f, 2 * b2 * one
    if kind == "proportional":
        return *mean, v, v1, v2, 2 * v[:, None], 2 * v1[:, None]
    a2 = s[0] ** 2 * one
    return *mean, v + a2, v1, v2, np.stack([2 * a2, 2 * v], axis=1), np.stack([zero, 2 * v1], axis=1)


def _quantified(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, *_: Floats
) -> tuple[Floats, ...]:
    m, m1, m2, v, v1, v2, v_s, v1_s = _moments(kind, f, s)
    if at is not None:
        held = _moments(kind, at, s)
        v, v_s = held[3], held[6]
        v1, v2, v1_s = np.zeros_like(f), np.zeros_like(f), np.zeros_like(v_s)
    e = y - m
    q, r = e * e / v, v1 / v
    l_f = -2 * e * m1 / v + r * (1 - q)
    l_ff = (2 * m1 * m1 - 2 * e * m2) / v + 4 * e * m1 * r / v + v2 / v * (1 - q) + r * r * (2 * q - 1)
    w = m1 * m1 / v + 0.5 * r * r
    w_f = 2 * m1 * m2 / v - m1 * m1 * r / v + r * (v2 / v - r * r)
    c = v_s / v[:, None]
    q_, r_, e_, m1_, v_ = (x[:, None] for x in (q, r, e, m1, v))
    l_s = c * (1 - q_)
    l_fs = 2 * e_ * m1_ / v_ * c + (v1_s / v_ - r_ * c) * (1 - q_) + r_ * q_ * c
    w_s = -m1_ * m1_ / v_ * c + r_ * (v1_s / v_ - r_ * c)
    return q + np.log(v), l_f, l_ff, w, w_f, l_s, l_fs, w_s


def _censored(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, side: NDArray[np.int64], limit: Floats,
    by_sigma: bool = True,
) -> tuple[Floats, ...]:  # fmt: skip
    """By the closed form of L and its slopes; second and third derivatives by differences of these."""

    def first(f: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
        return _tail(kind, y, f, s, at, side, limit)

    step = BUMP * np.sqrt(_moments(kind, f, s)[3]) / np.abs(_moments(kind, f, s)[1])
    (l0, l_f, l_s), up, down = first(f, s), first(f + step, s), first(f - step, s)
    l_ff = (up[1] - down[1]) / (2 * step)
    l_fff = (up[1] - 2 * l_f + down[1]) / step**2
    l_fs, l_ffs = np.zeros_like(l_s), np.zeros_like(l_s)
    for k in range(l_s.shape[1] if by_sigma else 0):
        high, low = s.copy(), s.copy()
        high[k], low[k] = s[k] * np.exp(BUMP), s[k] * np.exp(-BUMP)
        l_fs[:, k] = (first(f, high)[1] - first(f, low)[1]) / (2 * BUMP)
        ends = [(first(f + step, x)[1] - first(f - step, x)[1]) / (2 * step) for x in (high, low)]
        l_ffs[:, k] = (ends[0] - ends[1]) / (2 * BUMP)
    return l0, l_f, l_ff, 0.5 * l_ff, 0.5 * l_fff, l_s, l_fs, 0.5 * l_ffs


def _tail(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, side: NDArray[np.int64], limit: Floats
) -> tuple[Floats, Floats, Floats]:
    r""":math:`L = -2 \ln(\Phi(b) - \Phi(a))` of an interval, and its slopes by f and log sigma."""
    m, m1, _, v, v1, _, v_s, _ = _moments(kind, f, s)
    if at is not None:
        held = _moments(kind, at, s)
        v, v_s = held[3], held[6]
        v1 = np.zeros_like(f)
    sd = np.sqrt(v)
    ends = np.stack([y, np.where(np.isfinite(limit), limit, np.where(side > 0, -np.inf, np.inf))])
    z = (ends - m) / sd
    low, high = z.min(axis=0), z.max(axis=0)
    log_p = np.where(
        np.isneginf(low), normal_log_cdf(high),
        np.where(np.isposinf(high), normal_log_cdf(-low), normal_log_interval(low, high)),
    )  # fmt: skip
    l_f, l_s = np.zeros_like(f), np.zeros_like(v_s)
    for end, sign in ((high, 1.0), (low, -1.0)):
        finite = np.isfinite(end)
        x = np.where(finite, end, 0.0)
        density = np.where(finite, np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - log_p), 0.0)
        l_f += -2 * sign * density * (-m1 / sd - 0.5 * x * v1 / v)
        l_s += -2 * (sign * density * -0.5 * x / v)[:, None] * v_s
    return -2 * log_p, l_f, l_s


def refuse_impossible(kind: Kind, sigma: Sequence[float]) -> None:
    """Raise InvalidInput for sigmas that are not positive numbers."""
    if not all(np.isfinite(x) and x > 0 for x in sigma):
        raise InvalidInput(
            f"A {kind} residual error cannot be {', '.join(f'{x:g}' for x in sigma)}.",
            "Each part of a residual error is a standard deviation above zero.",
            "Give positive numbers.",
        )
