"""Endpoints of glucocorticoid treatment: discontinuation, and successful taper."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.criteria.checks import truth

Bools = NDArray[np.bool_]
CUT = 20.0
"""Per cent of the dose at entry (TENDER; US label of Actemra, section 14)."""
_ROUNDING = 1e-9


def steroid_free(dose: ArrayLike) -> Bools:
    """No oral glucocorticoid: a dose (mg/kg/day) of zero, (children,)."""
    given = np.asarray(dose, dtype=np.float64)
    if not np.all(np.isfinite(given) & (given >= 0.0)):
        raise InvalidInput(
            "A dose of glucocorticoid is missing or negative.",
            "Freedom from glucocorticoid is then not defined.",
            "Write 0 where none is given.",
        )
    return np.asarray(given == 0.0)


def taper_success(dose: ArrayLike, flare: ArrayLike, systemic: ArrayLike) -> Bools:
    """A reduction by at least 20 % of the dose at entry, without flare or systemic feature from then to
    the end.

    TENDER part 1 to week 12 (US label of Actemra, section 14). The reduction begins at the first visit at
    which the dose is lower by that much, and must last to the end.

    Parameters
    ----------
    dose : mg/kg/day, (visits, children), the visit at entry first; above zero there.
    flare, systemic : truth values, (visits, children): JIA ACR flare, and fever or rash, at the visit.

    Returns
    -------
    (children,). Raises InvalidInput for shapes that differ or a child without glucocorticoid at entry.
    """
    given, bad = np.asarray(dose, dtype=np.float64), truth(flare, "Flare") | truth(systemic, "Systemic sign")
    if given.ndim != 2 or given.shape != bad.shape or not np.all(given[0] > 0.0):
        raise InvalidInput(
            "The success of a taper is not defined.",
            f"Doses {given.shape} and flares {bad.shape} must be (visits, children), and every child must "
            "have glucocorticoid at entry.",
            "Leave out children without glucocorticoid, who have nothing to taper.",
        )
    cut = 100.0 * (given[0] - given) >= (CUT - _ROUNDING) * given[0]
    after = np.logical_or.accumulate(cut, axis=0)
    return np.asarray(cut[-1] & ~(after & bad).any(axis=0))
