"""Robertson's reaction: three species, rates eleven orders of magnitude apart, time to 1e11."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.engine import CompiledModel, Tolerance
from quotidian.network import Covariate, Flux, Species

from .conftest import first_order, machine, second_order

A, B, C = Species("A", "nM"), Species("B", "nM"), Species("C", "nM")
k_1, k_2, k_3 = Covariate("k_1", "1/h"), Covariate("k_2", "1/nM/h"), Covariate("k_3", "1/nM/h")
A_0, B_0, C_0 = (Covariate(name, "nM") for name in ("A_0", "B_0", "C_0"))
VALUES = {"k_1": 0.04, "k_2": 3e7, "k_3": 1e4, "A_0": 1.0, "B_0": 0.0, "C_0": 0.0}

# F. Mazzia, C. Magherini, Test set for initial value problem solvers, release 2.4 (2008): problem ROBER
REFERENCE = [0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050]


@pytest.fixture(scope="module")
def robertson() -> CompiledModel:
    return machine(
        "robertson",
        {A: A_0, B: B_0, C: C_0},
        Flux(A >> B, first_order, k_1, A),
        Flux(B + B >> B + C, second_order, k_2, B, B),
        Flux(B + C >> A + C, second_order, k_3, B, C),
    )


def test_it_arrives_at_its_reference(robertson: CompiledModel) -> None:
    tolerance = Tolerance(rtol=1e-8, atol=1e-18, first_step=1e-6, longest_step=1e12)
    outcome = robertson.run(
        robertson.parameters(1, VALUES), np.concatenate([[0.0], np.logspace(-5, 11, 17)]), tolerance=tolerance
    )
    assert not outcome.failures
    np.testing.assert_allclose(outcome.values[0, -1], REFERENCE, rtol=1e-6)
    np.testing.assert_allclose(outcome.values[0].sum(axis=1), 1.0, rtol=1e-12)
    assert outcome.accepted[0] < 1500
