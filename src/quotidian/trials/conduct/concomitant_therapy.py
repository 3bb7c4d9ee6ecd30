"""Concomitant therapy at entry: methotrexate, and steroid with its effect."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.biology import glucocorticoid
from quotidian.biology.innate_loop import severity_under_restraint
from quotidian.drugs.background_steroid import mean_level
from quotidian.engine import CompiledModel
from quotidian.evidence import NO_OVERLAY, Ledger, Overlay, ledger_beside
from quotidian.network.laws import by_weight
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.design import BACKGROUND, Steroid

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Replicate: TypeAlias = int | NDArray[np.int64]
"""Of all children, or [child]."""
HELD = 0.75
"""Remaining production below which a child responds to its steroid. Assumed, because children of these
trials had failed steroid: a reduction of production by a quarter would have been a response."""


@cache
def ledger() -> Ledger:
    """Proportions of concomitant therapy."""
    return ledger_beside(__file__)


def on_methotrexate(
    streams: Streams, replicate: Replicate, numbers: NDArray[np.int64], overlay: Overlay = NO_OVERLAY
) -> Floats:
    """Methotrexate (0 or 1) of each child."""
    u = streams.uniform("history.methotrexate", replicate, numbers)[:, 0]
    return (u < overlay.value(ledger()["methotrexate"])).astype(np.float64)


def doses(rule: Steroid | None, streams: Streams, replicate: Replicate, numbers: NDArray[np.int64]) -> Floats:
    """Prednisolone at entry, mg/kg/day, [child]; a dose outside the bounds is set to the nearer one."""
    if rule is None:
        return np.zeros(len(numbers))
    taken = streams.uniform("background.taken", replicate, numbers)[:, 0] < rule.share
    z = streams.normal("background.dose", replicate, numbers)[:, 0]
    dose = np.clip(rule.median * np.exp(rule.spread * z), rule.at_least, rule.at_most)
    return np.where(taken, dose, 0.0)


def level(dose: Floats, weight: Floats, v: Mapping[str, Floats | float]) -> Floats:
    """Mean unbound prednisolone, nM, of mg/kg/day, [child]."""
    own = by_weight(v["CL"], weight, v["reference_weight"], v["clearance_exponent"])
    return np.asarray(mean_level(dose / 24.0, weight, v["molar_mass"], own, weight, 0.0))


def restraint(machine: CompiledModel, table: Floats, dose: Floats) -> Floats:
    """Inflammatory production that remains under the dose (mg/kg/day) in steady state, [child]."""

    def value(name: str) -> Floats:
        return machine.parameter(table, name)

    names = ("CL", "reference_weight", "clearance_exponent", "molar_mass")
    G = level(dose, value("body_weight"), {name: value(f"{BACKGROUND}.{name}") for name in names})
    cortisol = value("glucocorticoid.cortisol_potency") * value("glucocorticoid.typical_cortisol")
    tone = glucocorticoid.settled_tone(G, cortisol, value("hpa_axis.drug_feedback"))
    most, half = value("glucocorticoid.E_max"), value("glucocorticoid.IC50")
    share = glucocorticoid.left(most, tone, half, 1.0, cortisol)
    return np.where(dose > 0.0, np.minimum(share, 1.0), 1.0)


def severity_factor(machine: CompiledModel, table: Floats, f: Floats) -> Floats:
    """Factor on severity, [child], that keeps innate activity at the drawn value when production is
    reduced to f."""
    b_1, b_6 = (machine.parameter(table, f"innate_loop.{gain}") for gain in ("gain_il1", "gain_il6"))
    return np.asarray(severity_under_restraint(f, b_1, b_6))
