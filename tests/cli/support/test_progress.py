"""The bar comes late, tells the time left, and goes when the work is over."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest

from quotidian.cli.support import progress as module
from quotidian.cli.support.progress import Bar, progress, remaining, time_left


class Terminal(io.StringIO):
    """Standard error as a terminal would be."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def wait_for(text: str, screen: Terminal) -> None:
    """Until the screen shows it; ten seconds at most."""
    until = time.monotonic() + 10.0
    while text not in screen.getvalue() and time.monotonic() < until:
        time.sleep(0.01)
    assert text in screen.getvalue()


@pytest.fixture
def terminal(monkeypatch) -> Callable[[], Terminal]:
    """Put standard error on a terminal and lose patience. To be called in the test: pytest sets it before."""

    def stand_in() -> Terminal:
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(module, "PATIENCE", 0.05)
        return screen

    return stand_in


def test_time_left_is_that_of_steady_work() -> None:
    assert remaining(0.25, 10.0) == 30.0
    assert [time_left(s) for s in (0.4, 99, 600, 9000)] == [
        "0 s left",
        "99 s left",
        "10 min left",
        "2.5 h left",
    ]


def test_long_work_shows_a_bar(terminal) -> None:
    screen = terminal()
    with progress("Working") as reach:
        reach(0.5)
        wait_for("Working", screen)
        reach(0.75)
        wait_for("75%, ", screen)
    assert " s left" in screen.getvalue()


def test_quick_work_shows_none(terminal, monkeypatch) -> None:
    screen = terminal()
    monkeypatch.setattr(module, "PATIENCE", 5.0)
    with progress("Working") as reach:
        reach(1.0)
    assert screen.getvalue() == ""


def test_no_bar_goes_into_a_file(monkeypatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.setattr(module, "Bar", lambda label: pytest.fail("a bar was made"))
    with progress("Working") as reach:
        reach(0.5)


def test_a_bar_that_comes_too_late_stays_away(terminal) -> None:
    screen = terminal()
    bar = Bar("Working")
    bar.end()
    bar.show()
    assert screen.getvalue() == ""


def test_the_bar_goes_when_the_work_fails(terminal) -> None:
    screen = terminal()
    with pytest.raises(ValueError, match="bug"), progress("Working"):
        wait_for("Working", screen)
        raise ValueError("bug")
    shown = screen.getvalue()
    time.sleep(0.3)
    assert screen.getvalue() == shown
