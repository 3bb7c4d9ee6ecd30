"""Signals that end a run: Ctrl-C, the end of the terminal (SIGHUP), and a request to stop (SIGTERM)."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

from quotidian.errors import Cancelled

STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
ECHO = 2.0
"""Seconds in which a further signal is the same request: ``timeout`` signals a process and its group."""
AGAIN = 0.02
"""Seconds after which a signal is repeated if Python dropped the interruption."""


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does: files under way are removed, workers are stopped.

    A signal that is ignored (``nohup``) remains ignored. A further signal within ``ECHO`` does not interrupt
    the clean-up. Compiled libraries that call Python can replace the interruption by an error of their own:
    an error that leaves the block after a signal is the interruption. Python drops what a callback of the
    garbage collector raises: an interruption that arrives in one is repeated. In another thread than the
    first nothing changes.
    """
    latest = float("-inf")

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal latest
        earlier, latest = latest, monotonic()
        if latest - earlier >= ECHO:
            raise KeyboardInterrupt

    def repeat() -> None:
        nonlocal latest
        latest = float("-inf")
        _signal_main_thread(signal.SIGINT)

    with _handled(stop, keep_ignored=True), _dropped_interruptions(repeat):
        try:
            yield
        except Exception as error:
            if latest == float("-inf") or isinstance(error, Cancelled):
                raise
            raise KeyboardInterrupt from error


@contextmanager
def _dropped_interruptions(repeat: Callable[[], None]) -> Iterator[None]:
    """Call ``repeat`` soon after each interruption that Python drops within the block."""
    before = sys.unraisablehook
    timers: list[threading.Timer] = []

    def hook(dropped: sys.UnraisableHookArgs) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            before(dropped)
            return
        timers.append(threading.Timer(AGAIN, repeat))
        timers[-1].daemon = True
        timers[-1].start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before
        for timer in timers:
            timer.cancel()


def _signal_main_thread(number: signal.Signals) -> None:
    if hasattr(signal, "pthread_kill"):  # also ends a wait of the main thread
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        signal.raise_signal(number)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """A signal that arrives within the block acts at its end, so that no lock in it remains taken."""
    held: list[int] = []
    with _handled(lambda number, frame: held.append(number), keep_ignored=True):
        yield
    if held:
        signal.raise_signal(held[0])


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Start processes that ignore these signals; this process receives them and stops the others."""
    with _handled(signal.SIG_IGN, keep_ignored=False):
        yield


@contextmanager
def _handled(
    handler: Callable[[int, FrameType | None], Any] | signal.Handlers, keep_ignored: bool
) -> Iterator[None]:
    """Another handler of the stopping signals within the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOPPING}
    changed = {
        number: old
        for number, old in before.items()
        if old is not None and not (keep_ignored and old == signal.SIG_IGN)
    }
    for number in changed:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in changed.items():
            signal.signal(number, old)
