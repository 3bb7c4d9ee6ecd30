"""The whole sJIA model with an infusion against SciPy's Radau on the model read with plain floats."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from quotidian.engine import SWITCH, CompiledModel, Outcome, Tolerance
from quotidian.models import model
from quotidian.network.model import ModelValues

Floats = NDArray[np.float64]
DRUG, WEIGHT = "tocilizumab_infusion", 20.0
DOSES = [(0.0, 0.0), (9.0, 12.0 * WEIGHT), (10.0, 0.0)]  # hour, mg/h: 12 mg/kg over an hour
END = 96.0
TIMES = np.arange(0.0, END + 1, 2.0)


@pytest.fixture(scope="module")
def machine() -> CompiledModel:
    return CompiledModel(model("sjia"))


class Referee:
    """Another solver, another reading of the laws; nothing is shared with the engine but the model."""

    def __init__(self) -> None:
        self.model = model("sjia")
        self.names = [s.name for s in self.model.species]
        self.moving = ["time", DRUG, *self.names]
        resting = {i.name: i.resting for i in self.model.inputs.values()}
        self.fixed = self.model.constants | resting | {"body_weight": WEIGHT}
        symbols = {name: sympy.Symbol(name) for name in self.moving}
        rates = self.model.evaluate(self.fixed | symbols).rates
        # the laws as one function of plain floats: a hundred times faster than a call for each of them
        self.plain = sympy.lambdify(list(symbols.values()), [rates[n] for n in self.names], "math", cse=True)

    def read(self, t: float, rate: float, y: Floats) -> ModelValues:
        return self.model.evaluate(self.fixed | dict(zip(self.moving, [t, rate, *y.tolist()], strict=True)))

    def start(self) -> Floats:
        starts = self.read(0.0, 0.0, np.ones(len(self.names))).initial_values
        return np.array([starts[n] for n in self.names], dtype=float)

    def states(self) -> Floats:
        """[time, state], restarted at every discontinuity."""
        y = self.start()
        usual = np.array([s.usual[1] for s in self.model.species])
        found = {0.0: y}
        for (begin, rate), (end, _) in pairwise([*DOSES, (END, 0.0)]):
            inside = TIMES[np.greater(TIMES, begin) & np.less_equal(TIMES, end)]
            times = np.unique([*inside, end])
            rates = partial(lambda rate, t, y: np.array(self.plain(t, rate, *y.tolist())), rate)
            solved = solve_ivp(rates, (begin, end), y, "Radau", times, rtol=1e-10, atol=1e-12 * usual)
            assert solved.success
            found |= dict(zip(solved.t.tolist(), solved.y.T, strict=True))
            y = solved.y[:, -1]
        return np.array([found[t] for t in TIMES])

    def observables(self, states: Floats, names: tuple[str, ...]) -> Floats:
        """[time, observable]: none of them reads the infusion."""
        read = [self.read(t, 0.0, y).observables for t, y in zip(TIMES, states, strict=True)]
        return np.array([[row[n] for n in names] for row in read])


def test_the_referee_reads_the_model_as_it_stands() -> None:
    referee = Referee()
    y = referee.start() * np.random.default_rng(2).uniform(0.5, 1.5, len(referee.names)) + 1e-3
    one_by_one = referee.read(31.7, 200.0, y).rates
    np.testing.assert_allclose(
        referee.plain(31.7, 200.0, *y.tolist()),
        [one_by_one[n] for n in referee.names],
        rtol=1e-11,
        atol=1e-13,
    )


def run(machine: CompiledModel, tolerance: Tolerance) -> Outcome:
    drug = DRUG
    events = machine.events([[(t, SWITCH, drug, rate) for t, rate in DOSES]])
    outcome = machine.run(
        machine.parameters(1, {"body_weight": WEIGHT}), TIMES, events=events, tolerance=tolerance
    )
    assert not outcome.failures
    return outcome


@pytest.fixture(scope="module")
def wanted(machine: CompiledModel) -> Floats:
    referee = Referee()
    return referee.observables(referee.states(), machine.ode_system.observables)


@pytest.mark.parametrize(
    ("tolerance", "allowed"), [(Tolerance(), 1e-4), (Tolerance(rtol=1e-8, atol=1e-10), 1e-6)]
)
def test_every_observable_is_the_referees(
    machine: CompiledModel, wanted: Floats, tolerance: Tolerance, allowed: float
) -> None:
    """Relative to each observable, or to a thousandth of its largest value where it is smaller."""
    found = run(machine, tolerance).values[0]
    size = np.maximum(np.abs(wanted), 1e-3 * np.abs(wanted).max(axis=0) + 1e-12)
    assert np.abs(found - wanted).max() > 0
    assert (np.abs(found - wanted) / size).max() < allowed
    assert np.ptp(wanted[:, machine.ode_system.observables.index("tocilizumab")]) > 100  # the drug came


def test_few_steps_are_rejected(machine: CompiledModel) -> None:
    """A rhythm drives the model; the controller must not answer it with steps it cannot keep."""
    outcome = run(machine, Tolerance())
    assert outcome.rejected[0] / outcome.accepted[0] < 0.1
