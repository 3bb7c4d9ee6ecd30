"""One child's course on one screen: a row a day, a week, four weeks or a year, whichever fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.cli.support.console import console

if TYPE_CHECKING:
    from quotidian.simulation import SimulationResult

Floats = NDArray[np.float64]

LENGTHS = ((14, 1), (26 * 7, 7), (104 * 7, 28))
"""Longest course (days) and the days of its rows; longer courses have rows of 52 weeks."""

HIGHEST = frozenset({"temperature"})
"""Summarised by their peak; all others by their mean."""


def show(
    result: SimulationResult,
    units: dict[str, str],
    titles: Sequence[str] = ("",),
    members: Floats | None = None,
) -> None:
    """Print the digest of each subject below its title; ``units`` by name of observable.

    ``members`` [member, subject, time, observable] are courses with other values; their central 95 % follows
    each number.
    """
    for subject, title in enumerate(titles):
        _show(result, units, subject, title, None if members is None else members[:, subject])


def _show(
    result: SimulationResult, units: dict[str, str], subject: int, title: str, members: Floats | None
) -> None:
    from rich.table import Table

    from quotidian.reports.wording import significant

    table = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    table.add_column("days", justify="right")
    for name in result.names:
        kind = "highest" if name in HIGHEST else "mean"
        table.add_column(f"{name}\n{kind}\n{units[name]}", justify="right")
    days, names = result.times / 24.0, result.names
    others = [list(digest(days, one, names)) for one in ([] if members is None else members)]
    for row, (span, cells) in enumerate(digest(days, result.values[subject], names)):
        texts = [significant(cell, 3) for cell in cells]
        if others:
            ends = np.quantile([one[row][1] for one in others], (0.025, 0.975), axis=0).T
            spans = [f" ({significant(low, 3)}–{significant(high, 3)})" for low, high in ends.tolist()]
            texts = [text + span for text, span in zip(texts, spans, strict=True)]
        table.add_row(span, *texts)
    console().print(table)


def digest(days: Floats, values: Floats, names: tuple[str, ...]) -> Iterator[tuple[str, list[float]]]:
    """For each stretch of days the days, counted from 1, and the mean or peak of each observable.

    Parameters
    ----------
    days : [time] day, from 0. values : [time, observable]; the instant that ends the last day is left out.
    """
    end = max(1, math.ceil(days[-1] - 1e-9))
    length = next((row for most, row in LENGTHS if end <= most), 364)
    for first in range(0, end, length):
        after = min(first + length, end)
        within = values[(days >= first - 1e-9) & (days < after - 1e-9)]
        if len(within):
            cells = np.where([name in HIGHEST for name in names], within.max(axis=0), within.mean(axis=0))
            yield f"{first + 1}" + (f" to {after}" if after > first + 1 else ""), [float(c) for c in cells]
