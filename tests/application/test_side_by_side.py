"""Work side by side gives what it gives alone, tells how far it is, and stops together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from quotidian.application.process_pool import side_by_side
from quotidian.errors import Cancelled, OutputError, WorkerLost

SIZES = {"small": 1.0, "large": 3.0, "middle": 2.0}
PATIENCE = 30.0  # s, for a process to begin on a busy machine


def until(true: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.01)


def shouted(name: str, tell) -> str:
    for share in (0.5, 0.2, 1.0):
        tell(share)
    return name.upper()


def met(folder: Path, name: str, tell) -> int:
    """Ends only where another has begun."""
    (folder / name).touch()
    until(lambda: len(list(folder.iterdir())) == 2)
    return os.getpid()


def endless(folder: Path, name: str, tell) -> None:
    """Works until told to stop, and leaves a note that it was; the large piece fails when that has begun."""
    if name == "large":
        until((folder / "begun").exists)
        raise ValueError("lost")
    (folder / "begun").touch()
    try:
        while True:
            (folder / "pulse").touch()
            tell(0.1)
            time.sleep(0.01)
    except Cancelled:
        (folder / "interrupted").touch()
        raise


def refuses(name: str, tell) -> None:
    raise OutputError("What happened.", "The reason.", "A remedy.")


def dies(name: str, tell) -> None:
    os._exit(9)


def test_one_at_a_time_begins_with_the_largest_and_keeps_the_order_of_the_names() -> None:
    begun: list[str] = []

    def work(name: str, tell) -> str:
        begun.append(name)
        return name.upper()

    found = side_by_side(SIZES, work, 1)
    assert list(found.items()) == [("small", "SMALL"), ("large", "LARGE"), ("middle", "MIDDLE")]
    assert begun == ["large", "middle", "small"]


def test_two_are_under_way_at_once_in_processes_of_their_own(tmp_path: Path) -> None:
    found = side_by_side({"a": 1.0, "b": 1.0}, partial(met, tmp_path), 2)
    assert len({*found.values(), os.getpid()}) == 3


@pytest.mark.parametrize("lanes", [1, 2])
def test_progress_weighs_by_size_never_falls_and_ends_at_one(lanes: int) -> None:
    told: list[float] = []
    found = side_by_side(SIZES, shouted, lanes, told.append)
    assert list(found.items()) == [("small", "SMALL"), ("large", "LARGE"), ("middle", "MIDDLE")]
    assert told == sorted(told) and told[-1] == pytest.approx(1.0)
    if lanes == 1:
        assert told[0] == pytest.approx(0.25)  # half of three sixths


def test_a_failure_stops_the_others_at_their_next_word(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lost"):
        side_by_side(SIZES, partial(endless, tmp_path), 2)
    assert (tmp_path / "interrupted").exists()


@pytest.mark.parametrize("lanes", [1, 2])
def test_a_refusal_arrives_whole(lanes: int) -> None:
    with pytest.raises(OutputError) as caught:
        side_by_side(SIZES, refuses, lanes)
    told = caught.value
    assert (told.what, told.why, told.remedy) == ("What happened.", "The reason.", "A remedy.")
    assert str(told) == "What happened.\n  The reason.\n  A remedy."


def test_ctrl_c_at_the_bar_ends_all(tmp_path: Path) -> None:
    def pressed(share: float) -> None:
        if (tmp_path / "begun").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side({"a": 1.0, "b": 1.0}, partial(endless, tmp_path), 2, pressed)
    assert (tmp_path / "interrupted").exists()


def test_a_process_that_dies_is_told_with_a_remedy() -> None:
    with pytest.raises(WorkerLost, match=r"ended from outside(.|\n)*--threads 1"):
        side_by_side(SIZES, dies, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_nobody_works_on_for_a_parent_that_was_killed(tmp_path: Path) -> None:
    begin = (
        "from functools import partial; from pathlib import Path;"
        "from quotidian.application.process_pool import side_by_side;"
        "from application.test_side_by_side import endless;"
        f"side_by_side({{'a': 1.0, 'b': 1.0}}, partial(endless, Path({str(tmp_path)!r})), 2)"
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
