r"""Growth references: weight and height for age, birth to 20 years, and how far a child is from the median.

**Which reference, and why.** From the second birthday on, the CDC 2000 growth charts, for both measures and
both sexes; below it the WHO standards of 2006, as the CDC itself advises (recalled). The CDC describes
children measured in the United States from 1963 to 1994 (recalled); it is a yardstick of size, not a goal of
growth. One reference for all later ages leaves no seam in a child followed for years. There is one at the
second birthday: a child who keeps its SD score is then 4 to 5 per cent heavier by the CDC than by the WHO and
1.4 cm shorter, half of it because infants are measured lying down.

**The method.** Age sets three numbers, linear in age between the rows of the table: L (skewness), M (median),
S (coefficient of variation). They turn a value x into an SD score z (Cole and Green 1992, Stat Med 11:1305;
recalled):

.. math:: z = \frac{(x/M)^L - 1}{L S} \qquad x = M (1 + L S z)^{1/L}

**The tails.** Beyond 2 SD the score goes on in a straight line, one SD being half the distance from the
median to 2 SD: the rule by which the CDC scores extreme values ("modified z-scores" of its growth chart
program; recalled). The formula itself has no upper tail for weight: for girls of 17.5 years 3 SD would be
190 kg, and 3.34 SD infinite.

**The data.** ``who2006_weight_for_age.csv`` and ``who2006_height_for_age.csv`` hold L, M and S of the WHO at
whole months (of 30.4375 days; length at 24 months), as two independent packages have them by month and day.
Source: WHO Multicentre Growth Reference Study Group. Acta Paediatr Suppl 2006;450:76-85.

``cdc2000_weight_for_age.csv`` and ``cdc2000_height_for_age.csv`` hold L, M and S of the CDC's
``wtage.csv`` and ``statage.csv``, digit for digit. The tests compare their checksums with those that the
package pedgrowth states for these files, and the scores with its calculator; pedgrowth itself ships no table
but fetches them from the web, which a simulator should not need. Source: Kuczmarski RJ et al. 2000 CDC growth
charts for the United States: methods and development. Vital Health Stat 11 2002;(246):1-190 (recalled); free
of charge at https://www.cdc.gov/growthcharts/cdc-data-files.htm. The CDC does not endorse this software.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import ImplausibleChild, UnknownName, closest

Floats = NDArray[np.float64]

REFERENCE, INFANT_REFERENCE = "CDC 2000", "WHO 2006"
"""Short names of the references from and below :data:`CDC_FROM`, for messages and reports."""

MEASURES = {"weight": "kg", "height": "cm"}
"""What is measured, and its unit."""

SEXES = ("female", "male")
YOUNGEST, CDC_FROM, OLDEST = 0.0, 2.0, 20.0
"""First age, age of the change from WHO to CDC, and last age, years."""

EXTREME = 5.0
"""SD score beyond which the reference gives no value."""

_TAIL = 2.0  # SD score where the linear extrapolation begins


class Lms(NamedTuple):
    """The reference at some ages, arrays of one shape.

    Parameters
    ----------
    L : skewness (power of Box and Cox), dimensionless.
    M : median, kg or cm.
    S : coefficient of variation, dimensionless.
    """

    L: Floats
    M: Floats
    S: Floats


@overload
def quantile(measure: str, age_years: float, sex: str, z: float) -> float: ...
@overload
def quantile(measure: str, age_years: ArrayLike, sex: ArrayLike, z: ArrayLike) -> Floats: ...
def quantile(measure: str, age_years: ArrayLike, sex: ArrayLike, z: ArrayLike) -> float | Floats:
    r"""The weight (kg) or height (cm) at an SD score. :math:`x = M (1 + L S z)^{1/L}`, straight beyond 2 SD.

    Parameters
    ----------
    measure : "weight" or "height".
    age_years, sex, z : age in years, "female" or "male", SD score; each a scalar or an array, broadcast
        together.

    Raises
    ------
    ImplausibleChild : an age outside 0 to 20 years, another sex, or an SD score that is not within -5 to 5.
    UnknownName : another measure.
    """
    z = np.asarray(z, dtype=np.float64)
    _refuse_extreme(z)
    L, M, S = lms(measure, age_years, sex)
    inside = np.clip(z, -_TAIL, _TAIL)
    x = _curve(L, M, S, inside) + (z - inside) * _tail_sd(L, M, S, z)
    return _plain(x)


@overload
def sd_score(measure: str, age_years: float, sex: str, value: float) -> float: ...
@overload
def sd_score(measure: str, age_years: ArrayLike, sex: ArrayLike, value: ArrayLike) -> Floats: ...
def sd_score(measure: str, age_years: ArrayLike, sex: ArrayLike, value: ArrayLike) -> float | Floats:
    r"""SD from the median to a weight or height. :math:`z = ((x/M)^L - 1) / (L S)`, straight beyond 2 SD.

    Parameters
    ----------
    measure : "weight" or "height".
    age_years, sex, value : age in years, "female" or "male", weight in kg or height in cm; each a scalar or
        an array, broadcast together.

    Raises
    ------
    ImplausibleChild : an age outside 0 to 20 years, or another sex.
    UnknownName : another measure.
    """
    x = np.asarray(value, dtype=np.float64)
    L, M, S = lms(measure, age_years, sex)
    inside = np.clip(x, _curve(L, M, S, -_TAIL), _curve(L, M, S, _TAIL))
    z = (_power(inside / M, L) - 1) / (L * S) + (x - inside) / _tail_sd(L, M, S, x - M)
    return _plain(z)


@overload
def centile(measure: str, age_years: float, sex: str, value: float) -> float: ...
@overload
def centile(measure: str, age_years: ArrayLike, sex: ArrayLike, value: ArrayLike) -> Floats: ...
def centile(measure: str, age_years: ArrayLike, sex: ArrayLike, value: ArrayLike) -> float | Floats:
    r"""Percent of the reference below a weight or height. :math:`c = 50 \, \mathrm{erfc}(-z / \sqrt{2})`

    Parameters and errors are those of :func:`sd_score`; beyond 2 SD it is no better than the straight tail.
    """
    z = np.asarray(sd_score(measure, age_years, sex, value))
    c = np.array([50 * math.erfc(-one / math.sqrt(2)) for one in z.ravel()]).reshape(z.shape)
    return _plain(c)


def lms(measure: str, age_years: ArrayLike, sex: ArrayLike) -> Lms:
    """L, M and S at each age, linear in age between the rows of the reference.

    Parameters
    ----------
    measure : "weight" or "height".
    age_years, sex : age in years, "female" or "male"; each a scalar or an array, broadcast together.

    Raises
    ------
    ImplausibleChild : an age outside 0 to 20 years, or another sex.
    UnknownName : another measure.
    """
    if measure not in MEASURES:
        raise UnknownName(
            f"There is no growth reference for '{measure}'.",
            f"{REFERENCE} is read for weight and height.",
            closest(measure, MEASURES),
        )
    months, rows = table(measure)
    age, who = np.broadcast_arrays(_months(age_years), _row_of(sex))
    below = np.clip(np.searchsorted(months, age, side="right") - 1, 0, months.size - 2)
    share = (age - months[below]) / (months[below + 1] - months[below])
    L, M, S = (rows[who, k, below] * (1 - share) + rows[who, k, below + 1] * share for k in range(3))
    # Between two rows L may pass through zero, where the formula becomes log(x/M)/S; it is that to 1e-7 here.
    return Lms(np.where(np.abs(L) < 1e-6, 1e-6, L), M, S)


def _curve(L: Floats, M: Floats, S: Floats, z: float | Floats) -> Floats:
    r"""Weight or height, kg or cm, up to 2 SD from the median. :math:`x = M (1 + L S z)^{1/L}`"""
    return M * _power(1 + L * S * z, 1 / L)


def _tail_sd(L: Floats, M: Floats, S: Floats, side: Floats) -> Floats:
    """One SD of the straight tail, kg or cm: half the distance from the median to 2 SD, above or below."""
    edge = np.where(side > 0, _curve(L, M, S, _TAIL), _curve(L, M, S, -_TAIL))
    return np.abs(edge - M) / _TAIL


def _power(x: Floats, a: Floats) -> Floats:
    """x to the power a, one by one: the last bit of an array's power depends on its length."""
    return np.asarray(_one_power(x, a))


