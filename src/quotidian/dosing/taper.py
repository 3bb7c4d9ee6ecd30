"""Tapers: a dose reduced in steps by a share, at an interval, down to a floor.

::

    slowly = Taper(by="20 %", every="2 week", floor="0.2 mg/kg")
    slowly.of(oral("1 mg/kg", of="prednisolone").every("1 day"))  # a regimen
    slowly.after(Amount(1.0, "kg"))  # one step down, for a rule at a visit

Each step takes its share of the dose before it. With a floor the dose stays at the floor; without one the
drug is stopped when the next step would leave less than a tenth of the first dose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from quotidian.dosing.amount import Amount, amount
from quotidian.dosing.bands import Bands
from quotidian.dosing.durations import DAY, TICK, YEAR, between, hours, in_words
from quotidian.dosing.person import Person
from quotidian.dosing.regimen import Regimen
from quotidian.dosing.single_dose import SingleDose
from quotidian.errors import RegimenError
from quotidian.units import plain_number

LAST = 0.1
"""Share of the first dose below which a taper without floor stops the drug. Assumed, because a tenth of an
effective dose has no effect, and repeated reduction by a share never reaches zero."""


@dataclass(frozen=True, slots=True, init=False)
class Taper:
    """A rule of dose reduction.

    Parameters
    ----------
    by : share of the present dose by which each step lowers it, such as "20 %".
    every : time between steps; the first step follows after this time.
    floor : lowest dose, such as "0.2 mg/kg"; with None the drug is stopped in the end.

    Raises
    ------
    RegimenError : a share that is not above 0 and below 100 %, steps shorter than a day, an invalid floor.
    """

    share: float
    every_h: float
    floor: Amount | None = field(default=None)

    def __init__(self, by: str, every: str, floor: str | None = None) -> None:
        object.__setattr__(self, "share", _share(by))
        object.__setattr__(self, "every_h", hours(every))
        object.__setattr__(self, "floor", None if floor is None else amount(floor))
        between(self.every_h, DAY, YEAR, "a step of a taper", "every='2 week'")

    def level(self, step: int) -> float:
        """Fraction of the first dose after a number of steps, before any floor; 0 once stopped."""
        kept = (1 - self.share) ** step
        return kept if self.floor is not None or kept >= LAST else 0.0

    def after(self, dose: Amount) -> Amount:
        """The dose one step down, never below the floor (a dose below the floor stays as it is).

        Raises
        ------
        RegimenError : dose and floor are of different kinds, such as mg and mg/kg.
        """
        return self._reduced(dose, 1 - self.share)

    def of(self, regimen: Regimen) -> Tapered:
        """The regimen with its doses reduced step by step.

        Raises
        ------
        RegimenError : a dose of the regimen and the floor are of different kinds, such as mg and mg/kg.
        """
        return Tapered(regimen, self)

    def dose(self, first: SingleDose, step: int) -> SingleDose:
        """The dose after a number of steps."""
        if step == 0:
            return first
        kept = self.level(step)
        if isinstance(first.amount, Amount):
            return replace(first, amount=self._reduced(first.amount, kept), cap_mg=self._cap(first, kept))
        bands = Bands({str(b): str(self._reduced(b.amount, kept)) for b in first.amount.bands})
        return replace(first, amount=bands, cap_mg=self._cap(first, kept))

    @staticmethod
    def _cap(first: SingleDose, kept: float) -> float | None:
        return None if first.cap_mg is None else first.cap_mg * kept

    def _reduced(self, dose: Amount, kept: float) -> Amount:
        low = self.floor
        if low is None:
            return replace(dose, value_mg=dose.value_mg * kept)
        if low.per != dose.per:
            raise RegimenError(
                f"a taper of {dose} cannot end at {low}.",
                "Dose and floor must both be for the child, both per kg or both per m2.",
                "Write the floor as the dose is written.",
            )
        return replace(dose, value_mg=max(dose.value_mg * kept, min(low.value_mg, dose.value_mg)))

    def __str__(self) -> str:
        """``20 % less every 14 days, then stopped``."""

        end = "then stopped" if self.floor is None else f"down to {self.floor}"
        return f"{100 * self.share:g} % less every {in_words(self.every_h).removeprefix('1 ')}, {end}"


@dataclass(frozen=True, slots=True, repr=False)
class Tapered(Regimen):
    """``base`` with its doses reduced step by step; steps are counted from the regimen's time zero."""

    base: Regimen
    taper: Taper

    def __post_init__(self) -> None:
        for _, dose in zip(range(1), self.base.given(), strict=False):
            self.taper.dose(dose[1], 1)

    @property
    def parts(self) -> tuple[Regimen, ...]:
        return (self.base,)

    @property
    def endless(self) -> bool:
        return self.base.endless and self.taper.floor is not None

    def meant_for(self, person: Person) -> Regimen:
        return Tapered(self.base.meant_for(person), self.taper)

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        for time, dose in self.base.given():
            step = int((time + TICK) // self.taper.every_h)
            if self.taper.level(step) == 0.0:
                return
            yield time, self.taper.dose(dose, step)


def _share(text: str) -> float:
    number, percent, rest = text.strip().partition("%")
    share = plain_number(number) / 100
    if not percent or rest or not 0 < share < 1:
        raise RegimenError(
            f"a taper by '{text}' is refused.",
            "Each step takes a share of the dose, above 0 % and below 100 %.",
            "Write for example by='20 %'.",
        )
    return share
