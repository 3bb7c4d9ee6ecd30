"""The IL-6-transgenic mouse: the mechanisms of the child with a mouse's growth; claims in growth.yaml.

No number of the mouse was fitted to these claims, and what IL-6 does to IGFBP-3 was fitted to children.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from quotidian.engine import ADD, Outcome
from quotidian.simulation import compiled_model

CLAIM = yaml.safe_load(Path(__file__).with_name("growth.yaml").read_text())
Floats = NDArray[np.float64]
LAST, GROWN = 120, 84
DOSE_NM, EVERY_DAYS = 500.0, 3.5


@cache
def mouse(expression: float = 1.0, treated_from: float = np.inf, kappa: float | None = None) -> Outcome:
    """A mouse from birth by the day, given antibody twice a week from some day on."""
    m = compiled_model("transgenic_mouse")
    antibody = "anti_mouse_il6r"
    days = np.arange(treated_from, LAST, EVERY_DAYS) if np.isfinite(treated_from) else []
    events = m.events([[(24.0 * day, ADD, antibody, DOSE_NM) for day in days]])
    own = {"transgene.expression": expression} | ({} if kappa is None else {"igf_axis.proteolysis": kappa})
    return m.run(m.parameters(1, own), 24.0 * np.arange(LAST + 1), events=events)


def size(run: Outcome) -> Floats:
    """Weight over that of the littermate, by the day."""
    return np.asarray(run["weight"][0] / mouse(0.0)["weight"][0])


def test_a_littermate_grows_as_mice_do() -> None:
    weight, length = mouse(0.0)["weight"][0], mouse(0.0)["height"][0]
    assert weight[0] == pytest.approx(1.4, abs=0.1)
    assert weight[21] == pytest.approx(11, abs=1)
    assert weight[-1] == pytest.approx(25, abs=0.5)
    assert length[-1] == pytest.approx(9.5, abs=0.1)


def test_grown_mice_reach_half_to_seven_tenths_of_their_littermates() -> None:
    low, high = CLAIM["mouse_size"]["share"]
    assert (size(mouse())[GROWN:] > low - 0.005).all()
    assert (size(mouse())[GROWN:] < high).all()


def test_igf1_and_its_carrier_are_low_and_nothing_else_is_needed() -> None:
    for name in ("igf1", "igfbp3"):
        assert 0.3 < mouse()[name][0, GROWN] / mouse(0.0)[name][0, GROWN] < 0.7
    assert size(mouse(kappa=0.0))[GROWN] == pytest.approx(1.0, abs=1e-3)  # without proteolysis no dwarf


def test_early_blockade_rescues_most_and_late_blockade_little() -> None:
    untreated = size(mouse())[-1]
    gains = [size(mouse(treated_from=day))[-1] - untreated for day in (1.0, 21.0, 63.0)]
    assert gains[0] > 0.6 * (1 - untreated)
    assert gains[0] > 2 * gains[1] > 4 * gains[2] > 0
    assert size(mouse(treated_from=1.0))[-1] < 1  # partly, as the abstract of 1997 says; that of 2002: wholly


def test_the_antibody_frees_the_carrier_and_raises_il6() -> None:
    treated, untreated = mouse(treated_from=1.0), mouse()
    assert treated["mil6r_free"][0, GROWN] < 0.05
    assert treated["il6"][0, GROWN] > 3 * untreated["il6"][0, GROWN]
    assert treated["igfbp3"][0, GROWN] > 0.85
