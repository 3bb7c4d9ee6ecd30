"""Runs with stages in single precision against the same runs in double precision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quotidian.cli.benchmarking.benchmark_case import EXACT, task
from quotidian.cli.benchmarking.measure import error
from quotidian.engine import (
    ADD,
    RAMP,
    SET,
    SWITCH,
    Action,
    CompiledModel,
    Events,
    Tolerance,
    Trigger,
    arithmetic,
)
from quotidian.engine.runtime import program
from quotidian.errors import InvalidCall, InvalidInput
from quotidian.network import NOTHING, TIME, Covariate, Flux, Species
from quotidian.network.laws import cos

from ..conftest import DECAY, bits, first_order, k, model, x, x_0
from ..test_step import MODEL

SINGLE = Tolerance(rtol=1e-4, atol=1e-6, precision="single")
DOUBLE = replace(SINGLE, precision="double")
TIMES = np.linspace(0.0, 48.0, 25)


def test_the_error_is_at_most_twice_that_of_double_precision() -> None:
    """The full model of systemic JIA, 12 weeks on tocilizumab, down to the tightest tolerance."""
    case = task(8)
    exact = case.solve(EXACT)
    for rtol in (1e-3, 1e-4, 2e-5):
        double = Tolerance(rtol=rtol, atol=0.01 * rtol)
        errors = [error(case.solve(t), exact) for t in (double, replace(double, precision="single"))]
        assert 0.1 * rtol < errors[1] < 2.0 * errors[0], (rtol, errors)


def test_the_state_is_summed_in_double_precision(decay: CompiledModel) -> None:
    """Steps that each add 3e-8 of the state: added in single precision, none would change it."""
    table = decay.parameters(1, {"k": 1e-9, "x_0": 1.0})
    short = replace(SINGLE, longest_step=1.0, first_step=1.0)
    inflow = decay.ode_system.inputs.index("inflow")
    events = Events.of([[(0.0, SWITCH, inflow, 3e-8)]])
    found = decay.run(table, [10_000.0], start=0.0, events=events, tolerance=short)
    assert found.accepted[0] >= 10_000
    np.testing.assert_allclose(found["x"] - 1.0, -29.0 * np.expm1(-1e-5), rtol=1e-5)


def test_a_long_run_keeps_time() -> None:
    """An hour after 114 years is as exact as in the first week: functions of time are computed in double."""
    machine = CompiledModel(MODEL)
    table = machine.parameters(1, {"a": 0.4, "w": 2 * np.pi / 24, "p_0": 1.0, "h_0": 0.5})
    late = 24.0 * 41_640
    early, aged = (
        machine.run(table, begin + TIMES, start=begin, tolerance=SINGLE).values for begin in (0.0, late)
    )
    np.testing.assert_allclose(aged, early, rtol=1e-4)


def rhythm(w: Any, t: Any, p: Any, x: Any) -> Any:
    r"""Grows in a rhythm with a phase, :math:`v = w (1 + \cos(w t + p)) x`"""
    return w * (1 + cos(w * t + p)) * x


def test_a_phase_that_is_a_state_keeps_time() -> None:
    """Time stands in a sum with a state: rounded to seven digits it would be minutes off after ten years."""
    phase, p_0, w = Species("p", "1"), Covariate("p_0", "1"), Covariate("w", "1/h")
    fluxes = (
        Flux(NOTHING >> x, rhythm, w, TIME, phase, x),
        Flux(x >> NOTHING, first_order, k, x),
        Flux(phase >> NOTHING, first_order, Covariate("slow", "1/h", typical=1e-6), phase),
    )
    machine = CompiledModel(model("rhythm", {x: x_0, phase: p_0}, *fluxes))
    table = machine.parameters(1, {"w": 2 * np.pi / 24, "p_0": 1.0, "x_0": 1.0})
    tight = replace(SINGLE, rtol=2e-5)
    early, aged = (
        machine.run(table, begin + TIMES, start=begin, tolerance=tight)["x"] for begin in (0.0, 87600.0)
    )
    np.testing.assert_allclose(aged, early, rtol=1e-4)


def test_single_precision_is_used(decay: CompiledModel) -> None:
    table = decay.parameters(2, {"k": np.array([0.3, 0.4])})
    one, other = (decay.run(table, TIMES, tolerance=t) for t in (SINGLE, DOUBLE))
    assert one.sha256 != other.sha256
    np.testing.assert_allclose(one.values, other.values, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("number", [1e-30, 1e30, 1e-300])
def test_a_subject_out_of_range_is_solved_in_double(decay: CompiledModel, number: float) -> None:
    """A constant, an input or the value of an event: that subject alone has the bits of double precision."""
    inflow = decay.ode_system.inputs.index("inflow")
    plain = [(1.0, SWITCH, inflow, 2.0)]
    cases = (
        (decay.parameters(2, {"k": np.array([0.3, 0.3 if number > 1 else number])}), [plain, plain]),
        (decay.parameters(2), [plain, [(1.0, SWITCH, inflow, number)]]),
        (decay.parameters(2), [plain, [(1.0, ADD, 0, number)]]),
    )
    for table, events in cases[number > 1 :]:
        one, other = (
            decay.run(table, TIMES, events=Events.of(events), tolerance=t) for t in (SINGLE, DOUBLE)
        )
        same = [np.array_equal(bits(one.values[i]), bits(other.values[i])) for i in (0, 1)]
        assert same == [False, True]


@pytest.mark.parametrize("number", [1e-30, 1e30])
def test_a_subject_whose_trigger_leads_out_of_range_is_solved_in_double(
    decay: CompiledModel, number: float
) -> None:
    """The value of an action is that of an event: that subject alone has the bits of double precision."""
    act = Action(SWITCH, "inflow", np.array([0.1, number]))
    falls = Trigger("x", 0.5, actions=(act,), rising=False, once=True)
    table = decay.parameters(2, {"x_0": 1.0})
    one, other = (decay.run(table, TIMES, triggers=[falls], tolerance=t) for t in (SINGLE, DOUBLE))
    same = [np.array_equal(bits(one.values[i]), bits(other.values[i])) for i in (0, 1)]
    assert same == [False, True]


def test_what_leaves_the_range_within_a_run_is_solved_again(decay: CompiledModel) -> None:
    """A state is larger than any number of single precision: that subject has the bits of double."""
    table = decay.parameters(3)
    events = Events.of([[], [(5.0, ADD, 0, 9e17)], []])
    states = np.array([[1.0], [1e39], [2.0]])
    given = states.copy()
    one, other = (
        decay.run(table, TIMES, events=events, states=states, tolerance=t) for t in (SINGLE, DOUBLE)
    )
    assert not one.failures and not other.failures
    np.testing.assert_array_equal(states, given)
    for subject, same in enumerate([False, True, False]):
        assert np.array_equal(bits(one.values[subject]), bits(other.values[subject])) is same
    np.testing.assert_allclose(one.values, other.values, rtol=1e-4, atol=1e-6)


def test_a_failure_is_that_of_double_precision(growth: CompiledModel) -> None:
    """x' = k_2 x^2 is endless at t = 100: both precisions report it, with the same bits."""
    table = growth.parameters(2, {"x_0": np.array([1.0, 0.01])})
    states = np.array([[1.0], [0.01]])
    one, other = (growth.run(table, [0.0, 200.0], states=states, tolerance=t) for t in (SINGLE, DOUBLE))
    assert [f.subject for f in one.failures] == [0]
    assert one.failures == other.failures
    np.testing.assert_array_equal(bits(one.states[0]), bits(other.states[0]))


