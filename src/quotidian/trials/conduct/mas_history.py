"""The year before entry: whose disease would have had macrophage activation syndrome in it does not enter.

In closed form, for a march of a year would cost thirteen times the run-in: between turns of the natural
course innate activity is where the disease settles, IL-18 follows it exponentially, and MAS comes where
IL-18 passes the level at which the state without MAS ends. It judges 99 of 100 candidates as the march does,
with errors to either side. Infections, which trials do not have, are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.patients.disease_activity import ACTIVE_PERIODS
from quotidian.patients.natural_history import PERIOD_DAYS

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
    x, struck = p * (x_0 + x_M * M), np.zeros(len(f), dtype=bool)
    for xi in drive.T:
        settled = p * (x_0 + x_M * M * xi)
        x = settled + (x - settled) * left
        struck |= x > edge
    return struck


def il18_at_the_edge(machine: CompiledModel, table: Floats, f: Floats) -> Floats:
    r"""IL-18 at which the state without MAS ends, pg/mL, [child]; infinite where it never does.

    With IL-18 held, relative IFN-gamma is in balance at :math:`y = c (r + H(y; h, n))`, where
    :math:`c = f y_{max} S`. The balance is lost at the fold, where also :math:`1 = c H'(y)`: with
    :math:`z = (y/h)^n` that is :math:`(1 + r) z^2 - (n - 1 - 2r) z + r = 0`, the lesser root, and
    :math:`c = h z^{1/n} (1 + z)^2/(n z)`. Then :math:`S = c/(f y_{max})` and :math:`x = X S/(1 - S)`.
    """
    X, top, r = _loop(machine, table, "il18_half", "ifn_top", "resting_tone")
    h, n = _loop(machine, table, "activation_half", "activation_steepness")
    half = 0.5 * (n - 1.0 - 2.0 * r)
    root = half**2 - r * (1.0 + r)
    folds = (root > 0.0) & (half > 0.0)
    z = np.where(folds, half - np.sqrt(np.maximum(root, 0.0)), 1.0) / (1.0 + r)
    S = h * z ** (1.0 / n) * (1.0 + z) ** 2 / (n * z) / (f * top)
    reached = folds & (S < 1.0)
    return np.where(reached, X * S / np.where(reached, 1.0 - S, 1.0), np.inf)


def _drawn_activity(machine: CompiledModel, table: Floats) -> Floats:
    r"""Innate activity at the child's own mean drive, :math:`M_0 = s_0 s/(1 - b_1 - b_6)`, [child]."""
    s_0, b_1, b_6 = (_own(machine, table, f"innate_loop.{n}") for n in ("drive", "gain_il1", "gain_il6"))
    return np.asarray(s_0 * _own(machine, table, "severity") / (1.0 - b_1 - b_6))


def _loop(machine: CompiledModel, table: Floats, *names: str) -> tuple[Floats, ...]:
    """Parameters of the MAS loop, [child] each."""
    return tuple(_own(machine, table, f"macrophage_activation.{name}") for name in names)


def _own(machine: CompiledModel, table: Floats, name: str) -> Floats:
    return machine.parameter(table, name)
