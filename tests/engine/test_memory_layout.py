"""Buffers of a step: no load of a loop looks like a store just made by the same loop."""

from __future__ import annotations

import pytest

from quotidian.engine.codegen.memory_layout import PAGE, PHASES, apart, increments, offset, period

IN_FLIGHT = 12 / 64  # of a page: stores that may still be under way
LOOPS = {  # written in a loop: read in the same one
    "argument": ("k", "y"),
    "past": ("k", "y", "argument"),
    "added": ("k", "y"),
    "new": ("last k", "y", "argument", "atol"),
    "mid": ("k", "y", "new"),
}


def places(name: str, states: int, size: int) -> list[int]:
    """Items within a page at which the parts of a buffer begin."""
    parts = {"k": range(8), "last k": range(7, 8)}.get(name, range(1))
    return [(offset(name.split()[-1], size) + s * increments(states, size)) % period(size) for s in parts]


@pytest.mark.parametrize("size", [4, 8, 32, 64])
@pytest.mark.parametrize("states", [1, 22, 53, 64, 200])
def test_no_load_follows_a_store_that_looks_alike(states: int, size: int) -> None:
    for written, read in LOOPS.items():
        (store,) = places(written, states, size)
        for name in read:
            for load in places(name, states, size):
                behind = (store - load) % period(size)
                assert behind > IN_FLIGHT * period(size), (written, name)


@pytest.mark.parametrize("size", [4, 8, 32, 64])
@pytest.mark.parametrize("items", [1, 22, 53, 64, 200])
def test_parts_do_not_overlap_and_fall_into_step(items: int, size: int) -> None:
    assert items <= apart(items, size) < items + period(size)
    assert apart(items, size) % period(size) == 0
    assert items <= increments(items, size) < items + period(size)
    assert period(size) * size == PAGE
    assert len(set(PHASES.values())) == len(PHASES)