def test_progress_counts_a_subject_once(growth: CompiledModel) -> None:
    counts: list[int] = []
    table = growth.parameters(3, {"x_0": np.array([1.0, 0.01, 0.02])})
    growth.run(table, [0.0, 200.0], tolerance=SINGLE, progress=counts.append)
    assert sum(counts) == 3


def test_what_vanishes_does_no_harm(decay: CompiledModel) -> None:
    """After 1,000 half-lives the state is below any number of single precision."""
    table = decay.parameters(1, {"k": 1.0, "x_0": 1.0})
    found = decay.run(table, [0.0, 30.0, 700.0, 2000.0], tolerance=SINGLE)
    assert not found.failures
    np.testing.assert_allclose(found["x"][0], [1.0, np.exp(-30.0), 0.0, 0.0], atol=1e-9)


def test_triggers_ramps_and_events(decay: CompiledModel) -> None:
    table = decay.parameters(3, {"k": np.array([0.2, 0.3, 0.4])})
    inflow = decay.ode_system.inputs.index("inflow")
    events = Events.of(
        [[(1.0, RAMP, inflow, 0.1), (20.0, SWITCH, inflow, 0.0)], [(2.0, ADD, 0, 3.0)], [(3.0, SET, 0, 2.0)]]
    )
    runs = [
        decay.run(table, TIMES, events=events, triggers=[Trigger("x", 0.5, rising=False)], tolerance=t)
        for t in (SINGLE, DOUBLE)
    ]
    np.testing.assert_allclose(runs[0].values, runs[1].values, rtol=5e-4, atol=1e-5)
    for one, other in zip(runs[0].crossings, runs[1].crossings, strict=True):
        assert len(one[0]) == len(other[0]) >= 1
        np.testing.assert_allclose(one[0], other[0], rtol=1e-3)


