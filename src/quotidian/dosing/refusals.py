"""Checks of regimens: what is refused, with its reason and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from operator import index
from typing import Protocol

from quotidian.dosing.durations import in_words
from quotidian.errors import RegimenError

MOST_DOSES = 100_000
"""Most doses of one count. Assumed; it is one dose an hour for eleven years."""


class DoseSequence(Protocol):
    """What the checks need to know of a regimen."""

    @property
    def endless(self) -> bool:
        """Whether doses go on for ever."""

    @property
    def numbered(self) -> bool:
        """Whether "the second dose" has one meaning."""

    def given(self) -> Iterator[tuple[float, object]]:
        """Every dose with its time in hours, in order of time."""


def refuse_endless(regimen: DoseSequence, fate: str, remedy: str) -> None:
    """Refuse an operation that needs a last dose.

    Raises
    ------
    RegimenError : the regimen is endless.
    """
    if regimen.endless:
        why = "It has no last dose from which to continue."
        raise RegimenError(f"a regimen without end cannot be {fate}.", why, f"Give it an end: {remedy}.")


def refuse_ambiguous(regimen: DoseSequence) -> None:
    """Refuse to number the doses of regimens given in parallel.

    Raises
    ------
    RegimenError : the doses have no single numbering.
    """
    if not regimen.numbered:
        raise RegimenError(
            "doses given in parallel have no single numbering.",
            "The second dose could belong to any part.",
            "Count or omit doses in each part first, then combine the parts.",
        )


def refuse_fewer(regimen: DoseSequence, n: int) -> None:
    """Refuse a dose number beyond the last.

    Raises
    ------
    RegimenError : the regimen ends before its dose number ``n``.
    """
    if regimen.endless or (there := sum(1 for _ in regimen.given())) >= n:
        return
    raise RegimenError(
        f"there is no dose number {n}.",
        f"The regimen gives {there} dose{'' if there == 1 else 's'} in all.",
        "Lower the number, or repeat the dose first, for example with .every('14 day').",
    )


def refuse_count(n: int) -> None:
    """Refuse a number of doses that is out of range.

    Raises
    ------
    RegimenError : ``n`` is not from 1 to :data:`MOST_DOSES`.
    """
    if not (isinstance(n, int) and 1 <= n <= MOST_DOSES):
        why = f"It must lie from 1 to {MOST_DOSES}."
        raise RegimenError(f"a count of {n!r} doses is refused.", why, "Write for example .times(6).")


def dose_numbers(doses: object) -> tuple[int, ...]:
    """The numbers of some doses, in order, each once. Raises RegimenError for what lists no whole numbers."""
    listed = isinstance(doses, Iterable) and not isinstance(doses, str | bytes)
    with suppress(TypeError):
        if listed:
            return tuple(sorted({index(one) for one in doses}))  # type: ignore[attr-defined]
    raise RegimenError(
        f"the doses to omit cannot be {doses!r}.",
        "They are a list of whole numbers; the first dose is number 1.",
        "Write for example .without([3]).",
    )


def refuse_misnumbered(numbers: tuple[int, ...]) -> None:
    """Refuse an empty list of missed doses, or a number before the first dose.

    Raises
    ------
    RegimenError : no number, or a number below 1 (``numbers`` are in order).
    """
    if not numbers or numbers[0] < 1:
        raise RegimenError(
            "the doses to omit are not valid.",
            "Doses are numbered from 1; name at least one.",
            "Write for example .without(doses=[2, 3]).",
        )


def refuse_empty(regimen: DoseSequence) -> None:
    """Refuse to count from the last dose of a regimen that gives nothing.

    Raises
    ------
    RegimenError : there is no dose.
    """
    if next(regimen.given(), None) is None:
        why = "The first of the two regimens gives nothing."
        remedy = "Delay the second instead, with .starting('28 day')."
        raise RegimenError("there is no last dose to count from.", why, remedy)


def refuse_overlap(block: DoseSequence, interval_h: float) -> None:
    """Refuse to repeat an empty block, or one that is longer than the interval.

    Raises
    ------
    RegimenError : no dose, or first and last dose an interval or more apart.
    """
    times = [time for time, _ in block.given()]
    if not times:
        raise RegimenError("there is no dose to repeat.", "The regimen gives nothing.", "Start from a dose.")
    if (span := times[-1] - times[0]) >= interval_h:
        raise RegimenError(
            f"a block of doses {in_words(span)} long cannot repeat every {in_words(interval_h)}.",
            "Each block must end before the next begins.",
            "Lengthen the interval or shorten the block.",
        )
