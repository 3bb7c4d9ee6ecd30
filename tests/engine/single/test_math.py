"""Elementary functions in single precision against 40-digit arithmetic, over the whole range of numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from llvmlite import ir
from numpy.typing import NDArray

from quotidian.engine.codegen.emitter import Emitter, counted, new_function
from quotidian.engine.codegen.number_format import FLOAT, I64, SINGLE_FORMAT
from quotidian.engine.codegen.vector_math import PortableModule
from quotidian.engine.runtime.jit import compiled, loaded

from ..test_arithmetic import AVX2, NATIVE, target, x86

Floats = NDArray[np.float32]
Function = Callable[[Floats], Floats]
UNARY = ("exp", "log", "safe_log", "sqrt", "cos", "sin", "arctan", "floor")
LANES = (1, 8, 16)
LARGEST, NORMAL = float(np.finfo(np.float32).max), 2.0**-126


def emit_probe(module: ir.Module, name: str, lanes: int) -> None:
    """``name(count, in, out)``: one function of ``count`` vectors."""
    pointer = FLOAT.as_pointer()
    function, b = new_function(module, f"{name}_{lanes}", [I64, pointer, pointer])
    count, source, into = function.args
    e = Emitter(b, lanes, SINGLE_FORMAT)
    with counted(b, count) as i:
        e.store(e.function(name)(e.load(e.item(source, i))), e.item(into, i))
    b.ret_void()


def call(address: int, lanes: int) -> Function:
    native = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)(address)

    def function(values: Floats) -> Floats:
        count = -(-len(values) // lanes)
        source, into = aligned(count * lanes), aligned(count * lanes)
        source[: len(values)] = values
        native(count, source.ctypes.data, into.ctypes.data)
        return into[: len(values)].copy()

    return function


def aligned(size: int) -> Floats:
    room = np.ones(size + 16, dtype=np.float32)
    skip = (-room.ctypes.data // 4) % 16
    return room[skip : skip + size]


def made(features: str = NATIVE, module: ir.Module | None = None) -> tuple[object, dict[str, Function]]:
    """The probes in code for a kind of processor, and what keeps them in memory."""
    module = module or ir.Module()
    for lanes in LANES:
        for name in UNARY:
            emit_probe(module, name, lanes)
    engine = loaded(compiled(str(module), target(features)))
    names = [(name, lanes) for name in UNARY for lanes in LANES]
    return engine, {f"{n}_{w}": call(engine.get_function_address(f"{n}_{w}"), w) for n, w in names}


@pytest.fixture(scope="module")
def probes() -> Iterator[dict[str, Function]]:
    engine, found = made()
    yield found
    del engine


def every(low: float, high: float, count: int = 200_000) -> Floats:
    """Numbers from ``low`` to ``high``, evenly by their bits: every exponent is there, and both ends."""
    first, last = (int(np.float32(x).view(np.int32)) for x in (low, high))
    return np.linspace(first, last, count).astype(np.int32).view(np.float32)


def both(values: Floats) -> Floats:
    return np.concatenate([values, -values])


RANGES: dict[str, Floats] = {
    "exp": np.concatenate([both(every(1e-38, 87.0)), np.linspace(-87.3, 88.3, 100_000, dtype=np.float32)]),
    "log": np.concatenate([every(NORMAL, LARGEST), every(0.5, 2.0)]),
    "safe_log": every(2.0**-120, LARGEST),
    "sqrt": every(NORMAL, LARGEST),
    "cos": both(every(1e-30, 1e6)),
    "sin": both(every(1e-30, 1e6)),
    "arctan": both(every(1e-30, LARGEST)),
    "floor": both(every(1e-30, LARGEST)),
}
EXACT = {"safe_log": np.log, "arctan": np.arctan}
ULPS = {"exp": 2.0, "log": 2.0, "safe_log": 2.0, "floor": 0.0}  # the others are rounded once from double


def ulps(found: Floats, exact: NDArray[np.float64]) -> float:
    """Largest distance from the exact value, in units in its last place."""
    unit = np.ldexp(1.0, np.maximum(np.frexp(exact)[1] - 24, -149))
    return float(np.max(np.abs(found.astype(np.float64) - exact) / unit))


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("name", UNARY)
def test_a_function_is_exact_to_two_units_in_its_last_place(
    probes: dict[str, Function], name: str, lanes: int
) -> None:
    """NumPy in double precision is exact for this purpose."""
    values = RANGES[name]
    exact = EXACT.get(name, getattr(np, name, None))(values.astype(np.float64))
    assert ulps(probes[f"{name}_{lanes}"](values), exact) <= ULPS.get(name, 0.51)


TINY = np.float32(2.0**-149)  # the smallest number there is
EDGES: dict[str, dict[float, float]] = {
    "exp": {
        0.0: 1.0, TINY: 1.0, -1e-40: 1.0, -88.0: 0.0, -LARGEST: 0.0, 88.5: np.inf, LARGEST: np.inf,
        np.inf: np.inf, -np.inf: 0.0, np.nan: np.nan,
    },
    "log": {
        0.0: -np.inf, TINY: -np.inf, 1e-39: -np.inf, NORMAL: np.log(NORMAL), 1.0: 0.0,
        -1.0: np.nan, -TINY: np.nan, np.inf: np.inf, -np.inf: np.nan, np.nan: np.nan,
    },
    "safe_log": {x: np.log(2.0**-120) for x in (0.0, -1.0, TINY, 1e-37, -np.inf)}
    | {np.inf: np.inf, np.nan: np.nan},
    "sqrt": {0.0: 0.0, TINY: 2.0**-74.5, -1.0: np.nan, np.inf: np.inf, np.nan: np.nan},
    "cos": {0.0: 1.0, TINY: 1.0, np.inf: np.nan, np.nan: np.nan},
    "sin": {0.0: 0.0, TINY: TINY, -np.inf: np.nan, np.nan: np.nan},
    "arctan": {0.0: 0.0, TINY: TINY, np.inf: np.pi / 2, -np.inf: -np.pi / 2, np.nan: np.nan},
    "floor": {-TINY: -1.0, TINY: 0.0, np.inf: np.inf, -np.inf: -np.inf, np.nan: np.nan},
}  # fmt: skip


@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("name", EDGES)
def test_the_edges_of_the_range(probes: dict[str, Function], name: str, lanes: int) -> None:
    """Zero, numbers below full precision, the largest, infinity and not-a-number."""
    found = probes[f"{name}_{lanes}"](np.array(list(EDGES[name]), dtype=np.float32))
    np.testing.assert_allclose(found, list(EDGES[name].values()), rtol=1e-7, atol=0)


def test_no_argument_is_left_out(probes: dict[str, Function]) -> None:
    """Every number there is, one in 4,096 of all: finite where NumPy is, apart from what is stated above."""
    values = np.arange(0, 2**32, 4096, dtype=np.uint64).astype(np.uint32).view(np.float32)
    for name in ("exp", "log", "sqrt"):
        found = probes[f"{name}_16"](values)
        with np.errstate(all="ignore"):
            exact = getattr(np, name)(values.astype(np.float64))
        normal = (np.abs(exact) >= NORMAL) & (np.abs(exact) < 0.7 * LARGEST)
        normal &= (values == 0) | (np.abs(values) >= NORMAL)
        assert np.isnan(found[np.isnan(exact)]).all()
        assert ulps(found[normal], exact[normal]) < 2.0


@x86
@pytest.mark.parametrize("portable", [False, True])
def test_the_bits_depend_on_neither_processor_nor_lanes(portable: bool) -> None:
    kinds = [made(features, PortableModule() if portable else ir.Module()) for features in (NATIVE, AVX2)]
    for name in UNARY:
        values = RANGES[name][::7]
        found = {p[f"{name}_{w}"](values).tobytes() for _, p in kinds for w in LANES}
        assert len(found) == 1, name
