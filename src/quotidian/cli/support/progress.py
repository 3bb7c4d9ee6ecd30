"""A bar with the time left, for work that takes longer than two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 2.0
"""Seconds of work before the bar appears."""

STEPS = 1000
"""Steps of the bar."""


class Bar:
    """A progress bar that appears once ``PATIENCE`` is over.

    Until the first fraction is reported it only shows that work is going on.
    """

    def __init__(self, label: str) -> None:
        self.label, self.fraction, self.over = label, 0.0, False
        self._began = perf_counter()
        self._lock = Lock()
        self._shown: Progress | None = None
        self._timer = Timer(PATIENCE, self.show)
        self._timer.daemon = True
        self._timer.start()

    def reach(self, fraction: float) -> None:
        """The work is done up to ``fraction``, from 0 to 1."""
        with self._lock:
            self.fraction = fraction
            if self._shown is not None:
                self._update(self._shown)

    def show(self) -> None:
        """Draw the bar on standard error, unless the work is over."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
        with self._lock:
            if self.over:
                return
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._shown.add_task(self.label, total=None, left="")
            self._update(self._shown)
            self._shown.start()

    def end(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with self._lock:
            self.over = True
            if self._shown is not None:
                self._shown.stop()

    def _update(self, shown: Progress) -> None:
        if self.fraction > 0.0:
            left = time_left(remaining(self.fraction, perf_counter() - self._began))
            done = round(STEPS * self.fraction)
            shown.update(shown.task_ids[0], total=STEPS, completed=done, left=f"{self.fraction:.0%}, {left}")


def remaining(fraction: float, elapsed: float) -> float:
    r"""Seconds left if the work goes on as it went. :math:`r = e (1 - f) / f`"""
    return elapsed * (1.0 - fraction) / fraction


def time_left(seconds: float) -> str:
    """``40 s left``, ``3 min left``, ``2.5 h left``."""
    if seconds < 100:
        return f"{seconds:.0f} s left"
    return f"{seconds / 60:.0f} min left" if seconds < 6000 else f"{seconds / 3600:.1f} h left"


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """A function that takes the fraction done so far; on anything but a terminal it shows nothing."""
    if not sys.stderr.isatty():
        yield lambda fraction: None
        return
    bar = Bar(label)
    try:
        yield bar.reach
    finally:
        bar.end()
