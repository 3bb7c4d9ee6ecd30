r"""Minimisation by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno, with exact gradients.

:math:`d = -B g`; B is updated by :math:`B \leftarrow (I - \rho s y') B (I - \rho y s') + \rho s s'`,
:math:`\rho = 1/(y's)`. Nocedal J, Wright SJ. Numerical Optimization, 2nd edition, 2006, chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DECREASE = 1e-4  # smallest share of the predicted decrease that a step must give
MOST_HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Minimum:
    """The result of a minimisation, with the estimated inverse Hessian."""

    x: Floats
    value: float
    gradient: Floats
    inverse: Floats
    iterations: int
    converged: bool


def minimise(
    function: Callable[[Floats], tuple[float, Floats]], start: Floats, *, most: int = 200,
    accuracy: float = 1e-3, longest: float = 0.7, inverse: Floats | None = None,
    progress: Callable[[int, float], None] | None = None, keep: Callable[[], None] = lambda: None,
) -> Minimum:  # fmt: skip
    """Minimise ``function`` (value and gradient) from ``start``.

    Parameters
    ----------
    accuracy : the search ends when the predicted decrease is smaller than this twice in a row.
    longest : of a step in any coordinate. inverse : a first inverse Hessian.
    keep : called when the point that was evaluated last becomes the present one.
    """
    x = start.copy()
    value, g = function(x)
    keep()
    if not np.isfinite(g).all():  # trials along it would be no numbers either
        return Minimum(x, value, g, np.eye(len(x)), 0, False)
    b = np.eye(len(x)) / max(1.0, float(np.linalg.norm(g))) if inverse is None else inverse.copy()
    fresh, calm = inverse is None, 0
    for iteration in range(1, most + 1):
        direction = -b @ g
        slope = float(g @ direction)
        if slope >= 0.0 or not np.isfinite(slope):
            b, fresh = np.eye(len(x)) / max(1.0, float(np.linalg.norm(g))), True
            direction = -b @ g
            slope = float(g @ direction)
        direction *= min(1.0, longest / max(float(np.max(np.abs(direction), initial=0.0)), 1e-300))
        slope = float(g @ direction)
        found = _search(function, x, value, direction, slope)
        if found is None:
            if fresh or -slope < accuracy:
                return Minimum(x, value, g, b, iteration, bool(-slope < 10 * accuracy))
            b, fresh = np.eye(len(x)) / max(1.0, float(np.linalg.norm(g))), True
            continue
        step, new, g_new = found
        keep()
        calm = calm + 1 if max(value - new, -0.5 * slope) < accuracy else 0
        y = g_new - g
        b, fresh = _updated(b, step, y, fresh), False
        x, value, g = x + step, new, g_new
        if progress is not None:
            progress(iteration, value)
        if calm >= 2:
            return Minimum(x, value, g, b, iteration, True)
    return Minimum(x, value, g, b, most, False)


def _search(
    function: Callable[[Floats], tuple[float, Floats]], x: Floats, value: float, direction: Floats,
    slope: float,
) -> tuple[Floats, float, Floats] | None:  # fmt: skip
    """The first step along a direction with a sufficient decrease: the full step, or by quadratic
    interpolation."""
    part = 1.0
    for _ in range(MOST_HALVINGS):
        new, g = function(x + part * direction)
        if np.isfinite(new) and np.isfinite(g).all() and new <= value + DECREASE * part * slope:
            return part * direction, new, g
        shrunk = -0.5 * slope * part**2 / (new - value - slope * part) if np.isfinite(new) else 0.0
        part = float(np.clip(shrunk, 0.1 * part, 0.5 * part))
    return None


def _updated(b: Floats, s: Floats, y: Floats, fresh: bool) -> Floats:
    along = float(y @ s)
    if along <= 1e-10 * float(np.linalg.norm(y) * np.linalg.norm(s)):
        return b
    if fresh:
        b = np.eye(len(s)) * along / float(y @ y)
    rho = 1.0 / along
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return np.asarray(left @ b @ left.T + rho * np.outer(s, s))
