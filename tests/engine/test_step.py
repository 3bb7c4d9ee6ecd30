"""The emitted step against the same step in NumPy, on a network that uses every part of it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from llvmlite import ir
from numpy.typing import NDArray

from quotidian.engine.codegen.memory_layout import increments
from quotidian.engine.codegen.number_format import DOUBLE_FORMAT, SINGLE_FORMAT, NumberFormat
from quotidian.engine.codegen.rosenbrock import RODAS5P
from quotidian.engine.codegen.step import ARGUMENTS, NARROW, emit_attempt
from quotidian.engine.expressions.ode_system import OdeSystem, trace
from quotidian.engine.runtime.jit import compiled, loaded
from quotidian.network import NOTHING, TIME, Covariate, Flux, Species
from quotidian.network.laws import cos

from .conftest import first_order, model
from .reference import Step, System, rosenbrock

Floats = NDArray[np.float64]
LANES = 4
APART = {number.suffix: increments(2, number.size * LANES) for number in (DOUBLE_FORMAT, SINGLE_FORMAT)}
prey, hunter = Species("prey", "nM"), Species("hunter", "nM")
a, p_0, h_0 = Covariate("a", "1/nM/h", typical=0.4), Covariate("p_0", "nM"), Covariate("h_0", "nM")
w = Covariate("w", "1/h", typical=0.7)


def season(w: Any, t: Any, x: Any) -> Any:
    r"""Grows with the season, :math:`v = w (1 + \cos w t) x`"""
    return w * (1 + cos(w * t)) * x


def eaten(a: Any, x: Any, y: Any) -> Any:
    r"""Eaten, :math:`v = a x y`"""
    return a * x * y


MODEL = model(
    "hunt",
    {prey: p_0, hunter: h_0},
    Flux(NOTHING >> prey, season, w, TIME, prey),
    Flux(prey >> hunter, eaten, a, prey, hunter),
    Flux(hunter >> NOTHING, first_order, w, hunter),
)


def system(a: float, w: float) -> System:
    return System(
        f=lambda t, y: np.array(
            [w * (1 + np.cos(w * t)) * y[0] - a * y[0] * y[1], a * y[0] * y[1] - w * y[1]]
        ),
        jacobian=lambda t, y: np.array(
            [[w * (1 + np.cos(w * t)) - a * y[1], -a * y[0]], [a * y[1], a * y[0] - w]]
        ),
        drift=lambda t, y: np.array([-w * w * np.sin(w * t) * y[0], 0.0]),
    )


class Attempt:
    """The compiled step and its buffers [item, lane]."""

    def __init__(self, problem: OdeSystem, number: NumberFormat = DOUBLE_FORMAT) -> None:
        module = ir.Module()
        emit_attempt(module, problem, RODAS5P, LANES, number=number)
        self.engine = loaded(compiled(str(module)))
        address = self.engine.get_function_address("attempt")
        self.names = (*ARGUMENTS, *(() if number is DOUBLE_FORMAT else ("c_single",)))
        self.native = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(self.names))(address)
        self.hoisted, self.apart = len(problem.hoisted), APART[number.suffix]
        self.types = dict.fromkeys(NARROW, np.float32) if number is SINGLE_FORMAT else {}

    def __call__(self, t: Floats, h: Floats, y: Floats, constants: Floats) -> tuple[Floats, Floats, Floats]:
        """New states, increments and scaled error; rtol 1e-3, atol 1e-4."""
        given = {"t": t, "h": h, "y": y, "c": constants, "c_single": constants, "rtol": 1e-3, "atol": 1e-4}
        items = {"y": 2, "c": self.hoisted, "c_single": self.hoisted, "new": 2, "atol": 2, "w": 4}
        items["k"] = self.apart * RODAS5P.stages
        at = {x: aligned(items.get(x, 1), self.types.get(x, np.float64)) for x in self.names}
        for name in given.keys() & at.keys():
            at[name][:] = given[name]
        self.native(*(buffer.ctypes.data for buffer in at.values()))
        k = at["k"].reshape(RODAS5P.stages, self.apart, LANES)[:, :2]
        return at["new"], k, at["error"][0]


def aligned(items: int, kind: Any = np.float64) -> Any:
    room = np.zeros(items * LANES + 16, dtype=kind)
    skip = (-room.ctypes.data % 64) // room.itemsize
    return room[skip : skip + items * LANES].reshape(items, LANES)


@pytest.fixture(scope="module")
def attempt() -> Iterator[Attempt]:
    yield Attempt(trace(MODEL))


def hoisted(problem: OdeSystem, a: Floats, w: Floats) -> Floats:
    """Here no law combines constants, so what is hoisted is the constants themselves."""
    values = {"a": a, "w": w}
    return np.array([values[str(node.value)] for node in problem.hoisted])


def test_four_lanes_take_four_different_steps(attempt: Attempt) -> None:
    t, h = np.array([0.0, 1.0, 7.5, 300.0]), np.array([0.1, 0.5, 0.01, 1.0])
    y = np.array([[1.0, 2.0, 0.5, 3.0], [0.5, 0.1, 1.5, 1.0]])
    a, w = np.array([0.4, 0.1, 1.0, 0.3]), np.array([0.7, 0.2, 2.0, 0.26])
    new, k, error = attempt(t, h, y, hoisted(trace(MODEL), a, w))
    for lane in range(LANES):
        wanted = rosenbrock(RODAS5P, system(a[lane], w[lane]), t[lane], y[:, lane], h[lane])
        np.testing.assert_allclose(new[:, lane], wanted.end, rtol=1e-13)
        np.testing.assert_allclose(k[:, :, lane], wanted.k, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(error[lane], norm(wanted), rtol=1e-3, atol=1e-9)


def test_a_step_in_single_precision_is_that_in_double(attempt: Attempt) -> None:
    """Each lane its own step: increments to the precision of their sums, the state far better."""
    problem = trace(MODEL)
    single = Attempt(problem, SINGLE_FORMAT)
    t, h = np.array([0.0, 1.0, 7.5, 1e6]), np.array([0.1, 0.5, 0.01, 1.0])
    y = np.array([[1.0, 2.0, 0.5, 3.0], [0.5, 0.1, 1.5, 1.0]])
    constants = hoisted(problem, np.array([0.4, 0.1, 1.0, 0.3]), np.array([0.7, 0.2, 2.0, 0.26]))
    (new, k, error), (new_1, k_1, error_1) = (f(t, h, y, constants) for f in (attempt, single))
    assert k_1.dtype == np.float32 and new_1.dtype == np.float64
    np.testing.assert_allclose(new_1 - y, new - y, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(k_1, k, rtol=1e-5, atol=2e-6)
    np.testing.assert_allclose(error_1, error, rtol=1e-2, atol=2e-3)
    assert np.any(new_1 != new)


def norm(step: Step) -> float:
    scale = 1e-4 + 1e-3 * np.maximum(np.abs(step.begin), np.abs(step.end))
    return float(np.sqrt(np.mean((step.k[-1] / scale) ** 2)))


@pytest.mark.parametrize("number", [DOUBLE_FORMAT, SINGLE_FORMAT])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_lane_without_numbers_says_so_and_keeps_to_itself(bad: float, number: NumberFormat) -> None:
    attempt = Attempt(trace(MODEL), number)
    t, h, a = np.zeros(LANES), np.full(LANES, 0.1), np.ones(LANES)
    y = np.ones((2, LANES))
    table = hoisted(trace(MODEL), a, a)
    new, _, error = attempt(t, h, y, table)
    y[0, 2] = bad
    others, _, marked = attempt(t, h, y, table)
    assert np.isnan(marked[2])
    clean = [0, 1, 3]
    np.testing.assert_array_equal(others[:, clean].view(np.int64), new[:, clean].view(np.int64))
    np.testing.assert_array_equal(marked[clean].view(np.int64), error[clean].view(np.int64))
