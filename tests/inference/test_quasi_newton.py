"""Minimisation: accepted points are kept and rejected ones are not."""

from __future__ import annotations

import numpy as np

from quotidian.inference.quasi_newton import minimise


def test_only_accepted_points_are_kept():
    tried, kept = [], []

    def valley(x):
        tried.append(x.copy())
        a, b = 1.0 - x[0], x[1] - x[0] ** 2
        return a**2 + 100 * b**2, np.array([-2 * a - 400 * x[0] * b, 200 * b])

    found = minimise(valley, np.array([-1.2, 1.0]), accuracy=1e-9, keep=lambda: kept.append(tried[-1]))
    assert found.converged and np.allclose(found.x, 1.0, atol=1e-4)
    values = [valley(x)[0] for x in kept]
    assert len(kept) < len(tried) and values == sorted(values, reverse=True)
    assert np.array_equal(kept[0], [-1.2, 1.0]) and np.array_equal(kept[-1], found.x)
