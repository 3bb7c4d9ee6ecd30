"""The year before entry: a candidate with macrophage activation syndrome in it is not enrolled.

The closed form replaces an integration of a year, which would cost thirteen times the run-in. Between changes
of the natural course innate activity is where the disease settles, IL-18 follows it exponentially, and MAS
begins where IL-18 exceeds the level at which the state without MAS ends. For 99 of 100 candidates the result
is that of the integration; errors go either way. Infections, which trials do not have, are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.biology.innate_loop import set_point
from quotidian.biology.macrophage_activation import il18_at_fold, start_il18
from quotidian.engine import CompiledModel
from quotidian.patients.chance_events import PERIOD_DAYS
from quotidian.patients.disease_activity import ACTIVE_PERIODS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAD_DAYS = 364
"""Days of active disease before day 0 without the drug to come; who had MAS in them does not enter.

Assumed, because children enter trials after years of disease and not with MAS.
"""
EARLIER_PERIODS = round(LEAD_DAYS / PERIOD_DAYS) - ACTIVE_PERIODS
"""Two-week periods of these days before the run-in, which is the end of them."""
REASON = "macrophage activation syndrome in the year before"


def had_mas(machine: CompiledModel, table: Floats, f: Floats, earlier: Floats, course: Floats) -> Bools:
    r"""Who would have had MAS in the days before day 0, [child].

    Within a period IL-18 nears :math:`p (x_0 + x_M M)` as :math:`e^{-k_x t}`, so that it is highest at an
    end of one. It starts where the model does, at the child's own mean drive. What passes the edge on day 0
    itself would be MAS after entry and does not count.

    Parameters
    ----------
    table : [child, parameter] of ``machine``, with severity as drawn: a dose of steroid leaves innate
        activity where it was drawn (:func:`quotidian.trials.conduct.concomitant_therapy.severity_factor`).
    f : [child] what steroid leaves of production, 1 without; the dose at entry is taken for that of the year.
    earlier, course : [child, period] drive before the run-in, the last column next to it, and from it on.
    """
    x_0, x_M, p, k_x = _loop(machine, table, "il18_floor", "il18_innate", "il18_proneness", "k_il18")
    M = _drawn_activity(machine, table)
    edge = il18_at_the_edge(machine, table, f)
    drive = np.concatenate([earlier, course[:, : ACTIVE_PERIODS - 1]], axis=1)
    left = np.exp(-k_x * PERIOD_DAYS * 24.0)
    x, struck = start_il18(p, x_0, x_M, M), np.zeros(len(f), dtype=bool)
    for xi in drive.T:
        settled = start_il18(p, x_0, x_M * M, xi)
        x = settled + (x - settled) * left
        struck |= x > edge
    return struck


def il18_at_the_edge(machine: CompiledModel, table: Floats, f: Floats) -> Floats:
    """IL-18 at which the state without MAS ends, pg/mL, [child]; infinite where it never does."""
    X, top, r = _loop(machine, table, "il18_half", "ifn_top", "resting_tone")
    h, n = _loop(machine, table, "activation_half", "activation_steepness")
    return il18_at_fold(X, top, r, h, n, f)


def _drawn_activity(machine: CompiledModel, table: Floats) -> Floats:
    """Innate activity at the child's own mean drive, [child]."""
    s_0, b_1, b_6 = (_own(machine, table, f"innate_loop.{n}") for n in ("drive", "gain_il1", "gain_il6"))
    return np.asarray(set_point(s_0, _own(machine, table, "severity"), b_1, b_6))


def _loop(machine: CompiledModel, table: Floats, *names: str) -> tuple[Floats, ...]:
    """Parameters of the MAS loop, [child] each."""
    return tuple(_own(machine, table, f"macrophage_activation.{name}") for name in names)


def _own(machine: CompiledModel, table: Floats, name: str) -> Floats:
    return machine.parameter(table, name)
