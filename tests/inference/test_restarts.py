"""Subjects with two modes: the lower one is found from the other side, and a fit follows one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.application.fitting.population_notes import mode_notes
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.inference.residual import Residuals
from quotidian.inference.restarts import lowest, more_probable

from .problems import observations

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TwoSided:
    """Observations u(u - 1.2) and u/8: with data 0.05 and 0.155 there are modes near -0.04 and 1.24."""

    def predict(self, who: NDArray[np.int64], u: Floats) -> Floats:
        return np.column_stack([u * (u - 1.2), u / 8])

    def linearise(self, who: NDArray[np.int64], u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        slopes = np.column_stack([2 * u - 1.2, np.full_like(u, 0.125)])[..., None]
        return self.predict(who, u), slopes[:, :, list(which)]


def test_the_lower_of_two_modes_is_found_from_the_other_side():
    data = observations(np.array([[0.05, 0.155], [0.05, 0.0]]))
    design, kinds = np.ones((2, 1, 1)), Residuals(("additive",))
    model = MixedModel(TwoSided(), data, design, np.arange(1), kinds, ((0,),))
    at = Parameters(np.zeros(1), np.eye(1), np.array([0.1]))
    first = modes(model, at)
    assert np.all(np.abs(first.eta) < 0.1)
    found = lowest(model, at, [0])
    assert abs(found[0, 0] - 1.24) < 0.05 and found[1, 0] == first.eta[1, 0]
    assert modes(model, at, found).objective[0] < first.objective[0] - 0.5
    np.testing.assert_array_equal(lowest(model, at, []), first.eta)
    followed = lowest(model, at, near=np.array([[1.2], [1.2]]))
    np.testing.assert_allclose(followed, found, atol=1e-4)
    high = lowest(model, at, near=np.array([[-0.1], [1.2]]))
    np.testing.assert_array_equal(high, first.eta)


def test_a_rejected_trial_in_which_a_mode_is_lost_does_not_change_the_objective():
    model = MixedModel(
        TwoSided(), observations(np.array([[0.05, 0.155]])), np.ones((1, 1, 1)), np.arange(1),
        Residuals(("additive",)), ((0,),),
    )  # fmt: skip
    at = Parameters(np.zeros(1), np.eye(1), np.array([0.4]))
    coordinates = Coordinates(at, np.ones(1, bool), np.zeros(1, bool), ((0,),), free_omega=False)
    function, here, lost = FoceiFunction([model], coordinates), np.array([1.3]), np.array([1.7])
    before = _followed(function, np.linspace(0.0, 1.3, 14))
    assert function(lost)[0] < before - 0.5
    assert function(here)[0] == pytest.approx(before, abs=1e-6)
    other = _followed(FoceiFunction([model], coordinates), np.linspace(1.7, 1.3, 5))
    assert other < before - 0.5


def _followed(function: FoceiFunction, course: Floats) -> float:
    """The objective at the end of a course of the typical value."""
    value = 0.0
    for x in course:
        value, _ = function(np.array([x]))
        function.keep()
    return value


def test_a_more_probable_mode_is_found_beside_that_of_a_fit():
    data = observations(np.array([[0.05, 0.155], [0.05, 0.0]]))
    kinds = Residuals(("additive",))
    model = MixedModel(TwoSided(), data, np.ones((2, 1, 1)), np.arange(1), kinds, ((0,),))
    at = Parameters(np.zeros(1), np.eye(1), np.array([0.1]))
    eta = modes(model, at).eta
    found = more_probable(model, at, eta)
    assert abs(found[0, 0] - 1.24) < 0.05 and found[1, 0] == eta[1, 0]
    (note,) = mode_notes(model, at, eta, ("7", "8"), "focei")
    assert note.startswith("Subject 7 has more probable random effects") and "lower" in note
    assert mode_notes(model, at, found, ("7", "8"), "focei") == []
