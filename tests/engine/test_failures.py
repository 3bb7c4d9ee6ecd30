"""A subject that cannot go on says so, says where, and troubles nobody."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Outcome, Tolerance

from .conftest import LINE, LOGARITHM, bits

TIMES = np.linspace(0.0, 10.0, 101)
LOST = [3, 17]  # subjects whose x grows beyond all bounds after 2 h and after 5 h
ENDS = [2.0, 5.0]


def rates(lost: bool) -> NDArray[np.float64]:
    k_2 = np.linspace(0.001, 0.09, 20)
    if lost:
        k_2[LOST] = 1 / np.array(ENDS)
    return k_2


def run(growth: CompiledModel, lost: bool) -> Outcome:
    return growth.run(growth.parameters(20, {"k_2": rates(lost)}), TIMES)


@pytest.fixture(scope="module")
def outcome(growth: CompiledModel) -> Outcome:
    return run(growth, lost=True)


def test_a_lost_subject_has_status_reason_and_time(outcome: Outcome) -> None:
    assert [f.subject for f in outcome.failures] == LOST
    assert [f.reached for f in outcome.failures] == pytest.approx(ENDS, rel=1e-4)
    assert {f.reason for f in outcome.failures} == {
        "the step became too small: the equations are too stiff or discontinuous there"
    }
    np.testing.assert_array_equal(np.flatnonzero(outcome.status), LOST)


def test_what_is_not_known_is_not_a_number_and_nothing_else_is(outcome: Outcome) -> None:
    reached = outcome.reached[:, None]
    np.testing.assert_array_equal(np.isfinite(outcome["x"]), reached >= TIMES)
    assert 0.2 < np.isnan(outcome["x"][LOST]).mean() < 0.9


def test_until_then_its_numbers_are_right(outcome: Outcome) -> None:
    left = 1 - rates(lost=True)[:, None] * TIMES
    near = left > 0.05
    np.testing.assert_allclose(outcome["x"][near], 1 / left[near], rtol=2e-4)


def test_its_neighbours_never_notice(growth: CompiledModel, outcome: Outcome) -> None:
    spared = run(growth, lost=False)
    others = [subject for subject in range(20) if subject not in LOST]
    assert not spared.failures
    np.testing.assert_array_equal(bits(outcome["x"][others]), bits(spared["x"][others]))
    np.testing.assert_array_equal(bits(outcome.states[others]), bits(spared.states[others]))
    np.testing.assert_array_equal(outcome.accepted[others], spared.accepted[others])


def test_too_many_steps(growth: CompiledModel) -> None:
    outcome = growth.run(
        growth.parameters(2), [0.0, 50.0], tolerance=Tolerance(max_steps=7, longest_step=1.0)
    )
    assert [f.reason for f in outcome.failures] == ["too many steps"] * 2
    np.testing.assert_array_equal(outcome.accepted + outcome.rejected, 7)
    assert np.all((outcome.reached > 0) & (outcome.reached <= 7))


def test_the_last_step_allowed_may_arrive(growth: CompiledModel) -> None:
    free = growth.run(growth.parameters(1), [0.0, 5.0])
    steps = int((free.accepted + free.rejected)[0])
    assert not growth.run(growth.parameters(1), [0.0, 5.0], tolerance=Tolerance(max_steps=steps)).failures
    assert growth.run(growth.parameters(1), [0.0, 5.0], tolerance=Tolerance(max_steps=steps - 1)).failures


def test_a_value_beyond_all_doubles_is_not_accepted() -> None:
    """x' = 1e307: a straight line, without error, into infinity at 17.98 h."""
    line = CompiledModel(LINE)
    outcome = line.run(line.parameters(1, {"made": 1e307}), np.linspace(0, 100, 1001))
    (failure,) = outcome.failures
    assert failure.reason == "a value was not finite"
    assert failure.reached == pytest.approx(17.9769, rel=1e-4)
    assert outcome["x"][0, 100] == pytest.approx(1e308, rel=1e-9)
    assert outcome.states[0, 0] == pytest.approx(np.finfo(float).max, rel=1e-3)


def test_a_law_without_a_value_is_a_failure_where_it_has_none() -> None:
    """x' = ln(x / x_0) with x_0 < 0: no value from the start on."""
    machine = CompiledModel(LOGARITHM)
    outcome = machine.run(
        machine.parameters(2, {"x_0": [1.0, -1.0], "made": -1.0}), TIMES, states=np.full((2, 1), 0.9)
    )
    (failure,) = outcome.failures
    assert (failure.subject, failure.reached, failure.reason) == (1, 0.0, "a value was not finite")
    assert np.isfinite(outcome["x"][0]).all()
