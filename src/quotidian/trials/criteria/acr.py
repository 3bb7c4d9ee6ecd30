"""JIA ACR response and flare over the core set, and the response adapted to systemic disease."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.trials.criteria.checks import core, truth

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_ROUNDING = 1e-9  # 1.5 to 1.05 is a fall of 30 %, although binary arithmetic gives slightly less


def jia_acr(baseline: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike], level: float) -> Bools:
    r"""JIA ACR response: at least 3 of 6 better by >= level %, at most 1 worse by more than 30 %.

    With :math:`b` at baseline and :math:`x` now, better: :math:`100 (b - x) \ge level \cdot b`; worse:
    :math:`100 (x - b) > 30\, b`. Giannini EH et al. Arthritis Rheum 1997; 40:1202-1209 (reference recalled);
    for 50, 70 and 90 the limit of worsening stays at 30 % (recalled). A variable that is zero at baseline
    cannot improve, and any rise of it counts as worse.

    Parameters
    ----------
    baseline, now : the variables of CORE_SET, each (children,), >= 0, baseline and now in one unit;
        ``crp`` in place of ``esr`` if a trial of systemic disease uses it.
    level : per cent, above 0 and up to 100: 30, 50, 70 or 90.

    Returns
    -------
    Whether each child responds, (children,).

    Raises
    ------
    InvalidInput for a missing or negative value, with its children; InvalidCall for a missing variable.
    """
    if not 0.0 < level <= 100.0:
        raise InvalidInput(
            f"JIA ACR{level:g} does not exist.",
            "The level is the improvement in per cent, above 0 and up to 100.",
            "Use 30, 50, 70 or 90.",
        )
    b, x = core(baseline, now)
    better = (b > 0.0) & (100.0 * (b - x) >= (level - _ROUNDING) * b)
    worse = 100.0 * (x - b) > (30.0 + _ROUNDING) * b
    return np.asarray((better.sum(axis=0) >= 3) & (worse.sum(axis=0) <= 1))


def jia_acr_flare(reference: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike]) -> Bools:
    r"""JIA ACR30 flare: at least 3 of 6 worse by >= 30 %, at most 1 better by more than 30 %.

    With :math:`b` at the reference visit and :math:`x` now, worse: :math:`100 (x - b) \ge 30\, b` and
    :math:`x > b`; better: :math:`100 (b - x) > 30\, b`. Australian product information of Actemra 2014,
    Clinical Trials (CHERISH). A variable that is zero at the reference and rises is worse.

    Arguments, result and refusals as in `jia_acr`.
    """
    b, x = core(reference, now)
    worse = (x > b) & (100.0 * (x - b) >= (30.0 - _ROUNDING) * b)
    better = 100.0 * (b - x) > (30.0 + _ROUNDING) * b
    return np.asarray((worse.sum(axis=0) >= 3) & (better.sum(axis=0) <= 1))


def adapted_acr(
    baseline: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike], level: float, afebrile: ArrayLike
) -> Bools:
    """Adapted JIA ACR response of systemic disease: the response of `jia_acr`, and no fever, (children,).

    Ruperto 2012 (canakinumab) requires resolution of fever. TENDER's primary endpoint is the same with its
    own window of 7 days (De Benedetti 2012). ``afebrile`` : truth values, (children,); the caller chooses
    the window. Errors as in `jia_acr`.
    """
    return np.asarray(jia_acr(baseline, now, level) & truth(afebrile, "Absence of fever"))
