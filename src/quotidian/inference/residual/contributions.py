r"""What one observation contributes to :math:`-2 \ln L`, with its derivatives.

A quantified value contributes :math:`(y - m)^2/v + \ln v` (:math:`\ln 2\pi` is left out, as NONMEM does); a
value below (above) its limit :math:`-2 \ln \Phi(\pm(y - m)/\sqrt v)`, or the probability of an interval
(methods M3 and M4 of Beal SL. J Pharmacokinet Pharmacodyn 2001;28:481).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.residual.moments import Kind, moments
from quotidian.statistics.normal import normal_log_cdf, normal_log_interval

Floats = NDArray[np.float64]
BUMP = 1e-4  # of SD or of log sigma, for the third derivatives of censored observations


def quantified(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, *_: Floats
) -> tuple[Floats, ...]:
    """L, its slopes by f, w with its slope, L by m, and the slopes by log sigma, of quantified values."""
    m, m1, m2, v, v1, v2, v_s, v1_s = moments(kind, f, s)
    if at is not None:
        held = moments(kind, at, s)
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
    return q + np.log(v), l_f, l_ff, w, w_f, l_ff - l_f * m2 / m1, l_s, l_fs, w_s


def censored(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, side: NDArray[np.int64], limit: Floats,
    by_sigma: bool = True,
) -> tuple[Floats, ...]:  # fmt: skip
    r"""By the closed form of L and its slopes; second and third derivatives by differences of these.

    w is half the second derivative by the mean m, :math:`m'^2 L_{mm}/2 = (L'' - L' m''/m')/2`, which is not
    negative. That by f can be: for an error on the logarithm, L bends downwards far below the limit.
    """

    def first(f: Floats, s: Floats) -> tuple[Floats, Floats, Floats]:
        return tail(kind, y, f, s, at, side, limit)

    step = BUMP * np.sqrt(moments(kind, f, s)[3]) / np.abs(moments(kind, f, s)[1])
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
    _, m1, m2, *_ = moments(kind, f, s)
    r = m2 / m1  # -1/f on the logarithm, so that r' = r^2; 0 for the others
    l_mm, w_f = l_ff - l_f * r, 0.5 * (l_fff - l_ff * r - l_f * r * r)
    return l0, l_f, l_ff, 0.5 * l_mm, w_f, l_mm, l_s, l_fs, 0.5 * (l_ffs - l_fs * r[:, None])


def tail(
    kind: Kind, y: Floats, f: Floats, s: Floats, at: Floats | None, side: NDArray[np.int64], limit: Floats
) -> tuple[Floats, Floats, Floats]:
    r""":math:`L = -2 \ln(\Phi(b) - \Phi(a))` of an interval, and its slopes by f and log sigma."""
    m, m1, _, v, v1, _, v_s, _ = moments(kind, f, s)
    if at is not None:
        held = moments(kind, at, s)
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
