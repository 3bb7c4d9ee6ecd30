"""Global indices against the closed form of Ishigami's function, and their designs."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.errors import InvalidCall
from quotidian.statistics.global_indices import (
    latin_hypercube,
    morris_design,
    morris_effects,
    pawn_index,
    sobol_design,
    sobol_indices,
)
from quotidian.statistics.streams import Streams

A, B = 7.0, 0.1
V1 = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
V2 = A**2 / 8.0
V13 = B**2 * np.pi**8 * 8.0 / 225.0
FIRST = np.array([V1, V2, 0.0]) / (V1 + V2 + V13)
TOTAL = np.array([V1 + V13, V2, V13]) / (V1 + V2 + V13)
SEED = Streams(4)


def ishigami(u: np.ndarray) -> np.ndarray:
    """Ishigami T, Homma T. ISUMA 1990: sin x1 + a sin^2 x2 + b x3^4 sin x1, x uniform from -pi to pi."""
    x = np.pi * (2.0 * u - 1.0)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_are_those_of_the_closed_form() -> None:
    assert pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4) == FIRST
    found = sobol_indices(ishigami(sobol_design(SEED, 20_000, 3)), 3, SEED)
    assert found.first.estimate == pytest.approx(FIRST, abs=0.02)
    assert found.total.estimate == pytest.approx(TOTAL, abs=0.02)
    for index, exact in ((found.first, FIRST), (found.total, TOTAL)):
        assert ((index.low <= exact + 0.01) & (exact - 0.01 <= index.high)).all()


def test_morris_effects_are_those_of_a_linear_function() -> None:
    design = morris_design(SEED, 30, 3)
    found = morris_effects(design @ np.array([2.0, -1.0, 0.0]), design, SEED)
    assert found.mean == pytest.approx([2.0, -1.0, 0.0], abs=1e-12)
    assert found.strength.estimate == pytest.approx([2.0, 1.0, 0.0], abs=1e-12)
    assert found.sd == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    curved = morris_effects(ishigami(design), design, SEED)
    assert curved.sd[0] > 1.0 and abs(curved.mean[2]) < curved.strength.estimate[2]


def test_pawn_ranks_and_leaves_what_has_no_effect_at_its_floor() -> None:
    u = latin_hypercube(SEED, "test", 4000, 4)
    found = pawn_index(u, ishigami(u), SEED)
    floor = 2.0 / np.sqrt(4000 / 10)
    assert found.estimate[1] > found.estimate[2] > found.estimate[3] and found.estimate[3] < floor
    assert (found.low <= found.high).all()


def test_a_hypercube_has_a_point_in_every_interval() -> None:
    u = latin_hypercube(SEED, "test", 50, 3)
    assert (np.sort(np.floor(50 * u), axis=0) == np.arange(50)[:, None]).all()
    assert abs(np.corrcoef(u.T) - np.eye(3)).max() < 0.4


def test_a_design_has_the_columns_of_the_other() -> None:
    design = sobol_design(SEED, 5, 2).reshape(4, 5, 2)
    assert (design[2, :, 0] == design[1, :, 0]).all() and (design[2, :, 1] == design[0, :, 1]).all()
    constant = sobol_indices(np.ones(20), 2, SEED)
    assert (constant.first.estimate == 0).all() and (constant.total.estimate == 0).all()
    with pytest.raises(InvalidCall):
        sobol_indices(np.ones(19), 2, SEED)
