"""A subject's numbers are the same bits alone, in company, in any order, on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, SWITCH, CompiledModel, Events, Outcome, Tolerance
from quotidian.engine.runtime import threads
from quotidian.models import model

from .conftest import bits

CHILDREN = 200
TIMES = np.arange(0.0, 37.0, 6.0)
ALL = np.arange(CHILDREN)


@pytest.fixture(scope="module")
def machine() -> CompiledModel:
    return CompiledModel(model("sjia"))


@pytest.fixture(scope="module")
def tables(machine: CompiledModel) -> NDArray[np.float64]:
    """Two hundred subjects, every number of each its own."""
    typical = machine.parameters(CHILDREN)
    return typical * np.random.default_rng(11).uniform(0.95, 1.05, typical.shape)


def infusions(machine: CompiledModel, chosen: NDArray[np.int64]) -> Events:
    """Every third subject is given something, each at an hour of its own."""
    drug = machine.ode_system.inputs.index("tocilizumab_infusion")
    plan: list[list[tuple[float, int, int, float]]] = [[] for _ in ALL]
    for subject in ALL[::3]:
        begin = 3.0 + 0.1 * subject
        plan[subject] = [(begin, SWITCH, drug, 300.0), (begin + 1.0, SWITCH, drug, 0.0), (4.0, ADD, 0, 5.0)]
    return Events.of([plan[subject] for subject in chosen])


def run(
    machine: CompiledModel, tables: NDArray[np.float64], chosen: NDArray[np.int64], number: int = 1,
    tolerance: Tolerance | None = None,
) -> Outcome:  # fmt: skip
    return machine.run(
        tables[chosen], TIMES, events=infusions(machine, chosen), threads=number, tolerance=tolerance
    )


@pytest.fixture(scope="module")
def together(machine: CompiledModel, tables: NDArray[np.float64]) -> Outcome:
    return run(machine, tables, ALL)


def assert_same(found: Outcome, together: Outcome, chosen: NDArray[np.int64]) -> None:
    for name in ("values", "states", "inputs", "reached"):
        np.testing.assert_array_equal(bits(getattr(found, name)), bits(getattr(together, name)[chosen]))
    for name in ("status", "accepted", "rejected"):
        np.testing.assert_array_equal(getattr(found, name), getattr(together, name)[chosen])


def test_children_differ(together: Outcome) -> None:
    assert not together.failures
    assert len(np.unique(bits(together.states), axis=0)) == CHILDREN
    assert len(np.unique(together.accepted)) > 10


@pytest.mark.parametrize("subject", [0, 1, 63, 64, 150, 199])
def test_alone(machine: CompiledModel, tables: NDArray[np.float64], together: Outcome, subject: int) -> None:
    assert_same(run(machine, tables, ALL[subject : subject + 1]), together, ALL[subject : subject + 1])


def test_in_any_order(machine: CompiledModel, tables: NDArray[np.float64], together: Outcome) -> None:
    order = np.random.default_rng(5).permutation(CHILDREN)
    assert_same(run(machine, tables, order), together, order)


@pytest.mark.parametrize("number", [2, 3])
def test_on_any_number_of_threads(
    machine: CompiledModel, tables: NDArray[np.float64], together: Outcome, number: int
) -> None:
    assert_same(run(machine, tables, ALL, number), together, ALL)


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_in_blocks_of_any_size(
    machine: CompiledModel,
    tables: NDArray[np.float64],
    together: Outcome,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
) -> None:
    monkeypatch.setattr(threads, "BLOCK", block)
    assert_same(run(machine, tables, ALL, 2), together, ALL)


def test_in_single_precision(
    machine: CompiledModel, tables: NDArray[np.float64], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, alone, in another order, on threads and in small blocks."""
    single = Tolerance(rtol=1e-4, atol=1e-6, precision="single")
    together = run(machine, tables, ALL, tolerance=single)
    order = np.random.default_rng(5).permutation(CHILDREN)
    assert_same(run(machine, tables, order, 3, single), together, order)
    for subject in (0, 15, 16, 199):
        assert_same(run(machine, tables, ALL[subject : subject + 1], 1, single), together, ALL[[subject]])
    monkeypatch.setattr(threads, "BLOCK", 7)
    assert_same(run(machine, tables, ALL, 2, single), together, ALL)


def test_a_subject_changed_is_noticed(
    machine: CompiledModel, tables: NDArray[np.float64], together: Outcome
) -> None:
    """The comparison can fail: one number changed in its last places gives other bits."""
    changed = tables.copy()
    severity = machine.ode_system.parameters.index("severity")
    changed[0, severity] *= 1 + 1e-14
    with pytest.raises(AssertionError):
        assert_same(run(machine, changed, ALL[:1]), together, ALL[:1])
