"""Derivatives of a periodic start, against a closed form and against differences of tight starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quotidian.engine import CompiledModel, Directions, PeriodicStart, Tolerance
from quotidian.engine.steady_state.periodic_tangents import solved
from quotidian.models import model as model_named
from quotidian.network.model_reduction import narrowed

from .conftest import bits
from .test_periodic_orbit import CHAIN, FAST, GROWN, MADE, SLOW, TIGHT, chain_at

EXACT = Tolerance(rtol=1e-9, atol=1e-11)


def test_a_chain_by_its_closed_form() -> None:
    """The slow pool turns over in 120 days: after one day it shows 1/120 of its derivative."""
    table = CHAIN.parameters(2)
    at = CHAIN.periodic_start(table, start=8.0, tolerance=TIGHT, accuracy=1e-9)
    by = ("made", "k_y", "x_0")
    found = CHAIN.periodic_start_tangents(table, at, with_respect_to=by, start=8.0, tolerance=TIGHT)
    x, y = chain_at(8.0)
    change = 1e-4 * SLOW
    ends = (CHAIN.periodic_start(CHAIN.parameters(1, {"k_y": k}), start=8.0, tolerance=TIGHT, accuracy=1e-9)
            for k in (SLOW - change, SLOW + change))  # fmt: skip
    low, high = (end.states[0] for end in ends)
    exact = [[x / MADE, y / MADE], (high - low) / (2 * change), [0.0, 0.0]]
    np.testing.assert_allclose(np.asarray(found.states)[0], exact, rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(np.asarray(found.states)[0, 1, 1], -MADE / SLOW**2, rtol=1e-3)
    np.testing.assert_array_equal(bits(np.asarray(found.states)[0]), bits(np.asarray(found.states)[1]))


def test_a_run_goes_on_from_it() -> None:
    """What a run from the start shows moves as the start's closed form does, at any hour."""
    table = CHAIN.parameters(1)
    at = CHAIN.periodic_start(table, tolerance=TIGHT, accuracy=1e-9)
    d = CHAIN.periodic_start_tangents(table, at, with_respect_to=("made",), tolerance=TIGHT)
    run = CHAIN.run_with_sensitivities(
        table, [0.0, 7.0, 100.0], with_respect_to=d, states=at.states, tolerance=TIGHT
    )
    exact = [chain_at(t)[1] / MADE for t in (0.0, 7.0, 100.0)]
    np.testing.assert_allclose(run["y", "made"][0], exact, rtol=1e-6)


def test_the_disease_by_differences() -> None:
    """The states that CRP and haemoglobin need, by the severity."""
    slim = CompiledModel(narrowed(model_named("sjia"), ("crp", "haemoglobin")))
    held = tuple(name for name in GROWN if name in slim.ode_system.states)

    def settled(severity: float) -> PeriodicStart:
        table = slim.parameters(1, {"severity": severity})
        return slim.periodic_start(table, except_states=held, tolerance=EXACT, accuracy=1e-9)

    at, low, high = (settled(severity) for severity in (1.0, 1 - 2e-4, 1 + 2e-4))
    found = slim.periodic_start_tangents(
        slim.parameters(1), at, with_respect_to=("severity",), except_states=held, tolerance=EXACT
    )
    slope = (high.states[0] - low.states[0]) / 4e-4
    usual = np.abs(slope) + np.abs(at.states[0]) + 1e-6 * np.array(slim.ode_system.scales)
    off = np.abs(np.asarray(found.states)[0, 0] - slope) / usual
    assert off.max() < 1e-5
    assert (np.abs(slope) > 0.1 * np.abs(at.states[0])).sum() >= 5


def test_a_start_that_was_not_found_has_no_derivative() -> None:
    table = CHAIN.parameters(2)
    at = CHAIN.periodic_start(table)
    lost = replace(at, converged=np.array([True, False]))
    states = np.asarray(CHAIN.periodic_start_tangents(table, lost, with_respect_to=("made",)).states)
    assert np.isfinite(states[0]).all() and np.isnan(states[1]).all()


def test_directions_may_be_of_any_kind() -> None:
    """Twice one parameter less another is twice its derivative less that of the other."""
    table = CHAIN.parameters(1)
    at = CHAIN.periodic_start(table, tolerance=TIGHT, accuracy=1e-9)
    names = CHAIN.ode_system.parameters
    seeds = 2.0 * (np.array(names) == "made") - (np.array(names) == "k_x")
    mixed = CHAIN.periodic_start_tangents(
        table, at, with_respect_to=Directions(("mixed",), seeds), tolerance=TIGHT
    )
    apart = CHAIN.periodic_start_tangents(table, at, with_respect_to=("made", "k_x"), tolerance=TIGHT)
    one, other = np.asarray(apart.states)[0]
    np.testing.assert_allclose(np.asarray(mixed.states)[0, 0], 2 * one - other, rtol=1e-9)
    assert abs(other[0]) > MADE / FAST


def test_elimination_exchanges_rows_and_shows_a_singular_matrix() -> None:
    matrix = np.array([[[0.0, 2.0], [3.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
    found = solved(matrix, np.tile([[[2.0], [5.0]]], (2, 1, 1)))
    np.testing.assert_allclose(found[0, :, 0], [4 / 3, 1.0])
    assert not np.isfinite(found[1]).all()
