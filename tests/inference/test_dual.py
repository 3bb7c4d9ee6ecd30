"""Dual numbers: derivatives of formulas against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.inference.individual_model import IndividualModel

X, Y = np.array([0.7, -0.4]), np.array([1.3, 0.2])
CASES = {
    "x + y*2 - 3": (np.ones(2), 2 * np.ones(2)),
    "2 - x/y": (-1 / Y, X / Y**2),
    "exp(x)*y": (np.exp(X) * Y, np.exp(X)),
    "log(y)*x": (np.log(Y), X / Y),
    "sqrt(y)": (0 * X, 0.5 / np.sqrt(Y)),
    "3/y": (0 * X, -3 / Y**2),
    "y**3": (0 * X, 3 * Y**2),
    "2**x": (2**X * np.log(2), 0 * Y),
    "y**x": (Y**X * np.log(Y), X * Y ** (X - 1)),
    "max(x, 0.1)": ((X > 0.1).astype(float), 0 * Y),
    "min(x, y)": ((X <= Y).astype(float), (X > Y).astype(float)),
    "x*(WT > 60)": (np.array([1.0, 0.0]), 0 * Y),
}


@pytest.mark.parametrize("text", CASES)
def test_derivatives_of_formulas(text):
    model = IndividualModel.of(("x", "y"), (f"R = {text}",), ())
    found = model.evaluate(np.stack([X, Y], axis=1), {"WT": np.array([70.0, 50.0])})["R"]
    np.testing.assert_allclose(found.slope, np.stack(CASES[text], axis=1), rtol=1e-12, atol=1e-15)


def test_formulas_read_earlier_ones_and_state_what_they_depend_on():
    model = IndividualModel.of(("x", "y"), ("A = exp(x)*WT", "B = A + tv"), ("B",), fixed={"tv": 2.0})
    assert model.covariates == ("WT",)
    assert model.moves_with("B") == {0}
    assert model.reads("B") == {"X", "WT"}
    found = model.evaluate(np.zeros((1, 2)), {"WT": np.array([3.0])})
    assert found["B"].value == pytest.approx(5.0)
