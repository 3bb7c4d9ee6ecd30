"""When a child makes antibodies against tocilizumab: a hazard that steady dosing keeps low.

Each child has its own threshold, drawn once; antibodies come when the hazard gathered under the drug
reaches it. So the instant depends on the child and its own doses alone, and arms share their luck.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

from quotidian.evidence import read_ledger


@cache
def _values() -> dict[str, float]:
    """Hours and hazards per hour."""
    ledger = read_ledger(Path(__file__).with_suffix(".yaml"))
    units = {"steady_hazard": "1/h", "resumption_factor": "1"}
    return {name: entry.value_in(units.get(name, "h")) for name, entry in ledger.items()}


def onset(threshold: float, doses: Sequence[float]) -> float | None:
    r"""Hour at which antibodies act, or None if these doses do not bring them.

    :math:`t = \tau + \inf\{s : \int_0^s h(u)\,du \ge E\}` with the hazard h at its steady value from a dose
    to the next or until the drug has lapsed, and raised for a while when it is resumed after a lapse.

    Parameters
    ----------
    threshold : the child's own :math:`E`; infinite in a child that never makes any.
    doses : hours of the doses, ascending.
    """
    if not doses or _most(doses) < threshold:
        return None
    gathered = 0.0
    for start, end, hazard in _spans(doses):
        if gathered + hazard * (end - start) >= threshold:
            return start + (threshold - gathered) / hazard + _values()["delay"]
        gathered += hazard * (end - start)
    return None


def _most(doses: Sequence[float]) -> float:
    """More hazard than these doses can gather: most children never come near their threshold."""
    v = _values()
    highest = v["steady_hazard"] * max(1.0, v["resumption_factor"])
    return 1.001 * highest * (doses[-1] - doses[0] + v["lapse"])


def _spans(doses: Sequence[float]) -> Iterator[tuple[float, float, float]]:
    """Spans under the drug, with their hazard per hour."""
    v = _values()
    lapse, resumption = v["lapse"], v["resumption"]
    steady, raised = v["steady_hazard"], v["steady_hazard"] * v["resumption_factor"]
    resumed, before = -math.inf, math.inf
    for dose, following in zip_longest(doses, doses[1:], fillvalue=math.inf):
        if dose - before > lapse:
            resumed = dose
        yield dose, min(following, dose + lapse), raised if dose - resumed < resumption else steady
        before = dose
