"""Exposure to a drug over each of its dosing intervals: noncompartmental statistics of a concentration.

Definitions as in Gabrielsson and Weiner, Methods Mol Biol 2012;929:377 (recalled): the area by the linear
trapezoidal rule while the concentration rises and by the logarithmic rule while it falls; accumulation as the
ratio of two areas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.dosing.durations import TICK
from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]
FLAT = 1e-6
"""Relative fall of a concentration below which the logarithmic rule equals the linear one to rounding."""


@dataclass(frozen=True)
class DosingInterval:
    """Exposure from one dose to the next of the same drug; c is the unit of the concentration.

    Parameters
    ----------
    dose : number of the dose, from 1. start_h : when it is given, h. amount_mg : how much.
    length_h : time to the next dose, h; None for the last dose, after which no interval is complete.
    cmax, tmax_h : peak (c) and its time after the dose (h), up to the next dose or the end of the outputs.
    ctrough : concentration at the next dose, before it acts (c). auc : area over the interval (c*day).
    accumulation : area over the area after the first dose; None where the two differ in length or amount.
    above_h : time above the level that was asked for, h.
    """

    drug: str
    dose: int
    start_h: float
    amount_mg: float
    length_h: float | None
    cmax: float
    tmax_h: float
    ctrough: float | None
    auc: float | None
    accumulation: float | None
    above_h: float | None

    @property
    def cavg(self) -> float | None:
        """Mean concentration over the interval: C_avg = AUC / tau."""
        return None if self.auc is None or self.length_h is None else self.auc / (self.length_h / 24.0)


def sampling_hours(doses: Sequence[Administration], end_h: float) -> Floats:
    """Hours that show peaks and troughs: every hour, each dose, the end of each infusion, and quarters of an
    hour for six hours after each dose."""
    after = np.arange(0.0, 6.25, 0.25)
    points = [np.arange(0.0, np.floor(end_h) + 1.0)]
    points += [dose.time_h + np.append(after, dose.duration_h) for dose in doses]
    found = np.unique(np.concatenate(points).round(9))
    return np.asarray(found[(found >= 0.0) & (found <= end_h)])


def dosing_intervals(
    hours: Floats,
    concentration: Floats,
    doses: Sequence[Administration],
    drug: str,
    above: float | None = None,
) -> tuple[DosingInterval, ...]:
    """Exposure of one subject to one drug, one value per dose.

    Parameters
    ----------
    hours : [time] h, ascending; each dose and the next one are among them. concentration : [time].
    doses : of any drug, by time; doses of this drug at one instant count as one.
    above : concentration; the time above it is counted, crossings interpolated linearly.

    Raises InvalidInput if a dose is not among the times.
    """
    given = list(_at_one_instant(doses, drug, float(hours[-1])))
    starts = [_place(hours, hour, drug) for hour, _ in given]
    ends = [*starts[1:], None][: len(starts)]
    found: list[DosingInterval] = []
    for number, ((hour, amount), first, last) in enumerate(zip(given, starts, ends, strict=True), start=1):
        span = slice(first, None if last is None else last + 1)
        t, c = hours[span], concentration[span]
        peak = int(np.argmax(c))
        length = None if last is None else float(t[-1] - t[0])
        auc = None if last is None else area(t, c)
        found.append(
            DosingInterval(
                drug, number, hour, amount, length, float(c[peak]), float(t[peak] - t[0]),
                None if last is None else float(c[-1]), auc,
                _accumulation(auc, length, amount, found), None if above is None else time_above(t, c, above),
            )
        )  # fmt: skip
    return tuple(found)


def area(hours: Floats, concentration: Floats) -> float:
    """Area under the concentration, unit of the concentration times day.

    Each piece is (c_1 + c_2) dt / 2 where c rises, and (c_1 - c_2) dt / ln(c_1 / c_2) where it falls.
    """
    c_1, c_2, dt = concentration[:-1], concentration[1:], np.diff(hours) / 24.0
    falls = (c_2 > 0.0) & (c_2 < c_1 * (1.0 - FLAT))
    ratio = np.divide(c_1, c_2, out=np.full_like(c_1, 2.0), where=falls)
    return float(np.sum(np.where(falls, (c_1 - c_2) * dt / np.log(ratio), (c_1 + c_2) * dt / 2.0)))


def time_above(hours: Floats, values: Floats, level: float) -> float:
    """Time with a value above the level, h; values are linear between two times."""
    low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    part = np.divide(high - level, high - low, out=(low > level).astype(np.float64), where=high > low)
    return float(np.sum(np.clip(part, 0.0, 1.0) * np.diff(hours)))


def _at_one_instant(
    doses: Sequence[Administration], drug: str, end_h: float
) -> Iterator[tuple[float, float]]:
    """Hour and amount (mg) of each dose of the drug before the end."""
    own = (d for d in doses if d.drug == drug and d.time_h < end_h - TICK)
    for hour, together in groupby(own, key=lambda d: d.time_h):
        yield hour, sum(d.amount_mg for d in together)


def _place(hours: Floats, hour: float, drug: str) -> int:
    place = int(np.argmin(np.abs(hours - hour)))
    if abs(hours[place] - hour) > TICK:
        raise InvalidInput(
            f"Exposure to {drug} cannot be read from these outputs.",
            f"A dose is given at hour {hour:g}; no output lies there, so trough and peak are missed.",
            "Simulate with outputs at every dose, such as every='1h'.",
        )
    return place


def _accumulation(
    auc: float | None, length_h: float | None, amount_mg: float, before: Sequence[DosingInterval]
) -> float | None:
    """R_ac = AUC_tau / AUC_tau,1."""
    if auc is None or length_h is None:
        return None
    if not before:
        return 1.0 if auc > 0.0 else None
    first = before[0]
    if not first.auc or first.length_h is None:
        return None
    alike = abs(first.length_h - length_h) <= TICK and abs(first.amount_mg - amount_mg) <= 1e-9 * amount_mg
    return auc / first.auc if alike else None
