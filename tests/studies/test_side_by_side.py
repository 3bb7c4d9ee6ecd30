"""Work side by side gives what it gives alone, tells how far it is, and stops together."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from quotidian.studies.side_by_side import side_by_side

SIZES = {"small": 1.0, "large": 3.0, "middle": 2.0}


def test_results_keep_the_order_of_the_names_and_the_largest_comes_first() -> None:
    begun: list[str] = []

    def work(name: str, tell) -> str:
        begun.append(name)
        return name.upper()

    found = side_by_side(SIZES, work, 1)
    assert list(found.items()) == [("small", "SMALL"), ("large", "LARGE"), ("middle", "MIDDLE")]
    assert begun == ["large", "middle", "small"]


def test_two_are_under_way_at_once() -> None:
    both = Barrier(2, timeout=30)  # neither passes alone
    side_by_side({"a": 1.0, "b": 1.0}, lambda name, tell: both.wait(), 2)


def test_progress_weighs_by_size_never_falls_and_ends_at_one() -> None:
    told: list[float] = []

    def work(name: str, tell) -> None:
        for share in (0.5, 0.2, 1.0):
            tell(share)

    side_by_side(SIZES, work, 2, told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(1.0)


def test_a_failure_stops_the_others_at_their_next_word() -> None:
    under_way, interrupted = Event(), Event()

    def work(name: str, tell) -> None:
        if name == "large":
            under_way.wait(30)
            raise ValueError("lost")
        under_way.set()
        try:
            for _ in range(3000):
                tell(0.1)
                Event().wait(0.01)
        except KeyboardInterrupt:
            interrupted.set()
            raise

    with pytest.raises(ValueError, match="lost"):
        side_by_side(SIZES, work, 2)
    assert interrupted.is_set()


def test_ctrl_c_at_the_bar_ends_all() -> None:
    def pressed(share: float) -> None:
        raise KeyboardInterrupt

    def work(name: str, tell) -> None:
        for _ in range(3000):
            tell(0.1)
            Event().wait(0.01)

    with pytest.raises(KeyboardInterrupt):
        side_by_side(SIZES, work, 2, pressed)
