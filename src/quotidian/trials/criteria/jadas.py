"""The juvenile arthritis disease activity score and its states."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.criteria.checks import stack

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STATES = ("inactive", "minimal", "moderate", "high")
MINIMAL = 3.8
HIGH = {10: 10.5, 27: 8.5, 71: 10.5}
INACTIVE = 1.0


def jadas(
    physician_global: ArrayLike,
    parent_global: ArrayLike,
    active_joints: ArrayLike,
    *,
    esr: ArrayLike | None = None,
    crp: ArrayLike | None = None,
    version: int = 71,
) -> Floats:
    r"""Juvenile arthritis disease activity score, (children,), 0 to 40, 57 or 101 by version.

    :math:`JADAS = PGA + PtGA + \min(joints, version) + marker`; with ESR clamped to 20-120 mm/h the marker is
    :math:`(ESR - 20)/10`, with CRP clamped to 10-110 mg/L it is :math:`(CRP - 10)/10`. Consolaro A et al.
    Arthritis Rheum 2009 (recalled).

    Parameters
    ----------
    physician_global, parent_global : (children,), 0 to 10.
    active_joints : (children,), counted over the joints of the version.
    esr, crp : one of the two, (children,), mm/h or mg/L.
    version : 10, 27 or 71 joints.

    Raises
    ------
    InvalidInput for another version, both markers or neither, globals above 10, or missing values.
    """
    marker = esr if crp is None else crp
    if version not in (10, 27, 71) or marker is None or not (esr is None or crp is None):
        raise InvalidInput(
            f"JADAS{version} cannot be computed.",
            "It counts 10, 27 or 71 joints and takes either ESR or CRP.",
            "Give one version and exactly one of esr and crp.",
        )
    given = {
        "physician_global": physician_global,
        "parent_global": parent_global,
        "active_joints": active_joints,
        "marker": marker,
    }
    pga, ptga, joints, phase = stack(given, tuple(given), "JADAS")
    if max(pga.max(initial=0.0), ptga.max(initial=0.0)) > 10.0:
        raise InvalidInput(
            "A global assessment exceeds 10.",
            "JADAS takes visual analogue scales from 0 to 10.",
            "Divide scales of 0 to 100 mm by 10.",
        )
    floor = 20.0 if crp is None else 10.0
    normalised = (np.clip(phase, floor, floor + 100.0) - floor) / 10.0
    return np.asarray(pga + ptga + np.minimum(joints, float(version)) + normalised)


def inactive(score: ArrayLike) -> Bools:
    """Inactive disease by JADAS, any version: score <= 1 (Consolaro 2012, doi 10.1002/art.34373)."""
    (values,) = stack({"JADAS": score}, ("JADAS",), "Inactive disease")
    return np.asarray(values <= INACTIVE)


def jadas_state(score: ArrayLike, version: int = 71) -> NDArray[np.int64]:
    """State of disease by JADAS, (children,), as an index into `STATES`.

    Inactive up to 1, minimal up to 3.8 (Consolaro 2012, doi 10.1002/art.34373), high above 8.5 with 27
    joints and above 10.5 with 10 or 71 (Consolaro 2014, doi 10.1136/annrheumdis-2013-204186), moderate
    between. The cut-offs are those of polyarticular disease, which are also used for systemic arthritis.
    Raises InvalidInput for another version or a missing score.
    """
    if version not in HIGH:
        raise InvalidInput(
            f"JADAS{version} has no cut-offs.", "Published are those of 10, 27 and 71 joints.", "Use 71."
        )
    (values,) = stack({"JADAS": score}, ("JADAS",), "A state of disease")
    above = [values > INACTIVE, values > MINIMAL, values > HIGH[version]]
    return np.asarray(sum(a.astype(np.int64) for a in above), dtype=np.int64)
