"""Regimens as values, composed by a small algebra.

A regimen is a sequence of doses in order of time, on its own clock that starts at zero. It does not depend
on the child: times are the same for every child, amounts are worked out when a schedule is made. Each method
gives a new regimen and leaves the old one unchanged. A method acts on the doses before it, so order matters::

    weekly.until("28 day").starting("7 day")    # days 7, 14, 21, 28
    weekly.starting("7 day").until("28 day")    # days 7, 14, 21
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from itertools import count, islice, takewhile

from quotidian.dosing.durations import HOUR, LIFETIME, TICK, YEAR, between, hours
from quotidian.dosing.person import Person
from quotidian.dosing.refusals import (
    dose_numbers,
    refuse_ambiguous,
    refuse_count,
    refuse_empty,
    refuse_endless,
    refuse_fewer,
    refuse_misnumbered,
    refuse_overlap,
)
from quotidian.dosing.single_dose import SingleDose


class Regimen(ABC):
    """What is given, and when; every method raises RegimenError for arguments that are not valid."""

    __slots__ = ()

    @abstractmethod
    def given(self) -> Iterator[tuple[float, SingleDose]]:
        """Every dose with its time in hours, in order of time; without end if :attr:`endless`."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Regimen, ...]:
        """The regimens of which this one is composed."""

    @property
    def endless(self) -> bool:
        """Whether there is no last dose."""
        return any(part.endless for part in self.parts)

    @property
    def numbered(self) -> bool:
        """Whether "the second dose" has one meaning; false for regimens given in parallel."""
        return all(part.numbered for part in self.parts)

    @property
    def drugs(self) -> frozenset[str]:
        """Names of the drugs in it."""
        return frozenset[str]().union(*(part.drugs for part in self.parts))

    def meant_for(self, person: Person) -> Regimen:
        """The regimen for this child, with intervals by size or age resolved; amounts are computed later."""
        return self

    def every(self, interval: str) -> Regimen:
        """Repeat at an interval, without end; a block of several doses repeats as a whole."""
        return Repeated(self, hours(interval))

    def until(self, time: str) -> Regimen:
        """Keep only doses before ``time``; a dose exactly at ``time`` is not given."""
        return Limited(self, hours(time))

    def times(self, n: int) -> Regimen:
        """Keep only the first ``n`` doses; a regimen that has fewer is refused."""
        return Counted(self, n)

    def starting(self, at: str) -> Regimen:
        """Delay every dose by ``at``; two delays add."""
        return Delayed(self, hours(at))

    def without(self, doses: Sequence[int]) -> Regimen:
        """Leave out some doses and keep the times of the others. The first dose is number 1."""
        return Missed(self, dose_numbers(doses))

    def then(self, next: Regimen, after: str) -> Regimen:
        """Continue with ``next``; its clock starts ``after`` the last dose of this regimen."""
        return Successive(self, next, hours(after))

    def alongside(self, other: Regimen) -> Regimen:
        """Give both in parallel, each on its own clock; also written ``self + other``."""
        apart = [r.parts if isinstance(r, Together) else (r,) for r in (self, other)]
        kept = tuple(part for parts in apart for part in parts if not isinstance(part, NoDrug))
        return Together(kept) if len(kept) > 1 else kept[0] if kept else NoDrug()

    def __add__(self, other: Regimen) -> Regimen:
        return self.alongside(other)

    def __repr__(self) -> str:
        """``<Regimen: tocilizumab 8 mg/kg, infused over 1 hour every 14 days>``."""
        return f"<Regimen: {words(self)}>"

    def _repr_html_(self) -> str:
        """A table of the regimen in words and of its first doses, for notebooks."""
        return table(self)


@singledispatch
def words(regimen: object) -> str:
    """A regimen in words; ``wording.py`` registers them, since it knows every kind of regimen."""
    raise TypeError(f"no words for {type(regimen).__name__}")


@singledispatch
def table(regimen: object) -> str:
    """A regimen as a table in HTML; ``wording.py`` registers it."""
    raise TypeError(f"no table for {type(regimen).__name__}")


