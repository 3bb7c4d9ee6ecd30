"""Infused IL-6 in healthy men (Steensberg 2003): 140 pg/mL for 3 h gives no fever, and CRP rises late."""

from __future__ import annotations

from functools import cache

import numpy as np

from quotidian.engine import SET, Outcome
from quotidian.simulation import compiled_model

START_H, HOURS, LEVEL = 10.0, 3.0, 140.0


@cache
def run(infused: bool = True) -> Outcome:
    machine = compiled_model("healthy_child")
    level = LEVEL / machine.model.constants["il6_homeostasis.il6_molar_mass"]
    index = "il6"
    held = (
        [(float(t), SET, index, level) for t in np.arange(START_H, START_H + HOURS, 0.05)] if infused else []
    )
    return machine.run(
        machine.parameters(1), np.arange(0.0, 49.0), events=machine.events([held]), start=-672.0
    )


def test_the_level_was_held() -> None:
    during = run()["il6"][0, int(START_H) + 1 : int(START_H + HOURS)]
    assert (np.abs(during / LEVEL - 1) < 0.15).all()


def test_il6_alone_gives_no_fever() -> None:
    rise = run()["temperature"][0] - run(infused=False)["temperature"][0]
    assert 0 <= rise.max() < 0.5
    assert run()["temperature"].max() < 37.8


def test_crp_is_up_three_hours_after_the_infusion_and_higher_at_sixteen() -> None:
    end = int(START_H + HOURS)
    crp, before = run()["crp"][0], run()["crp"][0, int(START_H)]
    assert crp[end + 3] > 1.05 * before
    assert crp[end + 16] > 2 * crp[end + 3] - before
