"""A trial as a value: arms, visits, who may enter, who escapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quotidian.dosing import Regimen


@dataclass(frozen=True)
class Arm:
    """One arm: what is given, and how many children are randomised to it."""

    regimen: Regimen
    children: int


@dataclass(frozen=True)
class Entry:
    """Who may enter: enough active joints, or fewer with fever on enough days of the last two weeks.

    Macrophage activation syndrome keeps a child out.
    """

    joints: int
    joints_with_fever: int
    fever: float
    fever_days: int

    @property
    def text(self) -> str:
        return (
            f"Entry: at least {self.joints} active joints, or at least {self.joints_with_fever} and "
            f"{self.fever:g} degC or more on at least {self.fever_days} of the last 14 days; "
            "no macrophage activation syndrome."
        )


@dataclass(frozen=True)
class Escape:
    """Who leaves blinded treatment at a visit: a JIA ACR flare, or fever returning for days on end."""

    from_week: int
    fever: float
    fever_days: int

    @property
    def text(self) -> str:
        return (
            f"Escape to open-label drug from week {self.from_week}: JIA ACR flare (3 of 6 worse by 30 %, "
            f"at most 1 better), or {self.fever:g} degC or more on at least {self.fever_days} days of the "
            "last week in a child without such fever at entry. A child who escapes counts as a non-responder."
        )


@dataclass(frozen=True)
class Trial:
    """A randomised trial with weekly visits at 08:00 before the dose of 09:00."""

    name: str
    title: str
    about: str
    citation: str
    arms: Mapping[str, Arm]
    visits: tuple[int, ...]
    primary_week: int
    entry: Entry
    escape: Escape
    rescue: str
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(arm.children for arm in self.arms.values())

    @property
    def drugs(self) -> frozenset[str]:
        """Every drug that a child of it may be given."""
        from quotidian.drugs.catalogue import REGIMENS

        given = [arm.regimen for arm in self.arms.values()]
        return frozenset[str]().union(*(r.drugs for r in (*given, REGIMENS[self.rescue])))
