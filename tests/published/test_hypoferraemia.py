"""IL-6 and endotoxin in healthy volunteers: hepcidin within hours, and serum iron after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SET, Outcome
from quotidian.simulation import compiled_model

START_H, STEP_H = 10.0, 0.05
Floats = NDArray[np.float64]


def imposed(course: Callable[[float], float], hours: float) -> Outcome:
    """A healthy child whose IL-6 is held to a course [pg/mL] of hours from START_H."""
    machine = compiled_model("healthy_child")
    index, mass = (
        "il6",
        machine.model.constants["il6_homeostasis.il6_molar_mass"],
    )
    held = [(START_H + t, SET, index, course(t) / mass) for t in np.arange(0.0, hours, STEP_H).tolist()]
    times = np.arange(START_H, START_H + 36, 0.25)
    return machine.run(machine.parameters(1), times, events=machine.events([held]), start=-672.0)


@cache
def infused() -> Outcome:
    """Steensberg 2003, Nemeth 2004: 140 pg/mL for 3 h."""
    return imposed(lambda t: 140.0, 3.0)


@cache
def endotoxin() -> Outcome:
    """IL-6 after a bolus of endotoxin, peaking at 3 h as in Kemna 2005; its height is assumed."""
    return imposed(lambda t: 2 + 700 * (t / 3) ** 4 * float(np.exp(-4 * (t / 3 - 1))), 12.0)


def relative(run: Outcome, name: str) -> Floats:
    return np.asarray(run[name][0] / run[name][0, 0])


def hours_to(extreme: Callable[[Floats], np.intp], run: Outcome, name: str) -> float:
    return 0.25 * int(extreme(run[name][0]))


def test_hepcidin_rises_sevenfold_within_two_hours_of_the_infusion() -> None:
    """7.5 x, urinary, recalled (nemeth2004): the gain was fitted to it."""
    rise = relative(infused(), "hepcidin")
    assert 5.5 < rise[12:21].max() < 9.5
    assert rise[-1] < 1.2


def test_serum_iron_and_saturation_fall_by_about_a_third() -> None:
    """-34 % and -33 %, recalled (nemeth2004); predicted from the turnover of plasma iron and a Ki of mice."""
    iron, saturation = relative(infused(), "serum_iron"), relative(infused(), "transferrin_saturation")
    assert 0.5 < iron[20] < 0.8  # two hours after the infusion
    assert abs(saturation[20] - iron[20]) < 0.02


def test_after_endotoxin_il6_peaks_first_then_hepcidin_and_iron_falls_afterwards() -> None:
    """IL-6 up by 3 h, hepcidin at 6 h, iron afterwards (kemna2005). Hepcidin's delay was chosen for it."""
    run = endotoxin()
    assert hours_to(np.argmax, run, "il6") == 3.0
    assert 5.0 <= hours_to(np.argmax, run, "hepcidin") <= 8.0
    assert hours_to(np.argmin, run, "serum_iron") > hours_to(np.argmax, run, "hepcidin") + 1


def test_amyloid_a_rises_six_to_twelve_hours_after_the_stimulus() -> None:
    """acute_phase_table. Twice the healthy level by then, and not at once."""
    rise = relative(endotoxin(), "saa")
    assert rise[4 * 1] < 1.5
    assert rise[4 * 6] > 2
    assert rise[4 * 12] > rise[4 * 6]
