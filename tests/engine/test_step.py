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
from quotidian.engine.codegen.rosenbrock import RODAS5P
from quotidian.engine.codegen.step import ARGUMENTS, emit_attempt
from quotidian.engine.expressions.ode_system import OdeSystem, trace
from quotidian.engine.runtime.jit import compiled, loaded
from quotidian.network import NOTHING, TIME, Covariate, Flux, Species
from quotidian.network.laws import cos

from .conftest import first_order, model
from .reference import Step, System, rosenbrock

Floats = NDArray[np.float64]
LANES = 4
APART = increments(2, LANES)
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

    def __init__(self, problem: OdeSystem) -> None:
        module = ir.Module()
        emit_attempt(module, problem, RODAS5P, LANES)
        self.engine = loaded(compiled(str(module)))
        address = self.engine.get_function_address("attempt")
        self.native = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(ARGUMENTS))(address)
        self.hoisted = len(problem.hoisted)

    def __call__(self, t: Floats, h: Floats, y: Floats, constants: Floats) -> tuple[Floats, Floats, Floats]:
        """New states, increments and scaled error; rtol 1e-3, atol 1e-4."""
        sizes = [1, 1, 2, self.hoisted, 1, 2, APART * RODAS5P.stages, 1, 1, 2, 4]
        buffers = [aligned(size) for size in sizes]
        for place, value in zip((0, 1, 2, 3, 8, 9), (t, h, y, constants, 1e-3, 1e-4), strict=True):
            buffers[place][:] = value
        self.native(*(b.ctypes.data for b in buffers))
        return buffers[5], buffers[6].reshape(RODAS5P.stages, APART, LANES)[:, :2], buffers[7][0]


def aligned(items: int) -> Floats:
    room = np.zeros(items * LANES + 8)
    skip = (-room.ctypes.data // 8) % 8
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


def norm(step: Step) -> float:
    scale = 1e-4 + 1e-3 * np.maximum(np.abs(step.begin), np.abs(step.end))
    return float(np.sqrt(np.mean((step.k[-1] / scale) ** 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_lane_without_numbers_says_so_and_keeps_to_itself(attempt: Attempt, bad: float) -> None:
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
