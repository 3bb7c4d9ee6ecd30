"""Threads: how many, who hears of progress, and how a run stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from threading import Event as Flag

import numpy as np
import pytest

from quotidian.engine import CompiledModel, Tolerance, thread_count
from quotidian.engine.runtime.threads import BLOCK, in_blocks
from quotidian.errors import Cancelled, InvalidInput

CHILDREN = 50 * BLOCK + 1


def test_the_variable_names_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTIDIAN_THREADS", "3")
    assert thread_count() == 3
    monkeypatch.setenv("QUOTIDIAN_THREADS", "")
    assert 1 <= thread_count() <= (os.cpu_count() or 1)


@pytest.mark.parametrize("bad", ["0", "-2", "two", "1.5", "²"])
def test_a_bad_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.setenv("QUOTIDIAN_THREADS", bad)
    with pytest.raises(InvalidInput) as refusal:
        thread_count()
    assert refusal.value.what == f"QUOTIDIAN_THREADS is '{bad}', which is not a number of threads."
    assert "Set QUOTIDIAN_THREADS=2" in refusal.value.remedy


@pytest.mark.parametrize("threads", [1, 3])
def test_every_subject_is_worked_on_once_and_counted(threads: int) -> None:
    done = np.zeros(CHILDREN, dtype=int)
    heard: list[int] = []

    def work(first: int, last: int) -> None:
        done[first:last] += 1

    in_blocks(work, CHILDREN, threads, heard.append)
    assert np.all(done == 1)
    assert sum(heard) == CHILDREN
    assert max(heard) <= BLOCK
    assert max(heard) - min(heard) <= 1
    assert len(heard) % threads == 0


def test_nothing_is_done_for_nobody() -> None:
    in_blocks(lambda first, last: pytest.fail("worked"), 0, 2, lambda n: pytest.fail("counted"))


def interrupted(error: type[BaseException], where: str) -> list[int]:
    """Blocks that were begun although the first of 51 was interrupted."""
    begun: list[int] = []

    def work(first: int, last: int) -> None:
        begun.append(first)
        time.sleep(0.01)
        if where == "work":
            raise error

    def progress(count: int) -> None:
        raise error

    with pytest.raises(error):
        in_blocks(work, CHILDREN, 1, progress)
    return begun


@pytest.mark.parametrize("where", ["work", "progress"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_drops_the_blocks_that_wait(error: type[BaseException], where: str) -> None:
    assert len(interrupted(error, where)) < 25


def test_a_set_flag_does_nothing_and_ends_in_cancelled(decay: CompiledModel) -> None:
    flag, heard = Flag(), []
    flag.set()
    with pytest.raises(Cancelled):
        decay.run(decay.parameters(CHILDREN), [0.0, 1.0], cancel=flag, progress=heard.append)
    assert sum(heard) == 0


def test_a_flag_set_on_the_way_stops_the_run(decay: CompiledModel) -> None:
    flag, heard = Flag(), []

    def progress(count: int) -> None:
        heard.append(count)
        flag.set()

    with pytest.raises(Cancelled):
        decay.run(
            decay.parameters(CHILDREN), [0.0, 1.0], cancel=flag, progress=progress, tolerance=SLOW, threads=1
        )
    assert sum(heard) < CHILDREN / 2


SLOW = Tolerance(
    longest_step=1e-4
)  # ten thousand steps an hour, so that a run takes long enough to be stopped


PATIENCE = 120.0  # s, so that a busy machine does not fail a test; nothing waits for it
ENDLESS = """
from quotidian.engine import CompiledModel, Tolerance
from quotidian.network import NOTHING, Covariate, Flux, InitialCondition, Model, Module, Species
from quotidian.network.flux import itself

x, v, x_0 = Species("x", "nM"), Covariate("v", "nM/h"), Covariate("x_0", "nM")
flux, start = Flux(NOTHING >> x, itself, v), InitialCondition(x, itself, x_0)
machine = CompiledModel(Model("line", "Line", (Module("line", "Line", fluxes=(flux,), starts=(start,)),)))
table = machine.parameters(64 * 2000)
finished = []
def progress(children):
    if not finished:
        print("begun", flush=True)
    finished.append(children)
try:
    machine.run(table, [0.0, 10.0], tolerance=Tolerance(longest_step=1e-4), progress=progress)
except KeyboardInterrupt:
    print("interrupted", sum(finished))
"""


def test_ctrl_c_stops_a_run_of_minutes_within_its_blocks() -> None:
    """In a process of its own, with the signal of the keyboard, once the first block is finished."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        word, finished = process.communicate(timeout=PATIENCE)[0].split()
    finally:
        process.kill()
    assert (process.returncode, word) == (0, "interrupted")
    assert int(finished) < 64 * 2000 / 2
