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


def test_a_search_whose_gradient_is_no_number_ends_where_it_began():
    tried = []

    def function(x):
        tried.append(x.copy())
        return 1.0, np.array([np.nan, 1.0])

    found = minimise(function, np.array([0.3, 0.4]))
    assert not found.converged and found.x.tolist() == [0.3, 0.4]
    assert np.isfinite(tried).all() and len(tried) == 1
