"""Validate the tables and times of a run before it starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall, InvalidInput

Floats = NDArray[np.float64]


def finite_table(what: str, table: ArrayLike, subjects: int | None, names: Sequence[str]) -> Floats:
    """A private contiguous copy [subject, name] of ``table``.

    Raises InvalidCall for another shape, InvalidInput for a value that is not finite, by name and subject.
    """
    copy = np.array(table, dtype=np.float64, order="C")
    wanted = f"{'subjects' if subjects is None else subjects} x {len(names)}"
    if copy.ndim != 2 or copy.shape[1] != len(names) or subjects not in (None, len(copy)):
        raise InvalidCall(
            f"The {what} table has the shape {' x '.join(map(str, copy.shape)) or 'of one number'}.",
            f"It must be {wanted}: a row for each subject, columns {', '.join(names) or 'none'}.",
            "Build it with CompiledModel.parameters, or pass on what an earlier outcome holds.",
        )
    bad = np.argwhere(~np.isfinite(copy))
    if len(bad):
        subject, column = bad[0]
        raise InvalidInput(
            f"{what.capitalize()} '{names[column]}' of subject {subject} is {copy[subject, column]}.",
            f"{len(bad)} value{'s' if len(bad) > 1 else ''} of the table cannot be used.",
            "Give a finite number; look for a division by zero or a missing value in its source.",
        )
    return copy


def ordered_times(times: ArrayLike, start: float | None, end: float | None) -> tuple[Floats, float, float]:
    """Check output times, start and end (h), and fill in the defaults.

    Raises InvalidCall for times that are not finite, descend, or lie outside the span.
    """
    hours = np.ascontiguousarray(times, dtype=np.float64)
    if hours.ndim == 2 and start is not None and end is not None:
        return own_times(hours, float(start), float(end))
    if hours.ndim != 1 or (not len(hours) and (start is None or end is None)):
        raise InvalidCall(
            "The run has neither output times nor a span.",
            f"Times have the shape {hours.shape}; start is {start}, end is {end}.",
            "Give a list of times (h), or both start and end.",
        )
    t0 = float(hours[0]) if start is None else float(start)
    t1 = float(hours[-1]) if end is None else float(end)
    if not (np.isfinite(t0) and np.isfinite(t1) and t1 >= t0):
        raise InvalidCall(
            f"A run cannot extend from {t0:g} to {t1:g} h.",
            "Both must be finite, and the end must not be before the start.",
            "Give an end after the start.",
        )
    if not np.all(np.isfinite(hours)) or np.any(np.diff(hours) < 0) or np.any((hours < t0) | (hours > t1)):
        raise InvalidCall(
            "Output times must ascend and lie within the span of the run.",
            f"The run goes from {t0:g} to {t1:g} h; times go from {hours.min():g} to {hours.max():g} h.",
            "Sort the times, or widen the span.",
        )
    return hours, t0, t1


def own_times(hours: Floats, start: float, end: float) -> tuple[Floats, float, float]:
    """Output times of each subject, [subject, time] in h; infinite ones are left to events, or never due.

    Raises InvalidCall for a span that is none, times that are not numbers, descend, or lie outside the span.
    """
    if not (np.isfinite(start) and np.isfinite(end) and end >= start):
        raise InvalidCall(
            f"A run cannot extend from {start:g} to {end:g} h.",
            "Both must be finite, and the end must not be before the start.",
            "Give an end after the start.",
        )
    due = np.where(np.isposinf(hours), -np.inf, hours)
    latest = np.maximum.accumulate(due, axis=1, dtype=np.float64) if hours.size else due
    bad = (
        np.isnan(hours)
        | (np.isfinite(due) & ((due < latest) | (due < start) | (due > end)))
        | np.isneginf(hours)
    )
    if bad.any():
        subject, place = np.argwhere(bad)[0]
        raise InvalidCall(
            f"Output time {place} of subject {subject} is {hours[subject, place]:g} h.",
            f"Times of a subject ascend from {start:g} to {end:g} h; infinite ones fill its row.",
            "Sort the times, or widen the span.",
        )
    return hours, start, end
