"""Time to an event: Kaplan-Meier with numbers at risk and Greenwood's interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.normal import normal_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Survival:
    """A step curve: after each of ``times`` the share without the event is ``share``.

    ``at_risk`` are those followed up to the time itself, ``events`` those who had it then; ``low`` and
    ``high`` bound the share. ``ends`` are all times of follow-up, in order.
    """

    times: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Integers
    events: Integers
    ends: Floats

    def at(self, time: float) -> float:
        """Share without the event by ``time``; not-a-number beyond the last follow-up of a curve above 0."""
        if time > self.ends[-1] and (not len(self.share) or self.share[-1] > 0.0):
            return float("nan")
        i = int(np.searchsorted(self.times, time, side="right"))
        return float(self.share[i - 1]) if i else 1.0

    def numbers_at_risk(self, times: ArrayLike) -> Integers:
        """Numbers at risk just before each time, as printed below a plot."""
        left = np.searchsorted(self.ends, np.asarray(times, dtype=np.float64), side="left")
        return np.asarray(len(self.ends) - left, dtype=np.int64)

    @property
    def median(self) -> float:
        """First time at which half or fewer are without the event; infinite where the curve stays above."""
        reached = np.flatnonzero(self.share <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if len(reached) else float("inf")


def kaplan_meier(time: ArrayLike, happened: ArrayLike, level: float = 0.95) -> Survival:
    r"""The estimate of Kaplan and Meier.

    :math:`S(t) = \prod_{t_i \le t} (1 - d_i/n_i)`, with :math:`d_i` events among :math:`n_i` at risk; an
    event at a time comes before those censored at it. Kaplan EL, Meier P. J Am Stat Assoc 1958; 53:457-481.
    The interval is Greenwood's on the scale of :math:`\log(-\log S)`, as statistics packages draw it.

    Parameters
    ----------
    time : until the event or the end of follow-up, (children,), not negative, one unit.
    happened : truth values, (children,).

    Raises InvalidInput for an empty group, missing or negative times, or different shapes.
    """
    t, event = np.asarray(time, dtype=np.float64), np.asarray(happened)
    if t.ndim != 1 or not len(t) or event.shape != t.shape or event.dtype != np.bool_:
        raise InvalidInput(
            "The survival curve cannot be estimated.",
            f"Times {t.shape} and events {event.shape} need one entry per child, events as booleans.",
            "Give for every child the last day of follow-up, and whether the event occurred then.",
        )
    if not np.all(np.isfinite(t) & (t >= 0.0)):
        raise InvalidInput(
            "A time of follow-up is missing or negative.", "The curve starts at 0.", "Count from entry."
        )
    ends = np.sort(t)
    times, deaths = np.unique(t[event], return_counts=True)
    risk = len(t) - np.searchsorted(ends, times, side="left")
    share: Floats = np.asarray(np.cumprod(1.0 - deaths / risk), dtype=np.float64)
    low, high = _greenwood(share, deaths, risk, level)
    return Survival(times, share, low, high, risk.astype(np.int64), deaths.astype(np.int64), ends)


def _greenwood(share: Floats, deaths: Integers, risk: Integers, level: float) -> tuple[Floats, Floats]:
    """Interval of the share; the share itself where it is 0, for there the scale has no end."""
    low, high = share.copy(), share.copy()
    inner = share > 0.0
    s = share[inner]
    spread = np.sqrt(np.cumsum(deaths[inner] / (risk[inner] * (risk[inner] - deaths[inner]))))
    z = float(normal_quantile(0.5 + level / 2.0))
    reach = np.exp(z * spread / np.log(s))
    low[inner], high[inner] = s ** (1.0 / reach), s**reach
    return low, high
