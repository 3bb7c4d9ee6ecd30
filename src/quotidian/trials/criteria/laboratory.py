"""Laboratory endpoints: normal markers, anaemia, neutropenia, MAS by the criteria of 2016."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.patients.mas_criteria import mas_2016
from quotidian.trials.criteria.checks import stack, truth
from quotidian.trials.criteria.inactive import ESR_NORMAL

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NEUTROPENIA = 1.0
"""1e9/L: TENDER reports neutrophils below it (US label of Actemra, section 6)."""
CRP_LOW = 5.0
"""mg/L; children below it were randomised in Yokota 2008."""
SAA_NORMAL = 10.0
"""mg/L, customary upper limit (recalled)."""
ANAEMIA = ((5.0, 11.0), (12.0, 11.5), (15.0, 12.0))
"""Below the age in years, the lower limit of haemoglobin in g/dL; World Health Organization (recalled)."""
ANAEMIA_WOMEN, ANAEMIA_MEN = 12.0, 13.0
MAS_SIGNS = ("temperature", "ferritin", "platelets", "ast", "triglycerides", "fibrinogen")


def neutropenic(neutrophils: ArrayLike) -> Bools:
    """Whether any count of a child is below 1.0e9/L; counts (visits, children), result (children,)."""
    counts = np.atleast_2d(np.asarray(neutrophils, dtype=np.float64))
    rows = [stack({"neutrophils": row}, ("neutrophils",), "Neutropenia")[0] for row in counts]
    return np.asarray(np.min(rows, axis=0) < NEUTROPENIA)


def crp_low(crp: ArrayLike) -> Bools:
    """CRP below 5 mg/L, (children,): the condition of randomisation in Yokota 2008."""
    (values,) = stack({"crp": crp}, ("crp",), "Low CRP")
    return np.asarray(values < CRP_LOW)


def all_normal(crp: ArrayLike, esr: ArrayLike, saa: ArrayLike) -> Bools:
    """CRP, ESR and SAA all normal, (children,), mg/L, mm/h and mg/L; the endpoint of Nishimoto 2003.

    The paper's limits were not read: CRP < 5, ESR <= 20 and SAA <= 10 are customary.
    """
    names = ("crp", "esr", "saa")
    c, e, s = stack(dict(zip(names, (crp, esr, saa), strict=True)), names, "Normal markers")
    return np.asarray((c < CRP_LOW) & (e <= ESR_NORMAL) & (s <= SAA_NORMAL))


def haemoglobin_limit(age: ArrayLike, female: ArrayLike) -> Floats:
    """Lower limit of haemoglobin by age (years) and sex, (children,), g/dL; WHO (recalled).

    11 below 5 years, 11.5 below 12, 12 below 15; from 15 years 12 in women and 13 in men.
    """
    years = np.asarray(age, dtype=np.float64)
    grown = np.where(truth(female, "Female sex"), ANAEMIA_WOMEN, ANAEMIA_MEN)
    ends = [years < end for end, _ in ANAEMIA]
    return np.asarray(np.select(ends, [limit for _, limit in ANAEMIA], grown), dtype=np.float64)


def anaemic(haemoglobin: ArrayLike, age: ArrayLike, female: ArrayLike) -> Bools:
    """Haemoglobin (g/dL) below the limit of age and sex, (children,)."""
    (values,) = stack({"haemoglobin": haemoglobin}, ("haemoglobin",), "Anaemia")
    return np.asarray(values < haemoglobin_limit(age, female))


def meets_mas(signs: Mapping[str, ArrayLike]) -> Bools:
    """MAS by the criteria of 2016 (`mas_2016`), from its six signs, all of the same shape."""
    return mas_2016(**{name: np.asarray(signs[name]) for name in MAS_SIGNS}).met
