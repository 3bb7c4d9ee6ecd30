"""libRoadRunner as the referee, and what a comparison of two courses is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DATA = Path(__file__).with_name("data")
TIGHT = 1e-10
"""Relative tolerance of the referee's CVODE; its absolute one lies far below every value compared."""


@pytest.fixture(scope="session")
def referee() -> Callable[[str, Sequence[str], ArrayLike], Floats]:
    """Solve an SBML text with libRoadRunner; values [time, selection]."""
    roadrunner = pytest.importorskip("roadrunner", reason="libRoadRunner has no wheel for this Python")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)

    def solve(sbml: str, selections: Sequence[str], times: ArrayLike) -> Floats:
        solver = roadrunner.RoadRunner(sbml)
        solver.integrator.relative_tolerance = TIGHT
        solver.integrator.absolute_tolerance = 1e-16
        solver.integrator.maximum_num_steps = 1_000_000
        solver.timeCourseSelections = ["time", *selections]
        return np.array(solver.simulate(times=list(np.asarray(times, dtype=float))))[:, 1:]

    return solve


def difference(ours: ArrayLike, theirs: ArrayLike) -> float:
    """The largest relative difference; below a millionth of a column's largest value, relative to that."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    floor = 1e-6 * np.max(np.abs(b), axis=0, initial=1e-300)
    assert a.shape == b.shape and np.all(np.isfinite(a)) and np.all(np.isfinite(b))
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), floor + 1e-300)))


@pytest.fixture
def worst() -> Callable[[ArrayLike, ArrayLike], float]:
    """See :func:`difference`."""
    return difference


@pytest.fixture(scope="session")
def two_spaces() -> Path:
    """The small model of our own: every kind of element that is read, solvable by hand."""
    return DATA / "two_spaces.xml"


@pytest.fixture(scope="session")
def sbml() -> Callable[[str], str]:
    """An SBML text from Antimony, in which a small model is written quickly."""
    import antimony

    def translate(text: str) -> str:
        antimony.clearPreviousLoads()
        assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
        return str(antimony.getSBMLString(None))

    return translate