_one_power = np.vectorize(math.pow, otypes=[np.float64])


def _plain(x: Floats) -> float | Floats:
    return x if x.ndim else float(x)


@cache
def table(measure: str) -> tuple[Floats, Floats]:
    """Ages in months, shape (rows,), and L, M, S of both sexes, shape (2, 3, rows); sexes as in SEXES.

    Two rows stand at 24 months: the last of the WHO, which ends the months before, and the first of the CDC.
    """
    parts = [_file(f"{reference}_{measure}_for_age.csv") for reference in ("who2006", "cdc2000")]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts], axis=2)


def _file(name: str) -> tuple[Floats, Floats]:
    """Months and rows of one table, as :func:`table`."""
    text = files(__package__).joinpath(name).read_text(encoding="ascii")
    lines = list(csv.DictReader(text.splitlines()))
    of = {sex: [line for line in lines if line["sex"] == sex[0].upper()] for sex in SEXES}
    months = np.array([float(line["index"]) for line in of["female"]])
    rows = np.array([[[float(line[k]) for line in of[sex]] for k in "lms"] for sex in SEXES])
    return months, rows


def _months(age_years: ArrayLike) -> Floats:
    years = np.asarray(age_years, dtype=np.float64)
    covered = (years >= YOUNGEST) & (years <= OLDEST)
    if not covered.all():
        raise ImplausibleChild(
            f"There is no growth reference at {years[~covered].flat[0]:g} years.",
            f"{INFANT_REFERENCE} and {REFERENCE} cover {YOUNGEST:g} to {OLDEST:g} years.",
            f"Give an age from {YOUNGEST:g} to {OLDEST:g} years.",
        )
    return years * 12


def _row_of(sex: ArrayLike) -> NDArray[Any]:
    names = np.asarray(sex)
    row = np.select([names == known for known in SEXES], list(range(len(SEXES))), default=-1)
    if np.any(row < 0):
        other = str(names[row < 0].flat[0])
        raise ImplausibleChild(
            f"There is no growth reference for the sex '{other}'.",
            f"{REFERENCE} has one for girls (female) and one for boys (male).",
            closest(other, SEXES),
        )
    return row


def _refuse_extreme(z: Floats) -> None:
    known = np.abs(z) <= EXTREME
    if not known.all():
        raise ImplausibleChild(
            f"The reference has no value at an SD score of {z[~known].flat[0]:g}.",
            f"Its linear extrapolation is approximate and ends {EXTREME:g} SD from the median.",
            f"Give an SD score from {-EXTREME:g} to {EXTREME:g}.",
        )
