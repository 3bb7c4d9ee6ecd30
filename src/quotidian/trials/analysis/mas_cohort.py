"""A cohort at risk of macrophage activation syndrome: onsets, rates, and recognition by the criteria."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.mas_criteria import IN_MAS, RECOGNISED_WITHIN, mas_2016
from quotidian.patients.mas_episodes import MasHistory
from quotidian.statistics.intervals import Interval
from quotidian.statistics.normal import normal_quantile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SIGNS = ("temperature", "ferritin", "platelets", "ast", "triglycerides", "fibrinogen")
"""The signs of the 2016 criteria."""
YEAR = 365.25


@dataclass(frozen=True)
class Rate:
    """Number of events, and time at risk."""

    events: int
    patient_years: float

    @property
    def per_100(self) -> float:
        """Events per 100 patient-years."""
        return 100.0 * self.events / self.patient_years

    def interval(self, level: float = 0.95) -> Interval:
        r"""Interval of :attr:`per_100` by Byar's approximation to the exact limits of a Poisson count.

        :math:`k (1 - 1/9k - z/3\sqrt k)^3` to the same of :math:`k + 1` with the other sign. Breslow NE, Day
        NE. Statistical methods in cancer research II. IARC 1987 (recalled).
        """
        z, k = float(normal_quantile(0.5 + level / 2.0)), self.events
        low = 0.0 if k == 0 else k * (1 - 1 / (9 * k) - z / (3 * sqrt(k))) ** 3
        high = (k + 1) * (1 - 1 / (9 * (k + 1)) + z / (3 * sqrt(k + 1))) ** 3
        return Interval(100.0 * low / self.patient_years, 100.0 * high / self.patient_years)


@dataclass(frozen=True)
class MasCohort:
    """Children at risk, followed once a day in the evening from day 0.

    Attributes
    ----------
    activation : [child, day] activated macrophages. signs : what the criteria read, each [child, day].
    numbers : [child] their numbers. screened : number of children drawn; those not at risk were in MAS, or
    without active systemic disease, on day 0. histories : [child] episodes from day 0 on, and the outcome of
    the last one.
    """

    activation: Floats
    signs: dict[str, Floats]
    numbers: NDArray[np.int64]
    screened: int
    histories: tuple[MasHistory, ...] = ()

    @property
    def onset(self) -> NDArray[np.int64]:
        """First day in MAS, [child]; the number of days followed for children without MAS."""
        ill = self.activation > IN_MAS
        first = np.where(ill.any(axis=1), ill.argmax(axis=1), ill.shape[1])
        return np.asarray(first, dtype=np.int64)

    @property
    def struck(self) -> Bools:
        """Children with MAS, [child]."""
        return np.asarray(self.onset < self.activation.shape[1])

    @property
    def met(self) -> Bools:
        """Whether the 2016 criteria are met, [child, day]."""
        return mas_2016(**{name: self.signs[name] for name in SIGNS}).met

    @property
    def recognised(self) -> Bools:
        """Children whose MAS meets the criteria on any day from the onset to the last day of the search,
        [child]."""
        day = np.arange(self.activation.shape[1])
        sought = (day >= self.onset[:, None]) & (day <= self.onset[:, None] + RECOGNISED_WITHIN)
        return np.asarray((self.met & sought).any(axis=1))

    def from_onset(self, true: Bools, within: int) -> Floats:
        """Days from the onset until a condition holds, [child in MAS]; infinite if it does not within
        ``within`` days.

        ``true`` [child, day] is the condition. Children whose onset is less than ``within`` days before
        the end are left out.
        """
        who = self._followed(0, within)
        seen = np.stack([true[who, self.onset[who] + day] for day in range(within + 1)], axis=1)
        return np.where(seen.any(axis=1), seen.argmax(axis=1).astype(np.float64), np.inf)

    def around_onset(self, values: Floats, before: int, after: int) -> Floats:
        """Values [child, day] in a window of days before and after the onset, [child in MAS, day].

        Children who were not followed for the whole window are left out.
        """
        who = self._followed(before, after)
        days = self.onset[who, None] + np.arange(-before, after + 1)
        return np.asarray(values[who[:, None], days])

    def _followed(self, before: int, after: int) -> NDArray[np.int64]:
        fits = (self.onset >= before) & (self.onset + after < self.activation.shape[1])
        return np.flatnonzero(self.struck & fits)

    @property
    def sensitivity(self) -> float:
        """Share of the children in MAS whom the criteria recognise."""
        return float(self.recognised[self.struck].mean())

    @property
    def rate(self) -> Rate:
        """First MAS of each child, by the model's own state."""
        return Rate(int(self.struck.sum()), self.patient_years)

    @property
    def recognised_rate(self) -> Rate:
        """First MAS of each child that the criteria recognise, as a registry would count it."""
        return Rate(int((self.struck & self.recognised).sum()), self.patient_years)

    @property
    def patient_years(self) -> float:
        """Time at risk: until MAS, or to the end."""
        return float(self.onset.sum()) / YEAR
