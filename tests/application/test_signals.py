"""Signals that end a run, and what compiled libraries make of them."""

from __future__ import annotations

import signal
import time
import weakref

import pytest

from quotidian.application.signals import stopped_like_ctrl_c
from quotidian.errors import Cancelled


def interrupted(error: Exception) -> None:
    """A signal, and an error in its place: some compiled code drops what a function it calls raises."""
    try:
        signal.raise_signal(signal.SIGTERM)
    except KeyboardInterrupt:
        raise error from None


def test_an_error_in_place_of_an_interruption_is_the_interruption() -> None:
    with pytest.raises(KeyboardInterrupt), stopped_like_ctrl_c():
        interrupted(ValueError("Invalid bounding box"))


def test_what_a_cancelled_run_keeps_is_still_told() -> None:
    with pytest.raises(Cancelled, match="kept"), stopped_like_ctrl_c():
        interrupted(Cancelled("cancelled.", "Finished parts are kept.", "Run it again."))


def test_an_error_without_a_signal_is_an_error() -> None:
    with pytest.raises(ValueError, match="box"), stopped_like_ctrl_c():
        raise ValueError("Invalid bounding box")


def test_an_interruption_in_a_callback_of_the_garbage_collector_is_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Kept:
        pass

    kept, interrupted_again = Kept(), False
    watch = weakref.ref(kept, lambda ended: signal.raise_signal(signal.SIGTERM))
    try:
        with stopped_like_ctrl_c():
            del kept
            assert watch() is None
            time.sleep(5.0)
    except KeyboardInterrupt:
        interrupted_again = True
    assert interrupted_again
    assert "Traceback" not in capsys.readouterr().err