def test_portable_code_is_double(decay: CompiledModel) -> None:
    table = decay.parameters(2)
    with arithmetic(True):
        one, other = (decay.run(table, TIMES, tolerance=t) for t in (SINGLE, DOUBLE))
    assert one.sha256 == other.sha256


def test_a_periodic_start_is_double() -> None:
    machine = CompiledModel(DECAY)
    inputs = np.array([[0.6]])
    starts = [
        machine.periodic_start(machine.parameters(1), inputs=inputs, tolerance=t) for t in (SINGLE, DOUBLE)
    ]
    np.testing.assert_array_equal(bits(starts[0].states), bits(starts[1].states))


def test_derivatives_are_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidCall, match="Derivatives need double precision"):
        decay.run_with_sensitivities(decay.parameters(1), TIMES, with_respect_to=["k"], tolerance=SINGLE)


@pytest.mark.parametrize("tight", [{"rtol": 1.9e-5}, {"atol": 1e-13}])
def test_a_tight_tolerance_is_refused(tight: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match="Single precision cannot reach"):
        replace(SINGLE, **tight)
    assert Tolerance(rtol=2e-5, precision="single").rtol == 2e-5


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(InvalidInput, match="precision = 'half'"):
        Tolerance(precision="half")  # type: ignore[arg-type]


def test_systems_that_differ_in_usual_sizes_share_no_code() -> None:
    """A value that is negligible beside the usual size of one system is the usual size of another."""
    for most in (1e15, 1.0):
        own = Species("x", "nM", usual=(0, most))
        machine = CompiledModel(model("sized", {own: x_0}, Flux(own >> NOTHING, first_order, k, own)))
        found = machine.run(machine.parameters(1, {"x_0": most / 2}), [0.0, 10.0], tolerance=SINGLE)
        np.testing.assert_allclose(found["x"][0, 1], most / 2 * np.exp(-3.0), rtol=1e-3)


def test_a_system_out_of_range_is_solved_in_double(
    decay: CompiledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "system_fits", lambda system: False)
    machine = CompiledModel(DECAY)
    one, other = (machine.run(machine.parameters(2), TIMES, tolerance=t) for t in (SINGLE, DOUBLE))
    assert one.sha256 == other.sha256
