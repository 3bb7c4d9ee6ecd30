"""Elementary functions of the machine code against 40-digit arithmetic, scalar and vector."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import mpmath
import numpy as np
import pytest
from llvmlite import ir
from numpy.typing import NDArray

from quotidian.engine.codegen.emitter import POINTER, Emitter, new_function
from quotidian.engine.codegen.number_format import I64
from quotidian.engine.expressions.graph import Graph
from quotidian.engine.runtime.jit import compiled, loaded

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
UNARY = ("exp", "log", "safe_log", "sqrt", "cos", "sin", "arctan")
NAMES = {"safe_log": "log", "arctan": "atan"}
POWERS = (0.4, 1.4, 2.5, -0.75, 0.5)
LANES = (1, 4, 8)


def emit_probe(module: ir.Module, name: str, lanes: int, power: float | None) -> None:
    """``name(count, in, out)``: one function of ``count`` vectors."""
    function, b = new_function(module, f"{name}_{lanes}", [I64, POINTER, POINTER])
    count, source, target = function.args
    entry, loop, done = b.block, b.append_basic_block(), b.append_basic_block()
    b.branch(loop)
    b.position_at_end(loop)
    i = b.phi(I64)
    i.add_incoming(I64(0), entry)
    place = b.mul(i, I64(lanes))
    e = Emitter(b, lanes)
    x = e.load(b.gep(source, [place]))
    e.store(e.function(name)(x) if power is None else raised(e, x, power), b.gep(target, [place]))
    following = b.add(i, I64(1))
    i.add_incoming(following, b.block)
    b.cbranch(b.icmp_signed("<", following, count), loop, done)
    b.position_at_end(done)
    b.ret_void()


def raised(e: Emitter, x: ir.Value, power: float) -> ir.Value:
    graph = Graph()
    base = graph.symbol("x")
    return e.evaluate([base**power], {base.serial: x})[0]


def call(address: int, lanes: int) -> Function:
    native = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)(address)

    def function(values: Floats) -> Floats:
        count = -(-len(values) // lanes)
        source, target = aligned(count * lanes), aligned(count * lanes)
        source[: len(values)] = values
        native(count, source.ctypes.data, target.ctypes.data)
        return target[: len(values)].copy()

    return function


def aligned(size: int) -> Floats:
    """Ones at an address that vectors may be loaded from."""
    room = np.ones(size + 16)
    skip = (-room.ctypes.data // 8) % 8
    return room[skip : skip + size]


@pytest.fixture(scope="module")
def probes() -> Iterator[dict[tuple[str, int], Function]]:
    module = ir.Module()
    names = dict.fromkeys(UNARY) | {f"power{i}": p for i, p in enumerate(POWERS)}
    for lanes in LANES:
        for name, power in names.items():
            emit_probe(module, name, lanes, power)
    engine = loaded(compiled(str(module)))
    yield {(n, w): call(engine.get_function_address(f"{n}_{w}"), w) for n in names for w in LANES}


def ulps(found: Floats, exact: list[mpmath.mpf]) -> Floats:
    """Distance from the exact value, in units in its last place."""
    pairs = zip(found.tolist(), exact, strict=True)
    return np.array([float(abs(f - e) / np.spacing(abs(float(e)))) for f, e in pairs])


def spread(low: float, high: float, count: int = 1500) -> Floats:
    return np.random.default_rng(7).uniform(low, high, count)


def sizes(low: float, high: float, count: int = 1500) -> Floats:
    return 10.0 ** spread(np.log10(low), np.log10(high), count)


RANGES: dict[str, Floats] = {
    "exp": np.concatenate([spread(-708, 709), spread(-1, 1), [0.0, -0.0, 1e-300, -1e-9]]),
    "log": np.concatenate(
        [sizes(1e-300, 1e300), spread(0.5, 2.0), [1.0, np.nextafter(1, 2), np.nextafter(1, 0)]]
    ),
    "safe_log": np.concatenate([sizes(1e-299, 1e300), spread(0.9, 1.1)]),
    "sqrt": np.concatenate([sizes(1e-300, 1e300), [0.0, 1.0, 4.0]]),
    "cos": np.concatenate(
        [spread(-10, 10), spread(-1e6, 1e6), np.arange(-200, 200) * np.pi / 2, [0.0, 2.0**19]]
    ),
    "sin": np.concatenate([spread(-10, 10), spread(-1e6, 1e6), np.arange(1, 200) * np.pi / 2, [1e-300]]),
    "arctan": np.concatenate([spread(-10, 10), spread(-1, 1), sizes(1e-300, 1e300), [0.0, 1.0, -1.0]]),
}


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("name", UNARY)
def test_a_function_is_exact_to_two_units_in_the_last_place(
    probes: dict[tuple[str, int], Function], name: str, lanes: int
) -> None:
    found = probes[name, lanes](RANGES[name])
    with mpmath.workdps(40):
        exact = [getattr(mpmath, NAMES.get(name, name))(mpmath.mpf(float(v))) for v in RANGES[name]]
        assert ulps(found, exact).max() < 2.0


def test_the_clock_of_a_long_run_keeps_time(probes: dict[tuple[str, int], Function]) -> None:
    """A daily rhythm after a million hours, 114 years."""
    hours = np.concatenate([spread(0, 1e6), [1e6]])
    angles = 2 * np.pi * (hours - 17.0) / 24.0
    found = probes["cos", 4](angles)
    with mpmath.workdps(40):
        assert ulps(found, [mpmath.cos(mpmath.mpf(float(a))) for a in angles]).max() < 2.0


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("number", range(len(POWERS)))
def test_a_power_loses_no_more_than_its_logarithm_is_large(
    probes: dict[tuple[str, int], Function], number: int, lanes: int
) -> None:
    """The rounding of n ln x becomes, in the power, up to twice |n ln x| units: 1e-14 for a base of 1e6."""
    n, bases = POWERS[number], np.concatenate([sizes(1e-12, 1e12), spread(0.5, 2)])
    found = probes[f"power{number}", lanes](bases)
    with mpmath.workdps(40):
        exact = [mpmath.mpf(float(x)) ** mpmath.mpf(n) for x in bases]
        allowed = 2.0 + 2.0 * np.abs(n * np.log(bases))
        assert np.max(ulps(found, exact) / allowed) < 1.0


def test_a_power_of_nothing_or_less_is_nothing(probes: dict[tuple[str, int], Function]) -> None:
    bases = np.array([0.0, -0.0, -1e-12, -5.0])
    for number in (1, 2):  # 1.4, 2.5
        for lanes in LANES:
            np.testing.assert_array_equal(probes[f"power{number}", lanes](bases), 0.0)


EDGES = {
    "exp": {-1e308: 0.0, -800.0: 0.0, 710.0: np.inf, np.inf: np.inf, -np.inf: 0.0, np.nan: np.nan},
    "log": {0.0: -np.inf, -1.0: np.nan, np.inf: np.inf, np.nan: np.nan},
    "safe_log": {0.0: np.log(1e-300), -1.0: np.log(1e-300), np.inf: np.inf, np.nan: np.nan},
    "sqrt": {-1.0: np.nan, np.inf: np.inf, np.nan: np.nan},
    "cos": {np.nan: np.nan, np.inf: np.nan},
    "sin": {np.nan: np.nan, -np.inf: np.nan},
}


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("name", EDGES)
def test_what_is_no_number_shows(probes: dict[tuple[str, int], Function], name: str, lanes: int) -> None:
    found = probes[name, lanes](np.array(list(EDGES[name])))
    np.testing.assert_allclose(found, list(EDGES[name].values()), rtol=1e-15)


@pytest.mark.parametrize("name", UNARY)
def test_every_lane_and_width_gives_the_same_bits(probes: dict[tuple[str, int], Function], name: str) -> None:
    values = RANGES[name]
    first = probes[name, 1](values).view(np.int64)
    for lanes in (4, 8):
        for shift in range(lanes):
            moved = probes[name, lanes](np.roll(values, shift))
            np.testing.assert_array_equal(np.roll(moved, -shift).view(np.int64), first)
