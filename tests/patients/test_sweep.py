"""A sweep shows the memory of a child who has one, and none in a child who has none."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine.steady_state.continuation import sweep
from quotidian.errors import InvalidInput
from quotidian.patients.child import child
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model

MACHINE = compiled_model("sjia")
TABLE = subjects_of([child(age=6, sex="female", weight=20)]).table(MACHINE)
MACHINE.parameter(TABLE, "innate_loop.memory_floor")[:] = 1.0
"""A child whose innate cells do not forget."""


def test_crp_has_no_memory_of_the_way_it_came() -> None:
    found = sweep(MACHINE, TABLE, "course", [0.5, 1.0, 1.5], 40, ("crp",))
    up, down = found.branch("crp")
    assert (np.diff(up) > 5).all()
    assert up == pytest.approx(down, rel=0.02)  # joints settle over months
    assert found.thresholds("crp", 0.5 * (up[0] + up[1])) == (1.0, 1.0)
    assert np.isnan(found.thresholds("crp", 1e6)).all()


@pytest.mark.parametrize(
    ("name", "levels"), [("coarse", [1.0, 2.0]), ("course", [1.0]), ("course", [2.0, 1.0])]
)
def test_a_sweep_that_makes_no_sense_is_refused(name: str, levels: list[float]) -> None:
    with pytest.raises(InvalidInput, match="cannot be swept"):
        sweep(MACHINE, TABLE, name, levels, 10, ("crp",))
