"""What children bring along: disease of years, methotrexate, and steroid that holds some of it back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.evidence import Ledger, ledger_beside
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.design import BACKGROUND, Steroid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HELD = 0.75
"""Restraint below which a child has answered to its steroid. Assumed, because children of these trials
failed it: a dose that takes a quarter of production away would have been an answer."""


@cache
def ledger() -> Ledger:
    """Shares and spreads of what children bring along."""
    return ledger_beside(__file__)


def history(streams: Streams, replicate: int, numbers: NDArray[np.int64], age: Floats) -> dict[str, Floats]:
    r"""Duration of disease (years) and methotrexate (0 or 1) of each child of that ``age`` (years).

    Nobody is ill for longer than it lives: :math:`d = (a - a_0)/(1 + e^{-(m_d + \omega_d z)})`.
    """
    v = {name: entry.value for name, entry in ledger().items()}
    z = streams.normal("history.duration", replicate, numbers)[:, 0]
    u = streams.uniform("history.methotrexate", replicate, numbers)[:, 0]
    share = 1.0 / (1.0 + np.exp(-(v["duration_logit"] + v["duration_spread"] * z)))
    return {
        "duration": (age - v["earliest_onset"]) * share,
        "methotrexate": (u < v["methotrexate"]).astype(np.float64),
    }


def doses(rule: Steroid | None, streams: Streams, replicate: int, numbers: NDArray[np.int64]) -> Floats:
    """Prednisolone at entry, mg/kg/day, [child]; a dose outside the bounds is set to the nearer one."""
    if rule is None:
        return np.zeros(len(numbers))
    taken = streams.uniform("background.taken", replicate, numbers)[:, 0] < rule.share
    z = streams.normal("background.dose", replicate, numbers)[:, 0]
    dose = np.clip(rule.median * np.exp(rule.spread * z), rule.at_least, rule.at_most)
    return np.where(taken, dose, 0.0)


def level(dose: Floats, weight: Floats, v: Mapping[str, float]) -> Floats:
    """Mean unbound prednisolone, nM, of mg/kg/day; the law of drugs/background_steroid.py."""
    clearance = v["CL"] * (weight / v["reference_weight"]) ** v["clearance_exponent"]
    return np.asarray(dose / 24.0 * weight / (v["molar_mass"] * clearance))


def restraint(machine: CompiledModel, table: Floats, dose: Floats) -> Floats:
    r"""What the dose leaves of inflammatory production, [child], once it is settled.

    :math:`f = (1 - E_{max} h(C))/(1 - E_{max} h(\pi F_0))` with :math:`h(x) = x/(IC_{50} + x)` and
    :math:`C = G + \pi F_0/(1 + G/K_G)`: the law of biology/glucocorticoid.py, with cortisol put where the
    drug's feedback on ACTH leaves it.
    """

    def value(name: str) -> Floats:
        return machine.parameter(table, name)

    own = {n: value(f"{BACKGROUND}.{n}") for n in
           ("CL", "reference_weight", "clearance_exponent", "molar_mass")}  # fmt: skip
    G = level(dose, value("body_weight"), own)  # type: ignore[arg-type]
    cortisol = value("glucocorticoid.cortisol_potency") * value("glucocorticoid.typical_cortisol")
    tone = G + cortisol / (1.0 + G / value("hpa_axis.drug_feedback"))
    most, half = value("glucocorticoid.E_max"), value("glucocorticoid.IC50")
    left = (1.0 - most * tone / (half + tone)) / (1.0 - most * cortisol / (half + cortisol))
    return np.where(dose > 0.0, np.minimum(left, 1.0), 1.0)


def severity_factor(machine: CompiledModel, table: Floats, f: Floats) -> Floats:
    r"""What severity is multiplied by so that with the dose innate activity is what it was drawn without.

    With restraint f innate activity settles where :math:`M = f (s_0 s' + b_1 M + b_6 e_j)`, and IL-6 is
    :math:`e_j = f M`, so at :math:`M = f s_0 s'/(1 - f b_1 - f^2 b_6)`. For an unchanged
    :math:`M = s_0 s/(1 - b_1 - b_6)` that gives
    :math:`s'/s = (1 - f b_1 - f^2 b_6)/(f (1 - b_1 - b_6))`; IL-6 is lower by f.
    """
    b_1, b_6 = (machine.parameter(table, f"innate_loop.{gain}") for gain in ("gain_il1", "gain_il6"))
    return np.asarray((1.0 - f * b_1 - f * f * b_6) / (f * (1.0 - b_1 - b_6)))