@dataclass(frozen=True, slots=True, repr=False)
class NoDrug(Regimen):
    """No dose at all; adding it changes nothing."""

    @property
    def parts(self) -> tuple[Regimen, ...]:
        return ()

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return iter(())


@dataclass(frozen=True, slots=True, repr=False)
class _Changed(Regimen):
    """A regimen made from one other."""

    base: Regimen

    @property
    def parts(self) -> tuple[Regimen, ...]:
        return (self.base,)

    def meant_for(self, person: Person) -> Regimen:
        return replace(self, base=self.base.meant_for(person))


@dataclass(frozen=True, slots=True, repr=False)
class Repeated(_Changed):
    """``base`` at every multiple of the interval; see :meth:`Regimen.every`."""

    interval_h: float

    def __post_init__(self) -> None:
        between(self.interval_h, HOUR, YEAR, "an interval", ".every('14 day')")
        refuse_endless(self.base, "repeated", ".times(3).every('28 day')")
        refuse_overlap(self.base, self.interval_h)

    @property
    def endless(self) -> bool:
        return True

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        block = tuple(self.base.given())
        return ((time + k * self.interval_h, dose) for k in count() for time, dose in block)


@dataclass(frozen=True, slots=True, repr=False)
class Limited(_Changed):
    """The doses of ``base`` before a time; see :meth:`Regimen.until`."""

    until_h: float

    def __post_init__(self) -> None:
        between(self.until_h, HOUR, LIFETIME, "an end", ".until('84 day')")

    @property
    def endless(self) -> bool:
        return False

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return takewhile(lambda timed: timed[0] < self.until_h - TICK, self.base.given())


@dataclass(frozen=True, slots=True, repr=False)
class Counted(_Changed):
    """The first ``n`` doses of ``base``; see :meth:`Regimen.times`."""

    n: int

    def __post_init__(self) -> None:
        refuse_count(self.n)
        refuse_ambiguous(self.base)
        refuse_fewer(self.base, self.n)

    @property
    def endless(self) -> bool:
        return False

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return islice(self.base.given(), self.n)


@dataclass(frozen=True, slots=True, repr=False)
class Delayed(_Changed):
    """``base``, later; see :meth:`Regimen.starting`."""

    by_h: float

    def __post_init__(self) -> None:
        between(self.by_h, 0.0, LIFETIME, "a start", ".starting('7 day')")

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return ((time + self.by_h, dose) for time, dose in self.base.given())


@dataclass(frozen=True, slots=True, repr=False)
class Missed(_Changed):
    """``base`` without the doses of these numbers; see :meth:`Regimen.without`."""

    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        refuse_misnumbered(self.numbers)
        refuse_ambiguous(self.base)
        refuse_fewer(self.base, self.numbers[-1])

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return (timed for n, timed in enumerate(self.base.given(), start=1) if n not in self.numbers)


@dataclass(frozen=True, slots=True, repr=False)
class Successive(Regimen):
    """One regimen, a gap, another; see :meth:`Regimen.then`."""

    first: Regimen
    second: Regimen
    gap_h: float

    def __post_init__(self) -> None:
        between(self.gap_h, HOUR, LIFETIME, "a gap", "after='28 day'")
        refuse_endless(self.first, "followed by another", ".until('84 day') or .times(6)")
        refuse_empty(self.first)

    @property
    def parts(self) -> tuple[Regimen, ...]:
        return (self.first, self.second)

    def meant_for(self, person: Person) -> Regimen:
        return Successive(self.first.meant_for(person), self.second.meant_for(person), self.gap_h)

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        last = 0.0
        for last, dose in self.first.given():
            yield last, dose
        for time, dose in self.second.given():
            yield last + self.gap_h + time, dose


@dataclass(frozen=True, slots=True, repr=False)
class Together(Regimen):
    """Regimens in parallel; see :meth:`Regimen.alongside`."""

    parts: tuple[Regimen, ...]

    def meant_for(self, person: Person) -> Regimen:
        return Together(tuple(part.meant_for(person) for part in self.parts))

    @property
    def numbered(self) -> bool:
        return False

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        return heapq.merge(*(part.given() for part in self.parts), key=lambda timed: timed[0])


def no_drug() -> Regimen:
    """The regimen of an untreated child."""
    return NoDrug()
