r"""Mean and variance of an observation about its prediction, with their derivatives.

With mean :math:`m` (:math:`f`, or :math:`\ln f` for an error on the logarithm) and variance :math:`v(f)`,

=================  ===============================================
``additive``       :math:`v = a^2`
``proportional``   :math:`v = b^2 f^2`
``combined``       :math:`v = a^2 + b^2 f^2`
``linear``         :math:`v = (a + b f)^2`
``log``            :math:`v = a^2`, on the logarithm; data hold logarithms
``scale``          :math:`v = 4 a^2 u (1 - u) + (S/200)^2`, :math:`u = f/S`, of a scale from 0 to S
=================  ===============================================
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind: TypeAlias = Literal["additive", "proportional", "combined", "linear", "log", "scale"]
SIZES = {"additive": 1, "proportional": 1, "combined": 2, "linear": 2, "log": 1, "scale": 1}
TINY = 1e-100  # its powers in derivatives are finite


def moments(kind: Kind, f: Floats, s: Floats) -> tuple[Floats, ...]:
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
