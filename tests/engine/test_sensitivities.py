"""Tangents of the whole model against differences; bits, independence, failures and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, SWITCH, CompiledModel, Directions, Events, Outcome, Sensitivities, Tolerance
from quotidian.engine.expressions.still import EVERYTHING_MOVES, still
from quotidian.engine.sensitivities import Layout
from quotidian.errors import InvalidCall, UnknownName
from quotidian.models import model

from .conftest import bits

CHILDREN = 12
TIMES = np.array([0.0, 5.0, 13.7, 24.0, 25.1, 60.0, 96.0])
CHOSEN = ("crp", "il6", "temperature", "tocilizumab")
BY = ("tocilizumab.CL", "body_weight", "severity", "acute_phase.crp_hill", "fever.gain")
EXACT = Tolerance(rtol=1e-10, atol=1e-13)
ALL = np.arange(CHILDREN)
PARTS = ("values", "states", "inputs", "reached", "status", "accepted", "rejected")


@pytest.fixture(scope="module")
def machine() -> CompiledModel:
    return CompiledModel(model("sjia"))


@pytest.fixture(scope="module")
def table(machine: CompiledModel) -> NDArray[np.float64]:
    typical = machine.parameters(CHILDREN)
    return typical * np.random.default_rng(3).uniform(0.95, 1.05, typical.shape)


def events(machine: CompiledModel, chosen: NDArray[np.int64]) -> Events:
    """An infusion to everyone, each at an hour of its own, and a bolus to every other."""
    drug = machine.ode_system.inputs.index("tocilizumab_infusion")
    bolus = machine.ode_system.states.index("crp")
    plan: list[list[tuple[float, int, int, float]]] = []
    for subject in ALL:
        begin = 9.0 + 0.3 * subject
        plan.append([(begin, SWITCH, drug, 250.0), (begin + 1.0, SWITCH, drug, 0.0)])
        plan[-1] += [(30.0, ADD, bolus, 1.0)] * int(subject % 2)
    return Events.of([plan[subject] for subject in chosen])


def tangents(
    machine: CompiledModel, table: NDArray[np.float64], chosen: NDArray[np.int64], threads: int = 1
) -> Sensitivities:
    given = events(machine, chosen)
    return machine.run_with_sensitivities(
        table[chosen], TIMES, with_respect_to=BY, events=given, threads=threads
    )


@pytest.fixture(scope="module")
def together(machine: CompiledModel, table: NDArray[np.float64]) -> Sensitivities:
    return tangents(machine, table, ALL)


def assert_same(found: Sensitivities, together: Sensitivities, chosen: NDArray[np.int64]) -> None:
    for name in ("values", "states", "inputs"):
        np.testing.assert_array_equal(bits(getattr(found, name)), bits(getattr(together, name)[chosen]))
    same_run(found.outcome, together.outcome, chosen)


def same_run(found: Outcome, wanted: Outcome, chosen: NDArray[np.int64]) -> None:
    for name in PARTS:
        np.testing.assert_array_equal(bits(getattr(found, name)), bits(getattr(wanted, name)[chosen]))


def test_a_direction_does_not_depend_on_the_others(
    machine: CompiledModel, table: NDArray[np.float64], together: Sensitivities
) -> None:
    """Alone, few constants move, and the code leaves out the others; in company all may move."""
    seeds = np.zeros((len(BY) + 1, table.shape[1]))
    for row, name in enumerate(BY):
        seeds[row, machine.ode_system.parameters.index(name)] = 1.0
    seeds[-1] = 1.0
    found = machine.run_with_sensitivities(
        table, TIMES, with_respect_to=Directions((*BY, "all"), seeds), events=events(machine, ALL), threads=1
    )
    for name in ("values", "states"):
        np.testing.assert_array_equal(bits(getattr(found, name)[:, : len(BY)]), bits(getattr(together, name)))


def test_what_no_direction_moves_is_left_out() -> None:
    system = CompiledModel(model("sjia")).ode_system
    found = still(system, ["tocilizumab.CL"], inputs=False)
    assert 0 < len(system.hoisted) - len(found.constants) < 9
    assert found.inputs
    assert still(system, system.parameters, inputs=True) == EVERYTHING_MOVES
    assert EVERYTHING_MOVES.key == "" != found.key


def test_directions_fill_rows_of_blocks() -> None:
    for directions, rows, blocks, width in ((1, 1, 1, 1), (5, 1, 2, 6), (12, 1, 3, 12), (17, 2, 3, 9)):
        layout = Layout(2, directions)
        assert (layout.rows, layout.blocks, layout.width) == (rows, blocks, width)
        table = np.arange(2.0 * directions * 3).reshape(2, directions, 3)
        np.testing.assert_array_equal(layout.gather(layout.spread(table)), table)


# ---- the numbers
def difference(
    machine: CompiledModel, table: NDArray[np.float64], name: str, step: float
) -> NDArray[np.float64]:
    """Central difference of a tight run by one parameter, [subject, time, observable]."""
    column = machine.ode_system.parameters.index(name)
    sides = []
    for sign in (1, -1):
        moved = table.copy()
        moved[:, column] *= 1 + sign * step
        run = machine.run(
            moved, TIMES, events=events(machine, ALL[: len(table)]), observables=CHOSEN, tolerance=EXACT
        )
        sides.append(run.values)
    width = 2 * step * table[:, column]
    result: NDArray[np.float64] = (sides[0] - sides[1]) / width[:, None, None]
    return result


@pytest.fixture(scope="module")
def precise(machine: CompiledModel, table: NDArray[np.float64]) -> Sensitivities:
    return machine.run_with_sensitivities(
        table[:2], TIMES, with_respect_to=BY, events=events(machine, ALL[:2]), observables=CHOSEN,
        tolerance=Tolerance(rtol=1e-8, atol=1e-11),
    )  # fmt: skip


@pytest.mark.parametrize("name", BY)
def test_the_whole_model_against_differences(
    machine: CompiledModel, table: NDArray[np.float64], precise: Sensitivities, name: str
) -> None:
    """Richardson's extrapolation of two central differences: their own error is near 1e-8."""
    wide, narrow = (difference(machine, table[:2], name, step) for step in (4e-3, 2e-3))
    wanted = (4 * narrow - wide) / 3
    found = precise.values[:, BY.index(name)]
    size = np.abs(found).max(axis=(0, 1))
    noise = 1e-10 * np.abs(precise.outcome.values).max(axis=(0, 1))  # of the differences, where nothing moves
    assert (size > 0).any()
    assert np.all(np.abs(found - wanted) <= 1e-7 * size + noise)


