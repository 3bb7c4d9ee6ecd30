"""Inactive disease and clinical remission, by the criteria of 2004 and of 2011."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.criteria.checks import stack, truth

Bools = NDArray[np.bool_]

ESR_NORMAL, CRP_NORMAL = 20.0, 10.0
"""Lower limit of the marker in JADAS: ESR in mm/h, CRP in mg/L."""
NO_ACTIVITY = 1.0
"""On a scale of 0 to 10: a mark within a centimetre of 0 counts as "none", as in the trials of canakinumab
in systemic JIA (recalled)."""
STIFFNESS_MINUTES = 15.0
WEEKS_ON, WEEKS_OFF = 26, 52
"""Six and twelve months of inactive disease: remission on and off medication (Wallace 2004)."""


def wallace_2004(
    active_joints: ArrayLike,
    physician_global: ArrayLike,
    esr: ArrayLike,
    crp: ArrayLike,
    systemic: ArrayLike,
) -> Bools:
    """Inactive disease, preliminary criteria of 2004, (children,).

    No joint with active arthritis; no fever, rash, serositis, splenomegaly or adenopathy; no uveitis,
    which is rare in systemic disease and not in the model; normal ESR or CRP; no disease activity in the
    physician's assessment. Wallace 2004; table in Arthritis Res Ther 2009, doi 10.1186/ar2619. Another
    summary requires both markers to be normal; here one is sufficient.

    Parameters
    ----------
    active_joints : count. physician_global : 0 to 10. esr : mm/h. crp : mg/L. Each (children,).
    systemic : truth values, whether the child has any of the systemic features.

    Raises InvalidInput for missing values, InvalidCall for shapes that differ or a number for ``systemic``.
    """
    names = ("active_joints", "physician_global", "esr", "crp")
    given = dict(zip(names, (active_joints, physician_global, esr, crp), strict=True))
    joints, doctor, rate, protein = stack(given, names, "Inactive disease")
    normal = (rate <= ESR_NORMAL) | (protein < CRP_NORMAL)
    calm = ~truth(systemic, "Presence of systemic features")
    return np.asarray((joints < 0.5) & (doctor <= NO_ACTIVITY) & normal & calm)


def acr_2011(
    active_joints: ArrayLike,
    physician_global: ArrayLike,
    esr: ArrayLike,
    crp: ArrayLike,
    systemic: ArrayLike,
    stiffness: ArrayLike,
) -> Bools:
    """Inactive disease, ACR provisional criteria of 2011: those of 2004, and morning stiffness of at most
    15 min.

    Wallace 2011, doi 10.1002/acr.20497; table doi 10.1186/s12969-016-0085-5. ``stiffness`` : minutes,
    (children,). Other arguments, result and errors as in `wallace_2004`.
    """
    (minutes,) = stack({"stiffness": stiffness}, ("stiffness",), "Inactive disease of 2011")
    older = wallace_2004(active_joints, physician_global, esr, crp, systemic)
    return np.asarray(older & (minutes <= STIFFNESS_MINUTES))


def clinical_remission(weeks: ArrayLike, inactive: ArrayLike, length: int = WEEKS_ON) -> Bools:
    """Whether each visit ends a given number of weeks of continuous inactive disease, (visits, children).

    The child must be inactive at this visit and at every visit of the window before it, and visits must
    cover the whole window. Wallace 2004: six months on medication, twelve off. ``weeks`` : ascending,
    (visits,). ``inactive`` : truth values, (visits, children). Raises InvalidInput for shapes that
    disagree.
    """
    when, calm = np.asarray(weeks, dtype=np.float64), truth(inactive, "Inactive disease")
    if calm.ndim != 2 or when.shape != calm.shape[:1] or np.any(np.diff(when) <= 0):
        raise InvalidInput(
            "Remission cannot be determined.",
            f"Weeks {when.shape} must ascend, one for each row of inactive disease {calm.shape}.",
            "Give one row per visit and one column per child.",
        )
    found = np.zeros(calm.shape, dtype=bool)
    for i, end in enumerate(when):
        first = int(np.searchsorted(when, end - length, side="right")) - 1
        if first >= 0:
            found[i] = calm[first : i + 1].all(axis=0)
    return found
