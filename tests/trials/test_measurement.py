"""Errors of measurement: none where a child is plainly well, the ledger's in the middle of a scale."""

from __future__ import annotations

import numpy as np

from quotidian.patients.streams import Streams
from quotidian.trials.endpoints import CORE_SET
from quotidian.trials.measurement import SCALE, core_set, errors

N = 4000


def measured(value: float) -> dict[str, np.ndarray]:
    """Everybody at this share of every scale, and at ten joints and 10 mm/h."""
    true = {name: np.full(N, value * SCALE.get(name, 20.0)) for name in CORE_SET}
    return core_set(true, Streams(5), 0, range(N), 4)


def test_the_middle_of_a_scale_has_the_error_of_the_ledger() -> None:
    found = measured(0.5)
    for name in SCALE:
        assert abs(found[name].std() / errors()[name].value - 1) < 0.05, name
        assert abs(found[name].mean() - 0.5 * SCALE[name]) < 0.03, name


def test_nobody_disagrees_at_the_ends() -> None:
    for end in (0.0, 1.0):
        found = measured(end)
        for name in SCALE:
            np.testing.assert_array_equal(found[name], end * SCALE[name])


def test_no_measurement_leaves_its_scale() -> None:
    for value in (0.02, 0.98):
        found = measured(value)
        for name, length in SCALE.items():
            assert found[name].min() >= 0.0 and found[name].max() <= length, name
