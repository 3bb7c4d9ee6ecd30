"""Quasi-random points: evenly spread in every base, uniform, addressed like other random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.statistics.halton import MOST_COLUMNS, even_uniform
from quotidian.statistics.streams import Streams


@pytest.mark.parametrize(("column", "base", "power"), [(0, 2, 8), (1, 3, 5), (2, 5, 3), (3, 7, 2)])
def test_every_interval_of_the_base_holds_one_point(column, base, power):
    count = base**power
    u = even_uniform(Streams(3), "test", 0, range(4), count, 4)
    cells = np.floor(u[..., column] * count).astype(int)
    np.testing.assert_array_equal(np.sort(cells, axis=1), np.tile(np.arange(count), (4, 1)))


def test_two_columns_together_are_even():
    u = even_uniform(Streams(3), "test", 0, range(5), 36, 2)
    cells = np.floor(u[..., 0] * 4).astype(int) * 9 + np.floor(u[..., 1] * 9).astype(int)
    np.testing.assert_array_equal(np.sort(cells, axis=1), np.tile(np.arange(36), (5, 1)))


def test_each_point_is_uniform_over_the_subjects():
    u = even_uniform(Streams(1), "test", 0, range(4000), 3, MOST_COLUMNS + 2)
    assert (u > 0).all() and (u < 1).all()
    np.testing.assert_allclose(u.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(u.var(axis=0), 1 / 12, atol=0.005)


def test_means_have_a_much_smaller_error_than_those_of_independent_draws():
    def error(u):
        return np.exp(u.sum(axis=2)).mean(axis=1).std()

    even = even_uniform(Streams(1), "test", 0, range(200), 500, 4)
    plain = Streams(1).uniform("plain", 0, range(200), 500 * 4).reshape(200, 500, 4)
    assert error(even) < 0.2 * error(plain)


def test_points_of_a_subject_depend_on_its_address_alone():
    whole = even_uniform(Streams(1), "test", 2, range(5), 40, MOST_COLUMNS + 3)
    alone = even_uniform(Streams(1), "test", 2, [3], 40, MOST_COLUMNS + 3)
    assert alone.tobytes() == whole[3:4].tobytes()
    assert len({part.tobytes() for part in whole}) == 5
    for other in (
        even_uniform(Streams(1), "test", 1, [3], 40, 2),
        even_uniform(Streams(1), "a", 2, [3], 40, 2),
    ):
        assert not np.allclose(other, alone[..., :2])
