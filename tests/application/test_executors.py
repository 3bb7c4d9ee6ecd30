"""Every executor gives the same results, reports progress, and stops all items at the first failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from quotidian.application.executors import Executor, Here, WorkList, in_order, run_all
from quotidian.application.process_executor import Processes
from quotidian.errors import Cancelled, OutputError, WorkerLost

SIZES = {"small": 1.0, "large": 3.0, "middle": 2.0}
NAMES = list(SIZES)
PATIENCE = 30.0  # s, for a process to begin on a busy machine


def computed(sizes: dict[str, float], work, workers: int, progress=None) -> dict[str, object]:
    """Results by name, on one process or several."""
    executor: Executor = Here() if workers == 1 else Processes(workers)
    jobs: WorkList[str, object] = WorkList(work, list(sizes), list(sizes.values()))
    return dict(zip(sizes, run_all(executor, jobs, progress), strict=True))


def until(true: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.01)


def shouted(name: str, report) -> str:
    for share in (0.5, 0.2, 1.0):
        report(share)
    return name.upper()


def met(folder: Path, name: str, report) -> int:
    """Ends only where another has begun."""
    (folder / name).touch()
    until(lambda: len(list(folder.iterdir())) == 2)
    return os.getpid()


def endless(folder: Path, name: str, report) -> None:
    """Work until stopped, and record that; the large item fails when that has begun."""
    if name == "large":
        until((folder / "begun").exists)
        raise ValueError("lost")
    (folder / "begun").touch()
    try:
        while True:
            (folder / "pulse").touch()
            report(0.1)
            time.sleep(0.01)
    except Cancelled:
        (folder / "interrupted").touch()
        raise


def refuses(name: str, report) -> None:
    raise OutputError("What happened.", "The reason.", "A remedy.")


def dies(name: str, report) -> None:
    os._exit(9)


def test_one_at_a_time_begins_with_the_largest_and_keeps_the_order_of_the_names() -> None:
    begun: list[str] = []

    def work(name: str, report) -> str:
        begun.append(name)
        return name.upper()

    found = computed(SIZES, work, 1)
    assert list(found.items()) == [("small", "SMALL"), ("large", "LARGE"), ("middle", "MIDDLE")]
    assert begun == ["large", "middle", "small"]


def test_two_are_under_way_at_once_in_processes_of_their_own(tmp_path: Path) -> None:
    found = computed({"a": 1.0, "b": 1.0}, partial(met, tmp_path), 2)
    assert len({*found.values(), os.getpid()}) == 3


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_weighs_by_size_never_falls_and_ends_at_one(workers: int) -> None:
    reported: list[float] = []
    found = computed(SIZES, shouted, workers, reported.append)
    assert list(found.items()) == [("small", "SMALL"), ("large", "LARGE"), ("middle", "MIDDLE")]
    assert reported == sorted(reported) and reported[-1] == pytest.approx(1.0)
    if workers == 1:
        assert reported[0] == pytest.approx(0.25)  # half of three sixths


def test_a_failure_stops_the_others_at_their_next_report(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lost"):
        computed(SIZES, partial(endless, tmp_path), 2)
    assert (tmp_path / "interrupted").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_refusal_arrives_whole(workers: int) -> None:
    with pytest.raises(OutputError) as caught:
        computed(SIZES, refuses, workers)
    error = caught.value
    assert (error.what, error.why, error.remedy) == ("What happened.", "The reason.", "A remedy.")
    assert str(error) == "What happened.\n  The reason.\n  A remedy."


def test_ctrl_c_at_the_bar_ends_all(tmp_path: Path) -> None:
    def pressed(share: float) -> None:
        if (tmp_path / "begun").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        computed({"a": 1.0, "b": 1.0}, partial(endless, tmp_path), 2, pressed)
    assert (tmp_path / "interrupted").exists()


def test_a_process_that_dies_is_reported_with_a_remedy() -> None:
    with pytest.raises(WorkerLost, match=r"terminated by the system(.|\n)*--threads 1"):
        computed(SIZES, dies, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_nobody_works_on_for_a_parent_that_was_killed(tmp_path: Path) -> None:
    begin = (
        "from functools import partial; from pathlib import Path;"
        "from application.test_executors import computed, endless;"
        f"computed({{'a': 1.0, 'b': 1.0}}, partial(endless, Path({str(tmp_path)!r})), 2)"
    )
    tests = str(Path(__file__).parents[1])
    path = os.pathsep.join([tests, *filter(None, [os.environ.get("PYTHONPATH")])])
    parent = subprocess.Popen(
        [sys.executable, "-c", begin], env=os.environ | {"PYTHONPATH": path}, stderr=subprocess.DEVNULL
    )
    until((tmp_path / "pulse").exists)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: time.time() - (tmp_path / "pulse").stat().st_mtime > 1.0)
    assert not (tmp_path / "interrupted").exists()


def test_results_come_in_the_order_of_the_items() -> None:
    finished = (pair for pair in [(2, "c"), (0, "a"), (1, "b"), (3, "d")])
    assert list(in_order(finished)) == ["a", "b", "c", "d"]


def test_a_result_is_let_go_before_the_next_item_is_computed() -> None:
    alive: list[weakref.ref[set[str]]] = []

    def work(name: str, report) -> set[str]:
        assert not any(one() for one in alive)
        result = {name}
        alive.append(weakref.ref(result))
        return result

    for _, found in Here().run(WorkList(work, NAMES)):
        del found
    assert len(alive) == 3
