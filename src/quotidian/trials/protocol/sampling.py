"""Dosing intervals of a trial over which the drug is sampled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Occasion: TypeAlias = Literal["first", "steady"]


@dataclass(frozen=True)
class DosingInterval:
    """The interval of so many days after the dose of a week."""

    drug: str
    days: float
    occasion: Occasion
    week: int


@dataclass(frozen=True)
class Kinetics:
    """Exposure over a dosing interval, of the first dose and of later ones.

    A child is read over an interval only if it receives no further dose of the drug within it. Of several
    intervals that begin with one dose, a child is read over the longest of these; so each child of a design
    with intervals of one and two weeks has its own.

    Parameters
    ----------
    days : length of the interval. first : week of the first dose; None for none.
    steady : week of a dose at steady state, or several such weeks.
    """

    drug: str = "tocilizumab"
    days: float = 14.0
    first: int | None = 0
    steady: int | tuple[int, ...] | None = None

    @property
    def intervals(self) -> Iterator[DosingInterval]:
        """The interval after each of the doses, in order."""
        if self.first is not None:
            yield DosingInterval(self.drug, self.days, "first", self.first)
        later = () if self.steady is None else (self.steady,) if isinstance(self.steady, int) else self.steady
        for week in later:
            yield DosingInterval(self.drug, self.days, "steady", week)
