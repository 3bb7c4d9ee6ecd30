"""Portable code gives the same bits on every processor, fused code on every one that can run it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest

from quotidian.engine import (
    SWITCH,
    CompiledModel,
    Events,
    Outcome,
    Tolerance,
    Trigger,
    arithmetic,
    is_portable,
)
from quotidian.engine.codegen.integrate import emit_integrator
from quotidian.engine.codegen.rosenbrock import RODAS5P
from quotidian.engine.expressions.ode_system import trace
from quotidian.engine.runtime import jit
from quotidian.models import model

from .test_step import MODEL

NATIVE = "native"
SSE2, AVX2 = "+sse2,-avx", "+avx2,+fma,-avx512f"
FUSING = ((AVX2, 4), (AVX2, 1), (NATIVE, 8), (NATIVE, 2))
ANY = (*FUSING, (SSE2, 2), (SSE2, 1))
x86 = pytest.mark.skipif(
    not llvm.get_host_cpu_features().get("avx2", False), reason="the processor has no AVX2"
)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QUOTIDIAN_CACHE", str(tmp_path))
    yield


def target(features: str) -> llvm.TargetMachine:
    """A target machine of this processor, or of the plainest one with some features."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    named = llvm.get_host_cpu_name() if features == NATIVE else "x86-64"
    has = llvm.get_host_cpu_features().flatten() if features == NATIVE else features
    return llvm.Target.from_default_triple().create_target_machine(cpu=named, features=has, opt=3, jit=True)


DOUBLE, SINGLE = Tolerance(), Tolerance(rtol=1e-4, atol=1e-6, precision="single")


def hashed(
    name: str, features: str, lanes: int, portable: bool, monkeypatch: pytest.MonkeyPatch,
    tolerance: Tolerance = DOUBLE,
) -> str:  # fmt: skip
    """Checksum of every number of a run on a kind of processor, with so many subjects side by side."""
    monkeypatch.setattr(jit, "_target", lambda: target(features))
    monkeypatch.setattr(jit, "lanes", lambda: lanes)
    monkeypatch.setattr(jit, "_ready", {})
    monkeypatch.setattr(jit, "_key", lambda fingerprint: f"{fingerprint} {features} {lanes}")
    with arithmetic(portable):
        return SUBJECTS[name](tolerance).sha256


def hunt(tolerance: Tolerance) -> Outcome:
    """Five hunts at once, for two or four lanes too many, with a crossing that is located."""
    machine = CompiledModel(MODEL)
    table = machine.parameters(5, {"a": np.linspace(0.3, 0.5, 5), "p_0": 1.0, "h_0": 0.5})
    return machine.run(table, np.linspace(0.0, 40.0, 9), triggers=[Trigger("prey", 2.0)], tolerance=tolerance)


def disease(tolerance: Tolerance) -> Outcome:
    """Three children with systemic JIA, of whom one is treated."""
    machine = CompiledModel(model("sjia"))
    table = machine.parameters(3, {"severity": np.array([0.7, 1.0, 1.4])})
    drug = machine.ode_system.inputs.index("tocilizumab_infusion")
    events = Events.of([[(5.0, SWITCH, drug, 200.0), (6.0, SWITCH, drug, 0.0)], [], []])
    return machine.run(table, np.arange(0.0, 60.0, 6.0), events=events, tolerance=tolerance)


SUBJECTS = {"hunt": hunt, "disease": disease}


@x86
def test_bits_depend_on_neither_processor_nor_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    portable = {hashed("hunt", *kind, True, monkeypatch) for kind in ANY}
    fused = {hashed("hunt", *kind, False, monkeypatch) for kind in FUSING}
    assert len(portable) == len(fused) == 1
    assert portable != fused, "the hash sees the last place"


@x86
def test_a_child_has_the_same_bits_on_the_plainest_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ((NATIVE, 8), (AVX2, 4), (SSE2, 1))
    assert len({hashed("disease", *kind, True, monkeypatch) for kind in kinds}) == 1


@x86
@pytest.mark.parametrize("name", SUBJECTS)
def test_single_precision_has_the_same_bits_on_every_processor_that_fuses(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = FUSING if name == "hunt" else FUSING[::2]
    found = {hashed(name, *kind, False, monkeypatch, SINGLE) for kind in kinds}
    assert len(found) == 1
    double = replace(SINGLE, precision="double")
    assert found != {hashed(name, *FUSING[0], False, monkeypatch, double)}


def test_derivatives_too_have_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    def slopes(lanes: int) -> bytes:
        monkeypatch.setattr(jit, "lanes", lambda: lanes)
        monkeypatch.setattr(jit, "_ready", {})
        machine = CompiledModel(MODEL)
        table = machine.parameters(3, {"a": np.linspace(0.3, 0.5, 3), "p_0": 1.0, "h_0": 0.5})
        with arithmetic(True):
            found = machine.run_with_sensitivities(table, [0.0, 9.0], with_respect_to=["a", "w"])
        return found.values.tobytes()

    assert slopes(1) == slopes(4) == slopes(8)


def test_the_arithmetic_holds_within_its_block_alone() -> None:
    assert not is_portable()
    with arithmetic(True):
        assert is_portable()
        with arithmetic(False):
            assert not is_portable()
    assert not is_portable()


def test_no_operation_may_be_rewritten_by_the_compiler() -> None:
    """Neither kind of code carries a flag, and portable code no fused operation."""
    system = trace(MODEL)
    flags = (" contract ", " nsz ", " arcp ", " fast ", " reassoc ", " nnan ", " ninf ")
    fused, portable = (emit_integrator(system, RODAS5P, 4, way) for way in (False, True))
    assert not any(flag in text for flag in flags for text in (fused, portable))
    assert "llvm.fma" in fused and "llvm.fma" not in portable and "fmuladd" not in fused + portable