# ---- the bits
def test_the_run_is_that_of_a_plain_run(
    machine: CompiledModel, table: NDArray[np.float64], together: Sensitivities
) -> None:
    plain = machine.run(table, TIMES, events=events(machine, ALL))
    same_run(together.outcome, plain, ALL)
    assert together.values.shape == (CHILDREN, len(BY), len(TIMES), len(machine.ode_system.observables))
    assert not together.failures


@pytest.mark.parametrize("subject", [0, 5, 11])
def test_alone(
    machine: CompiledModel, table: NDArray[np.float64], together: Sensitivities, subject: int
) -> None:
    assert_same(tangents(machine, table, ALL[[subject]]), together, ALL[[subject]])


def test_in_any_order_and_on_two_threads(
    machine: CompiledModel, table: NDArray[np.float64], together: Sensitivities
) -> None:
    order = np.random.default_rng(5).permutation(CHILDREN)
    assert_same(tangents(machine, table, order, threads=2), together, order)


def test_another_direction_is_noticed(
    machine: CompiledModel, table: NDArray[np.float64], together: Sensitivities
) -> None:
    other = machine.run_with_sensitivities(
        table, TIMES, with_respect_to=(*BY[1:], BY[0]), events=events(machine, ALL)
    )
    same_run(other.outcome, together.outcome, ALL)
    assert not np.array_equal(other.values, together.values)
    np.testing.assert_allclose(np.roll(other.values, 1, axis=1), together.values, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_any_number_of_directions(growth: CompiledModel, count: int) -> None:
    """However they share out into rows; directions are linear."""
    seeds = np.random.default_rng(count).normal(size=(count, len(growth.ode_system.parameters)))
    table = growth.parameters(3, {"k_2": [0.001, 0.02, 0.05]})
    several = Directions(tuple(f"d{i}" for i in range(count)), seeds)
    found = growth.run_with_sensitivities(table, [0.0, 3.0, 8.0], with_respect_to=several)
    units = growth.run_with_sensitivities(
        table, [0.0, 3.0, 8.0], with_respect_to=growth.ode_system.parameters
    )
    np.testing.assert_allclose(
        found.values, np.einsum("dp,cpto->cdto", seeds, units.values), rtol=1e-12, atol=1e-14
    )
    np.testing.assert_allclose(found.states, np.einsum("dp,cps->cds", seeds, units.states), rtol=1e-12)


def test_children_may_have_directions_of_their_own(growth: CompiledModel) -> None:
    table = growth.parameters(3)
    seeds = np.arange(1.0, 4.0)[:, None, None] * np.ones((1, 1, len(growth.ode_system.parameters)))
    found = growth.run_with_sensitivities(table, [0.0, 5.0], with_respect_to=Directions(("all",), seeds))
    np.testing.assert_allclose(found["x", "all"][1:], found["x", "all"][:1] * [[2.0], [3.0]], rtol=1e-12)


# ---- what fails
def test_a_lost_subject_is_reported_and_troubles_nobody(growth: CompiledModel) -> None:
    """x' = k_2 x^2: endless at 2 h for one, calm for the others."""
    k_2, times = np.linspace(0.001, 0.09, 9), np.linspace(0, 10, 41)
    calm = growth.run_with_sensitivities(
        growth.parameters(9, {"k_2": k_2}), times, with_respect_to=("k_2", "x_0")
    )
    k_2[4] = 0.5
    found = growth.run_with_sensitivities(
        growth.parameters(9, {"k_2": k_2}), times, with_respect_to=("k_2", "x_0")
    )
    assert [f.subject for f in found.failures] == [4]
    assert found.failures[0].reached == pytest.approx(2.0, rel=1e-4)
    np.testing.assert_array_equal(np.isnan(found["x", "k_2"][4]), times > found.outcome.reached[4])
    others = np.delete(np.arange(9), 4)
    np.testing.assert_array_equal(bits(found.values[others]), bits(calm.values[others]))
    left = 1 - k_2[others, None] * times
    np.testing.assert_allclose(found["x", "k_2"][others], times / left**2, rtol=1e-2, atol=1e-9)


def test_a_derivative_that_is_not_finite_is_a_failure(decay: CompiledModel) -> None:
    """The run is sound; a seed beyond all doubles makes its derivative endless."""
    huge = Directions(("k",), 1.7e308 * (np.array(decay.ode_system.parameters) == "k"))
    found = decay.run_with_sensitivities(decay.parameters(1, {"x_0": 1e9}), [0.0, 1.0], with_respect_to=huge)
    assert not found.outcome.failures
    assert [(f.subject, f.reason) for f in found.failures] == [(0, "a derivative was not finite")]


# ---- what is refused
def test_an_unknown_name_is_refused_with_a_hint(decay: CompiledModel) -> None:
    with pytest.raises(UnknownName) as refusal:
        decay.run_with_sensitivities(decay.parameters(1), [0.0, 1.0], with_respect_to=["x0"])
    assert refusal.value.what == "decay has no parameter or state 'x0'."
    assert "x_0" in str(refusal.value)


def test_no_direction_is_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidCall, match="no direction of differentiation"):
        decay.run_with_sensitivities(decay.parameters(1), [0.0, 1.0], with_respect_to=())


@pytest.mark.parametrize(
    ("seeds", "says"),
    [
        (
            Directions(("a",), np.ones(3)),
            "parameters of the directions have the shape 3.\n  They must fit 1 x 1 x 2",
        ),
        (Directions(("a",), states=np.full(1, np.nan)), "states of the directions are not all finite"),
        (Directions(("a", "b"), events=np.ones((4, 2))), "events of the directions have the shape 4 x 2"),
    ],
)
def test_directions_that_do_not_fit_are_refused(decay: CompiledModel, seeds: Directions, says: str) -> None:
    with pytest.raises(InvalidCall, match=says):
        decay.run_with_sensitivities(decay.parameters(1), [0.0, 1.0], with_respect_to=seeds)
