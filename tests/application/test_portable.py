"""A portable trial: the checksum of its numbers does not depend on the processor, and is stated."""

from __future__ import annotations

from pathlib import Path

import llvmlite.binding as llvm
import pytest

from quotidian.application.trial_archive import RESULTS, trial_manifest
from quotidian.application.trial_run import TrialOutcome, published_trial, run_trial
from quotidian.engine import is_portable
from quotidian.engine.runtime import jit
from quotidian.reports.report import write_report
from quotidian.simulation import compiled_models


def woo(portable: bool, threads: int = 1) -> TrialOutcome:
    """The smallest trial, in two replicates."""
    return run_trial(published_trial("woo-2005", 2, 1, portable=portable), threads=threads)


@pytest.fixture(scope="module")
def here() -> TrialOutcome:
    return woo(portable=True)


def forget() -> None:
    """No model is compiled."""
    compiled_models._KEPT.clear()


@pytest.mark.skipif(not llvm.get_host_cpu_features().get("avx2", False), reason="the processor has no AVX2")
def test_another_processor_gives_the_same_numbers(
    here: TrialOutcome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Code for the plainest processor, one child at a time."""

    def plainest() -> llvm.TargetMachine:
        target = llvm.Target.from_default_triple()
        return target.create_target_machine(cpu="x86-64", features="", opt=3, jit=True)

    monkeypatch.setattr(jit, "_target", plainest)
    monkeypatch.setattr(jit, "lanes", lambda: 1)
    monkeypatch.setattr(jit, "_ready", {})
    monkeypatch.setenv("QUOTIDIAN_CACHE", str(tmp_path))
    forget()
    there = woo(portable=True)
    forget()
    assert there.result.provenance["numbers_sha256"] == here.result.provenance["numbers_sha256"]


def test_fused_numbers_are_others_and_threads_do_not_matter(here: TrialOutcome) -> None:
    again, fused = woo(portable=True, threads=2), woo(portable=False)
    assert again.result.provenance["numbers_sha256"] == here.result.provenance["numbers_sha256"]
    assert fused.result.provenance["numbers_sha256"] != here.result.provenance["numbers_sha256"]
    assert fused.result.provenance["arithmetic"] == "fused"
    assert not is_portable()


def test_report_and_manifest_state_the_checksum(here: TrialOutcome, tmp_path: Path) -> None:
    checksum = here.result.provenance["numbers_sha256"]
    for name in RESULTS:
        (tmp_path / name).write_text("")
    write_report(here.result, tmp_path / "report.html")
    found = trial_manifest(here.result, tmp_path)
    assert (found["numbers_sha256"], found["arithmetic"]) == (checksum, "portable")
    assert found["command"] == "quotidian trial woo-2005 --replicates 2 --seed 1 --portable"
    assert found["identity"]["request"]["arithmetic"] == "portable"
    assert checksum in (tmp_path / "report.html").read_text()
