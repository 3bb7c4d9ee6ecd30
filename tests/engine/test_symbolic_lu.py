"""Sparse elimination: its plan solves, and fills in no more than it must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from quotidian.engine.expressions.symbolic_lu import Elimination, eliminate

Floats = NDArray[np.float64]


def solved(plan: Elimination, matrix: Floats, right: Floats) -> Floats:
    """Factorise and solve as the plan says, and only where it says: the same loops that are emitted."""
    w, x = matrix.copy(), right.copy()
    for p, below, beside in zip(plan.order, plan.lower, plan.upper, strict=True):
        for i in below:
            w[i, p] /= w[p, p]
            for j in beside:
                w[i, j] -= w[i, p] * w[p, j]
    for p, below in zip(plan.order, plan.lower, strict=True):
        for i in below:
            x[i] -= w[i, p] * x[p]
    for p, beside in reversed(list(zip(plan.order, plan.upper, strict=True))):
        x[p] = (x[p] - sum(w[p, j] * x[j] for j in beside)) / w[p, p]
    return x


@given(size=st.integers(1, 14), seed=st.integers(0, 10_000), share=st.floats(0.0, 0.6))
def test_the_plan_solves_like_a_dense_solver(size: int, seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    pattern = random.random((size, size)) < share
    matrix = np.where(pattern, random.normal(size=(size, size)), 0.0)
    matrix += np.diag(size + random.random(size))
    right = random.normal(size=size)
    plan = eliminate(size, {(int(i), int(j)) for i, j in np.argwhere(pattern)})
    assert sorted(plan.order) == list(range(size))
    np.testing.assert_allclose(solved(plan, matrix, right), np.linalg.solve(matrix, right), atol=1e-12)


def arrow(size: int, hub: int) -> set[tuple[int, int]]:
    """Everything is coupled to the hub and to nothing else."""
    return {(hub, i) for i in range(size)} | {(i, hub) for i in range(size)}


@pytest.mark.parametrize("hub", [0, 4, 8])
def test_an_arrow_fills_in_nothing(hub: int) -> None:
    entries = arrow(9, hub) | {(i, i) for i in range(9)}
    assert eliminate(9, entries).entries == len(entries)
    assert hub in eliminate(9, entries).order[-2:]


def test_a_chain_fills_in_nothing() -> None:
    links = {(i + 1, i) for i in range(7)} | {(i, i) for i in range(8)}
    assert eliminate(8, links).entries == len(links)


def test_a_ring_must_fill_in() -> None:
    """Six in a ring, coupled both ways: three pivots leave a full triangle."""
    ring = {(i, (i + d) % 6) for i in range(6) for d in (-1, 0, 1)}
    assert eliminate(6, ring).entries == len(ring) + 6
