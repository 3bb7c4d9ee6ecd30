"""The one rule by which a published number and its virtual counterpart agree.

Trials, the scoreboard, the explorer and the report all use it.
"""

from __future__ import annotations

from math import isfinite

from quotidian.statistics.intervals import inside, overlaps

JUDGED_FROM = 20
"""Fewest replicates of a trial for which a row is called inside or outside.

Below it the median and the ends of the interval vary too much by chance. The scoreboard judges from any
number, because its counts are compared between runs of the same number; it states that they are few.
"""
RULE = (
    "A row is inside when the virtual median lies within the published 95 % interval and that interval "
    "overlaps the virtual one. If no interval was published and none can be computed, a row is inside when "
    "the published number, to its last printed digit, lies within the virtual interval."
)


def agrees(
    virtual: float,
    virtual_interval: tuple[float, float],
    published: float | None,
    published_interval: tuple[float | None, float | None],
    decimals: int | None = None,
) -> bool | None:
    """Whether a virtual number agrees with a published one, by `RULE`; None if nothing is published.

    A virtual number that is not finite agrees with none.

    Parameters
    ----------
    virtual, virtual_interval : median over replicates, and their central 95 %. All values in one unit.
    published_interval : 95 %; None for an end that the source does not allow.
    decimals : decimals of the published number as printed; None takes those that it needs.
    """
    low, high = published_interval
    if published is None:
        return None
    if not isfinite(virtual):
        return False
    if low is None or high is None:
        return overlaps(virtual_interval, printed(published, decimals))
    return inside(virtual, (low, high)) and overlaps(virtual_interval, (low, high))


def printed(value: float, decimals: int | None = None) -> tuple[float, float]:
    """The interval of values that round to a printed number: 1.22 stands for 1.215 to 1.225, 245 for 244.5
    to 245.5.

    ``decimals`` are those printed, because 1.0 is more precise than 1; None takes those that the number
    needs.
    """
    needed = len(f"{value:.10f}".rstrip("0").partition(".")[2])
    half = 0.5 * 10.0 ** -(needed if decimals is None else decimals)
    return value - half, value + half
