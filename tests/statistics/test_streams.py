"""Addressed random streams: the same subject has the same draws in any batch."""

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from quotidian.engine import addressed_words
from quotidian.errors import InvalidCall, InvalidInput
from quotidian.statistics.streams import Streams


def test_a_child_draws_the_same_alone_or_in_a_crowd() -> None:
    streams = Streams(7)
    crowd = streams.normal("traits", 3, range(100_000), 3)
    for child in (0, 1, 2, 3, 4, 777, 99_999):
        alone = streams.normal("traits", 3, [child], 3)
        assert alone.tobytes() == crowd[child].tobytes()


@given(st.lists(st.integers(0, 2**62), min_size=1, max_size=8), st.integers(1, 5))
def test_order_repeats_and_far_neighbours_do_not_matter(children: list[int], width: int) -> None:
    streams = Streams(1)
    together = streams.uniform("course", 0, children, width)
    alone = np.concatenate([streams.uniform("course", 0, [child], width) for child in children])
    assert together.tobytes() == alone.tobytes()


def test_a_wider_draw_begins_with_the_narrower() -> None:
    streams = Streams(1)
    narrow, wide = (streams.uniform("noise.crp", 0, range(50), width) for width in (2, 9))
    assert np.array_equal(wide[:, :2], narrow)


@pytest.mark.parametrize(
    ("seed", "purpose", "replicate"),
    [(2, "traits", 0), (1, "course", 0), (1, "traits", 1), (1, "traits0", 0)],
)
def test_another_address_is_another_draw(seed: int, purpose: str, replicate: int) -> None:
    a = Streams(1).normal("traits", 0, range(4000))[:, 0]
    b = Streams(seed).normal(purpose, replicate, range(4000))[:, 0]
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.08


def test_columns_and_neighbours_are_independent_normals() -> None:
    z = Streams(11).normal("traits", 0, range(20_000), 4)
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    assert np.abs(np.corrcoef(z.T) - np.eye(4)).max() < 0.04
    assert abs(np.corrcoef(z[1:, 0], z[:-1, 0])[0, 1]) < 0.04


def test_the_words_are_those_of_philox() -> None:
    key = np.frombuffer(blake2b(b"5/2/traits", digest_size=16).digest(), dtype="<u8")
    for column in range(3):
        words = np.random.Philox(key=key, counter=[0, column, 0, 0]).random_raw(10)
        expected = (np.array([int(word) >> 12 for word in words]) + 0.5) / 2**52
        assert np.array_equal(Streams(5).uniform("traits", 2, range(10), 3)[:, column], expected)


def test_the_draws_of_a_seed_are_pinned() -> None:
    drawn = Streams(1).uniform("traits", 0, [0, 111], 2)
    assert drawn.tolist() == [
        [0.7648913837808248, 0.38060022239151226],
        [0.9988449390891493, 0.5077610228870361],
    ]


def test_no_children_and_no_width_are_empty() -> None:
    assert Streams(0).normal("traits", 0, [], 3).shape == (0, 3)
    assert Streams(0).normal("traits", 0, range(4), 0).shape == (4, 0)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "1", True, None])
def test_a_seed_that_is_none_is_refused(seed: object) -> None:
    with pytest.raises(InvalidInput, match="whole number from 0 to 2\\*\\*63 - 1"):
        Streams(seed)  # type: ignore[arg-type]


def test_the_ends_of_the_seeds_are_allowed() -> None:
    assert Streams(0).uniform("a", 0, [0]) != Streams(2**63 - 1).uniform("a", 0, [0])


@pytest.mark.parametrize("children", [[-1], [0.5], [[0, 1]], [2**63], [True]])
def test_children_without_a_number_are_refused(children: list[int]) -> None:
    with pytest.raises(InvalidCall, match="numbered 0, 1, 2"):
        Streams(1).uniform("traits", 0, children)


@pytest.mark.parametrize(
    ("purpose", "replicate", "width"), [("", 0, 1), ("a", -1, 1), ("a", 0, -1), (1, 0, 1)]
)
def test_an_address_that_is_none_is_refused(purpose: str, replicate: int, width: int) -> None:
    with pytest.raises(InvalidCall, match="No stream has the address"):
        Streams(1).uniform(purpose, replicate, range(3), width)


def test_draws_can_begin_later_and_are_the_same() -> None:
    streams = Streams(4)
    whole = streams.normal("late", 0, range(5), 12)
    assert np.array_equal(streams.normal("late", 0, range(5), 4, first=8), whole[:, 8:])


def test_children_of_several_replicates_draw_what_each_replicate_draws() -> None:
    streams, replicate, child = Streams(4), np.array([2, 0, 2, 1, 0]), np.array([7, 7, 3, 9, 1])
    together = streams.normal("noise.crp", replicate, child, 3, first=1)
    alone = [
        streams.normal("noise.crp", int(r), [c], 3, first=1)[0] for r, c in zip(replicate, child, strict=True)
    ]
    assert np.array_equal(together, alone)
    with pytest.raises(InvalidCall, match="5 subjects of 2 replicates"):
        streams.normal("noise.crp", replicate[:2], child)


@given(st.data())
def test_rows_of_any_length_and_single_addresses_are_parts_of_the_table(data: st.DataObject) -> None:
    """With NumPy's generator and with machine code, which groups subjects by four."""
    count = data.draw(st.integers(0, 12))
    several = lambda most: np.array(  # noqa: E731
        data.draw(st.lists(st.integers(0, most), min_size=count, max_size=count)), dtype=np.int64
    )
    replicate, child, width, column = several(2), several(9), several(6), several(5)
    for streams in (Streams(3), Streams(3, addressed_words)):
        table = [
            Streams(3).uniform("past", int(r), [int(c)], 6)[0] for r, c in zip(replicate, child, strict=True)
        ]
        of_each = streams.uniform_of_each("past", replicate, child, width)
        assert of_each.tolist() == [x for row, w in zip(table, width, strict=True) for x in row[:w]]
        at = streams.uniform_at("past", replicate, child, column)
        assert at.tolist() == [row[c] for row, c in zip(table, column, strict=True)]


@pytest.mark.parametrize("replicate", [3, np.repeat([4, 1, 2**40], 40)])
def test_machine_code_draws_what_numpy_draws(replicate: int | NDArray[np.int64]) -> None:
    """Subjects in order, out of order, and far beyond 32 bits; draws that begin later."""
    child = np.concatenate([np.arange(60), np.arange(2**62, 2**62 - 300, -5)])
    numpy, code = (
        s.uniform("traits", replicate, child, 7, 2) for s in (Streams(9), Streams(9, addressed_words))
    )
    assert numpy.tobytes() == code.tobytes()


def test_machine_code_is_not_called_for_rows_that_do_not_exist() -> None:
    keys, one, two = np.ones((1, 2), np.uint64), np.zeros(1, np.int64), np.zeros(2, np.int64)
    for rows in ((one, two, two, two), (one + 1, one, one, one), (one, one, one, one - 1)):
        with pytest.raises(InvalidCall, match="rows that do not exist"):
            addressed_words(keys, *rows)
