"""The 2016 classification criteria of macrophage activation syndrome, one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall, InvalidInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEBRILE = 38.0
"""degC; the criteria state "febrile" without a number; 38 is customary (assumed)."""
FERRITIN, PLATELETS, AST, TRIGLYCERIDES, FIBRINOGEN = 684.0, 181.0, 48.0, 156.0, 3.60
"""ug/L (above), 1e9/L (at most), U/L (above), mg/dL (above), g/L (at most)."""
IN_MAS = 0.5
"""Activated macrophages above which a child of the model is in MAS: half of those of full MAS."""
RECOGNISED_WITHIN = 5
"""Days from the onset within which a child is seen and tested.

Assumed, because ferritin, platelets and fibrinogen take days to pass their limits; by then the child is ill.
"""


@dataclass(frozen=True)
class MasCriteria:
    """The criteria that are met, each of the shape of the measurements; ``met`` is the classification."""

    febrile: Bools
    ferritin: Bools
    platelets: Bools
    ast: Bools
    triglycerides: Bools
    fibrinogen: Bools

    @property
    def minor(self) -> NDArray[np.int64]:
        """Number of the four minor criteria that are met."""
        lights = (self.platelets, self.ast, self.triglycerides, self.fibrinogen)
        return np.asarray(sum(light.astype(np.int64) for light in lights))

    @property
    def met(self) -> Bools:
        """Febrile, ferritin, and two of the four."""
        return np.asarray(self.febrile & self.ferritin & (self.minor >= 2))


def mas_2016(
    temperature: ArrayLike,
    ferritin: ArrayLike,
    platelets: ArrayLike,
    ast: ArrayLike,
    triglycerides: ArrayLike,
    fibrinogen: ArrayLike,
) -> MasCriteria:
    """The 2016 criteria: a febrile child with systemic JIA, ferritin > 684 ng/mL and any two of four.

    Platelets <= 181e9/L, AST > 48 U/L, triglycerides > 156 mg/dL, fibrinogen <= 360 mg/dL. Ravelli A et
    al. Ann Rheum Dis 2016; doi 10.1136/annrheumdis-2015-208982.

    Parameters
    ----------
    temperature : highest of the day, degC (:func:`highest_of_day`).
    ferritin : ug/L. platelets : 1e9/L. ast : U/L. triglycerides : mg/dL. fibrinogen : g/L.
        All of one shape: a number, (children,), or (children, times).

    Raises
    ------
    InvalidInput for a value that is missing or negative, InvalidCall for shapes that differ.
    """
    given = {
        "temperature": temperature, "ferritin": ferritin, "platelets": platelets,
        "ast": ast, "triglycerides": triglycerides, "fibrinogen": fibrinogen,
    }  # fmt: skip
    x = {name: np.asarray(values, dtype=np.float64) for name, values in given.items()}
    _refuse_odd(x)
    return MasCriteria(
        febrile=x["temperature"] >= FEBRILE,
        ferritin=x["ferritin"] > FERRITIN,
        platelets=x["platelets"] <= PLATELETS,
        ast=x["ast"] > AST,
        triglycerides=x["triglycerides"] > TRIGLYCERIDES,
        fibrinogen=x["fibrinogen"] <= FIBRINOGEN,
    )


def _refuse_odd(x: dict[str, Floats]) -> None:
    if len({values.shape for values in x.values()}) != 1:
        raise InvalidCall(
            "The criteria of MAS were given variables of different shapes.",
            ", ".join(f"{name} {values.shape}" for name, values in x.items()),
            "Give one value of each for every child and time.",
        )
    odd = [name for name, values in x.items() if not np.all(np.isfinite(values) & (values >= 0.0))]
    if odd:
        raise InvalidInput(
            f"The criteria of MAS lack usable values of {', '.join(odd)}.",
            "A missing or negative value can neither meet nor fail a criterion.",
            "Leave those children and times out, or impute them by a stated rule.",
        )


def highest_of_day(times: ArrayLike, temperature: ArrayLike) -> Floats:
    """Highest temperature of the 24 h up to each reading, (children, times), degC.

    Parameters
    ----------
    times : ascending hours, (times,). temperature : (children, times), degC.

    Raises InvalidCall for shapes that disagree.
    """
    t, x = np.asarray(times, dtype=np.float64), np.asarray(temperature, dtype=np.float64)
    if x.ndim != 2 or t.shape != x.shape[1:]:
        raise InvalidCall(
            "The temperature chart cannot be read.",
            f"Temperatures {x.shape} must be (children, times) and times {t.shape} (times,).",
            "Give one row per child and one column per reading.",
        )
    first = np.searchsorted(t, t - 24.0 + 1e-6)
    return np.stack([x[:, first[i] : i + 1].max(axis=1) for i in range(len(t))], axis=1)


def sensitivity(met: ArrayLike, truth: ArrayLike) -> float:
    """Sensitivity: share of subjects in MAS who meet the criteria; not-a-number if no subject is in MAS."""
    found, ill = np.asarray(met, dtype=bool), np.asarray(truth, dtype=bool)
    return float(found[ill].mean()) if ill.any() else float("nan")


def specificity(met: ArrayLike, truth: ArrayLike) -> float:
    """Specificity: share of subjects without MAS who do not meet the criteria; not-a-number if all are in
    MAS."""
    return sensitivity(~np.asarray(met, dtype=bool), ~np.asarray(truth, dtype=bool))
