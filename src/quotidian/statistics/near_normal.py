r"""A published number on a scale on which its statistic is nearly normal, and the discrepancy on that scale.

The *discrepancy* is the error that a model may have even with the right values of its parameters.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Scale = Literal["proportion", "positive", "linear"]
DISCREPANCY = {"proportion": 0.2, "positive": 0.1}
"""SD of the discrepancy: on the logit of a proportion, on the logarithm of a positive number."""
LINEAR_DISCREPANCY = 0.1
"""The same of a linear number, as a share of its size."""
LEAST_POSITIVE = 1e-12
"""Positive numbers below it, and 0, have its logarithm."""


def scale_of(endpoint: str, unit: str, least: float) -> Scale:
    """The scale of an endpoint whose least value is ``least``. It is linear for a change, which can have
    either sign even in per cent."""
    if "change" in endpoint:
        return "linear"
    if unit == "%":
        return "proportion"
    return "positive" if least > 0.0 else "linear"


def discrepancy_sd(scale: Scale, published: float) -> float:
    """SD of the discrepancy of a published number, on its scale."""
    return DISCREPANCY.get(scale, LINEAR_DISCREPANCY * abs(published))


def on_scale(x: Floats, scale: Scale, n: int = 1) -> Floats:
    r"""Numbers on the scale: :math:`\mathrm{logit}\,(k + 1/2)/(n + 1)` of a proportion k/n in per cent."""
    if scale == "linear":
        return np.asarray(x, dtype=np.float64)
    if scale == "positive":
        return np.log(np.maximum(x, LEAST_POSITIVE))
    p = (np.asarray(x) / 100.0 * n + 0.5) / (n + 1.0)
    return np.log(p / (1.0 - p))


def from_scale(y: Floats, scale: Scale, n: int = 1) -> Floats:
    """The numbers in their unit; a proportion within 0 and 100 %."""
    if scale == "linear":
        return np.asarray(y, dtype=np.float64)
    if scale == "positive":
        return np.exp(y)
    p = 1.0 / (1.0 + np.exp(-np.asarray(y)))
    return np.clip(100.0 * (p * (n + 1.0) - 0.5) / n, 0.0, 100.0)
