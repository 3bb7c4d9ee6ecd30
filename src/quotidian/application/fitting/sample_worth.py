r"""What one more sample would say of a target: the share of its variance that remains after the sample.

Over the draws of the posterior, with the quantity q and a measurement d of error variance :math:`s^2`,

.. math:: 1 - \frac{\mathrm{cov}(q, d)^2}{\mathrm{var}(q)\,(\mathrm{var}(d) + s^2)}.

Both are taken on the scale of their errors, a logarithm for most; no new fit is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.population import ErrorModel

Floats = NDArray[np.float64]
TINY = 1e-9


@dataclass(frozen=True)
class Sample:
    """A possible sample: analyte, day, and the share of the variance of the target that would remain."""

    analyte: str
    day: float
    remaining: float


def worth(quantity: Floats, course: Floats, hours: Floats, errors: dict[str, ErrorModel]) -> list[Sample]:
    """Possible samples, the most informative first.

    Parameters
    ----------
    quantity : [draw] of the target. course : [draw, time, analyte], in the order of ``errors``.
    hours : [time].
    """
    q = np.log(np.maximum(quantity, TINY))
    found = []
    for column, (name, error) in enumerate(errors.items()):
        for place, hour in enumerate(hours):
            f = course[:, place, column]
            d = np.log(np.maximum(f, TINY)) if error.kind == "log" else f
            variance = float(np.var(d)) + _variance(error, float(np.median(f)))
            shared = float(np.mean((q - q.mean()) * (d - d.mean())))
            total = float(np.var(q)) * variance
            remaining = 1.0 - shared**2 / total if total > 0 else 1.0
            found.append(Sample(name, float(hour) / 24.0, remaining))
    return sorted(found, key=lambda s: s.remaining)


def _variance(error: ErrorModel, f: float) -> float:
    """Of the error about a value, on its scale."""
    if error.kind in ("log", "additive"):
        return error.sd**2
    if error.kind == "scale":
        u = min(max(f / error.uloq, 0.0), 1.0)
        return 4.0 * error.sd**2 * u * (1.0 - u)
    return (error.sd * f) ** 2 + error.proportional_sd**2
