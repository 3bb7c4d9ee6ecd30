"""A run beyond memory is refused before anything is allocated, with both numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.engine import CompiledModel
from quotidian.engine.runtime import memory
from quotidian.errors import StudyTooLarge


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that says it has 4 096 kB left."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       16384 kB\nMemFree:           64 kB\nMemAvailable:    4096 kB\n")
    monkeypatch.setattr(memory, "MEMINFO", meminfo)


def test_bytes_are_those_of_the_outputs_and_of_each_subject() -> None:
    assert memory.bytes_needed(10, 100, 3) == 8 * 10 * 100 * 3
    assert memory.bytes_needed(10, 100, 3, others=20) == 8 * 10 * (100 * 3 + 20)


def test_a_run_beyond_memory_is_refused(small: None, decay: CompiledModel) -> None:
    with pytest.raises(StudyTooLarge) as refusal:
        decay.run(decay.parameters(1000), np.linspace(0, 1, 1001))
    assert refusal.value.what == "This run would need 8.07 MB of memory; 4.19 MB are available."
    assert "Reduce subjects, times or observables" in refusal.value.remedy


def test_a_run_within_memory_is_not(small: None, decay: CompiledModel) -> None:
    assert not decay.run(decay.parameters(100), np.linspace(0, 1, 101)).failures


def test_a_system_that_does_not_say_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "nothing")
    assert memory.bytes_available() is None
    memory.refuse_beyond_memory(10**18)


def test_a_system_without_the_line_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB\n")
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    assert memory.bytes_available() is None


@pytest.mark.skipif(not memory.MEMINFO.exists(), reason="this system does not tell")
def test_this_system_says_what_it_has() -> None:
    available = memory.bytes_available()
    assert available is not None
    assert 2**20 < available < 2**50
