"""HIRES, OREGO, POLLU and Van der Pol arrive where the published test set says.

The references were checked besides with SciPy's Radau at a relative tolerance of 1e-11: it agrees with each
of them to 5e-12 or better.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Tolerance

from .conftest import machine
from .stiff_problems import PROBLEMS, Problem

Floats = NDArray[np.float64]
TIGHT, WITHIN = 1e-8, 1e-7  # relative tolerance, and the relative difference allowed there
STEPS = {"hires": 1000, "orego": 3700, "pollu": 530, "vanderpol": 2700}  # a tenth more than it took


@pytest.fixture(scope="module", params=PROBLEMS, ids=[make.__name__ for make in PROBLEMS])
def case(request: pytest.FixtureRequest) -> tuple[Problem, CompiledModel]:
    problem: Problem = request.param()
    return problem, machine(problem.name, problem.starts, *problem.fluxes)


def arrival(case: tuple[Problem, CompiledModel], rtol: float, **overrides: float) -> tuple[Floats, int]:
    """Values at the end, in the order of the reference, and the steps taken."""
    problem, solver = case
    tolerance = Tolerance(rtol=rtol, atol=problem.floor, first_step=1e-10, longest_step=1e4)
    outcome = solver.run(solver.parameters(1, overrides), [0.0, problem.end], tolerance=tolerance)
    assert not outcome.failures
    return np.array([outcome[s.name][0, -1] for s in problem.starts]), int(outcome.accepted[0])


def difference(found: Floats, problem: Problem) -> float:
    """Largest relative difference from the reference."""
    return float(np.abs(found / np.array(problem.reference) - 1).max())


def test_it_arrives_at_its_reference(case: tuple[Problem, CompiledModel]) -> None:
    found, steps = arrival(case, TIGHT)
    assert difference(found, case[0]) < WITHIN
    assert steps < STEPS[case[0].name]


def test_it_comes_closer_as_the_tolerance_tightens(case: tuple[Problem, CompiledModel]) -> None:
    rtols = (1e-4, 1e-6, 1e-8, 1e-10)
    errors = [difference(arrival(case, rtol)[0], case[0]) for rtol in rtols]
    assert np.all(np.array(errors) < [3e-4, 3e-6, 3e-8, 3e-10])
    assert errors == sorted(errors, reverse=True)


def test_another_constant_leads_elsewhere(case: tuple[Problem, CompiledModel]) -> None:
    """A thousandth more of a rate constant (of time itself, where laws share one) and it is missed."""
    name = next(n for n in ("k_1", "w") if n in case[1].ode_system.parameters)
    value = case[1].model.constants[name]
    assert difference(arrival(case, TIGHT, **{name: value * 1.001})[0], case[0]) > 100 * WITHIN
