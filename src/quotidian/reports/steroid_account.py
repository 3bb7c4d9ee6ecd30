"""Adverse effects of a course of steroid: cumulative dose, days, adrenal suppression, loss of height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration

Floats = NDArray[np.float64]
EQUIVALENT: Mapping[str, float] = {"prednisolone": 1.0, "methylprednisolone": 1.25}
"""mg of prednisolone equivalent to 1 mg of the drug. Textbook dose equivalence (recalled)."""
SLOWS_GROWTH, POWER = 0.4, 2.4
"""Daily prednisolone that halves growth, mg/kg, and the exponent of its effect (growth_half and
growth_power of biology/glucocorticoid.yaml)."""
LOW, HIGH = 0.2, 0.3
"""Daily prednisolone above which growth is slower, mg/kg: reviews give 0.2 to 0.3 (recalled)."""
SUPPRESSED = 138.0
"""Morning cortisol below which the adrenals cannot respond to stress, nmol/L: 5 ug/dL (recalled)."""
MORNING_H, DAY_H, YEAR_D = 8.0, 24.0, 365.25


@dataclass(frozen=True)
class SteroidAccount:
    """Adverse effects of one child's steroid over the days considered.

    Attributes
    ----------
    cumulative : total prednisolone, mg/kg.
    days : days considered. days_above_low, days_above_high : of these, on more than 0.2 and 0.3 mg/kg.
    days_suppressed : of these, with cortisol at 08:00 below 138 nmol/L.
    height_cost : height lost to the steroid, cm.
    """

    cumulative: float
    days: int
    days_above_low: int
    days_above_high: int
    days_suppressed: int
    height_cost: float


def daily_doses(given: Sequence[Administration], weight_kg: float, days: int) -> Floats:
    """Prednisolone and its equivalent, mg/kg, by calendar day from day 0; other drugs are ignored."""
    doses = np.zeros(days)
    for one in given:
        day = int(one.time_h // DAY_H)
        if 0 <= day < days:
            doses[day] += EQUIVALENT.get(one.drug, 0.0) * one.amount_mg / weight_kg
    return doses


def height_cost(doses: Floats, velocity: float) -> float:
    r"""Height lost, cm: :math:`\sum_d v x_d/(1 + x_d)`, with
    :math:`x_d = (D_d/D_{1/2})^{n_G}` from the day's dose and 0.4 mg/kg.

    ``velocity`` is the height velocity without steroid, cm/year. Catch-up growth is not counted.
    """
    x = (doses / SLOWS_GROWTH) ** POWER
    return float(np.sum(velocity / YEAR_D * x / (1 + x)))


def suppressed_days(times_h: Floats, cortisol: Floats) -> int:
    """Mornings at 08:00 with cortisol (nmol/L, at times in h from midnight of day 0) below the threshold."""
    mornings = np.arange(MORNING_H, times_h[-1] + 1e-9, DAY_H)
    mornings = mornings[mornings >= times_h[0] - 1e-9]
    return int(np.sum(np.interp(mornings, times_h, cortisol) < SUPPRESSED))


def account(
    given: Sequence[Administration], weight_kg: float, times_h: Floats, cortisol: Floats, velocity: float
) -> SteroidAccount:
    """The adverse effects from day 0 to the last of ``times_h`` (h from midnight of day 0).

    Parameters
    ----------
    given : the child's doses (``quotidian.dosing.schedule``).
    cortisol : nmol/L at ``times_h``, which are an hour or less apart.
    velocity : height velocity without steroid, cm/year.
    """
    days = int(times_h[-1] // DAY_H)
    doses = daily_doses(given, weight_kg, days)
    return SteroidAccount(
        cumulative=float(doses.sum()),
        days=days,
        days_above_low=int(np.sum(doses > LOW * (1 + 1e-9))),
        days_above_high=int(np.sum(doses > HIGH * (1 + 1e-9))),
        days_suppressed=suppressed_days(times_h, cortisol),
        height_cost=height_cost(doses, velocity),
    )
