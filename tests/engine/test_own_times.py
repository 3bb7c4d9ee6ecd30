"""Output times of each subject, and outputs that an event records: closed forms, derivatives, refusals."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from quotidian.engine import ADD, RAMP, RECORD, SWITCH, CompiledModel, Events, Tolerance
from quotidian.errors import InvalidCall
from quotidian.network import NOTHING, Covariate, Flux, InitialCondition, Model, Module, Observable, Species
from quotidian.network.flux import itself

from .conftest import inflow, model, x, x_0

INF = np.inf
K, DOSE = 0.1, 10.0
TIGHT = Tolerance(rtol=1e-10, atol=1e-10)


@pytest.fixture(scope="module")
def decay() -> CompiledModel:
    x, k, x_0 = Species("x", "nM"), Covariate("k", "1/h"), Covariate("x_0", "nM")

    def lost(k: float, x: float) -> float:
        return k * x

    module = Module(
        "decay",
        "Decay",
        fluxes=(Flux(x >> NOTHING, lost, k, x),),
        starts=(InitialCondition(x, itself, x_0),),
        observables=(Observable("level", "nM", "x", itself, x),),
    )
    return CompiledModel(Model("decay", "Decay", (module,)))


def dose(time: float) -> list[tuple[float, int, int, float]]:
    return [(time, ADD, 0, DOSE), (time, RECORD, 0, 0.0)]


@pytest.fixture(scope="module")
def inflows() -> CompiledModel:
    """x' = inflow."""
    return CompiledModel(model("filling", {x: x_0}, Flux(NOTHING >> x, itself, inflow)))


OWN = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]])
TIMES = np.array([[0.0, INF, 2.0, 5.0], [1.0, 3.0, INF, INF], [4.0, INF, INF, 9.0]])
EVENTS = Events.of([dose(0.0), dose(1.0)[:1], [(0.0, ADD, 0, DOSE), *dose(4.0), (4.0, RECORD, 0, 0.0)]])


def test_each_subject_has_its_own_times_and_records_after_its_doses(decay: CompiledModel) -> None:
    run = decay.run(
        decay.parameters(3, {"k": K, "x_0": 0.0}), TIMES, events=EVENTS, start=0.0, end=10.0, tolerance=TIGHT
    )
    left = DOSE * np.exp(-K * 4)
    right = np.array(
        [
            [0.0, DOSE, DOSE * np.exp(-K * 2), DOSE * np.exp(-K * 5)],
            [0.0, DOSE * np.exp(-K * 2), np.nan, np.nan],
            [left, left + DOSE, left + DOSE, (left + DOSE) * np.exp(-K * 5)],
        ]
    )
    np.testing.assert_allclose(run["level"], right, rtol=1e-8)


def test_derivatives_follow_a_subjects_own_times(decay: CompiledModel) -> None:
    run = decay.run_with_sensitivities(
        decay.parameters(3, {"k": K, "x_0": 0.0}), TIMES, with_respect_to=["k"], events=EVENTS, start=0.0,
        end=10.0, tolerance=TIGHT,
    )  # fmt: skip
    slope = run.values[0, 0, :, 0]
    np.testing.assert_allclose(
        slope, [0.0, 0.0, -2 * DOSE * np.exp(-K * 2), -5 * DOSE * np.exp(-K * 5)], 1e-7
    )


def test_a_subject_alone_has_the_bits_it_has_in_company(decay: CompiledModel) -> None:
    table = decay.parameters(3, {"k": K, "x_0": 0.0})
    all_ = decay.run(table, TIMES, events=EVENTS, start=0.0, end=10.0)
    alone = decay.run(table[2:], TIMES[2:], events=Events.of([
        [(0.0, ADD, 0, DOSE), *dose(4.0), (4.0, RECORD, 0, 0.0)]
    ]), start=0.0, end=10.0)  # fmt: skip
    assert all_.values[2].tobytes() == alone.values[0].tobytes()


@pytest.mark.parametrize("precision", ["double", "single"])
def test_times_stay_with_their_subjects_where_some_are_solved_apart(
    inflows: CompiledModel, precision: Literal["double", "single"]
) -> None:
    """A ramp, and in single precision a value out of range, are solved by code of their own."""
    events = Events.of([[(0.0, SWITCH, 0, 1e-30)], [(0.0, RAMP, 0, 0.1)], [(0.0, SWITCH, 0, 0.1)]])
    run = inflows.run(
        inflows.parameters(3, {"x_0": 0.0}), OWN, events=events, start=0.0, end=10.0,
        tolerance=Tolerance(1e-4, precision=precision),
    )  # fmt: skip
    np.testing.assert_array_equal(run.times, OWN)
    exact = [np.zeros(3), 0.1 * OWN[1] ** 2 / 2, 0.1 * OWN[2]]
    np.testing.assert_allclose(run["x"], exact, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([2.0, 1.0, 3.0, 4.0], "Output time 1 of subject 1 is 1 h"),
        ([0.0, np.nan, 3.0, 4.0], "Output time 1 of subject 1 is nan h"),
        ([-1.0, 1.0, 3.0, 4.0], "Output time 0 of subject 1 is -1 h"),
        ([0.0, 1.0, INF, 11.0], "Output time 3 of subject 1 is 11 h"),
        ([5.0, INF, 3.0, 4.0], "Output time 2 of subject 1 is 3 h"),
    ],
)
def test_times_out_of_order_are_refused(decay: CompiledModel, row: list[float], words: str) -> None:
    times = np.array([TIMES[0], row, TIMES[2]])
    with pytest.raises(InvalidCall, match=words):
        decay.run(decay.parameters(3), times, start=0.0, end=10.0)


def test_times_of_another_number_of_subjects_are_refused(decay: CompiledModel) -> None:
    with pytest.raises(InvalidCall, match="output times for 2 subjects of 3"):
        decay.run(decay.parameters(3), TIMES[:2], start=0.0, end=10.0)
