"""A single dose as the simplest regimen, and the functions that make one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quotidian.dosing.amount import Amount, amount
from quotidian.dosing.bands import Bands
from quotidian.dosing.durations import hours
from quotidian.dosing.regimen import Regimen
from quotidian.dosing.single_dose import SingleDose


@dataclass(frozen=True, slots=True, repr=False)
class Dose(SingleDose, Regimen):
    """A single dose, which is also the simplest regimen: given once, at time zero."""

    __repr__ = Regimen.__repr__

    @property
    def parts(self) -> tuple[Regimen, ...]:
        """Empty, because a single dose has no parts."""
        return ()

    @property
    def drugs(self) -> frozenset[str]:
        """The name of its drug, as a set of one."""
        return frozenset({self.drug})

    def given(self) -> Iterator[tuple[float, Dose]]:
        """This dose, at time zero."""
        return iter(((0.0, self),))


def bolus(dose: str | Bands, of: str) -> Dose:
    """An intravenous bolus: ``bolus("10 mg", of="prednisolone")``."""
    return Dose(_read(dose), of, "bolus")


def infusion(dose: str | Bands, of: str, over: str) -> Dose:
    """An infusion at a constant rate: ``infusion("12 mg/kg", of="tocilizumab", over="1 hour")``."""
    return Dose(_read(dose), of, "infusion", hours(over))


def subcutaneous(dose: str | Bands, of: str) -> Dose:
    """A subcutaneous dose: ``subcutaneous("162 mg", of="tocilizumab")``."""
    return Dose(_read(dose), of, "subcutaneous")


def oral(dose: str | Bands, of: str) -> Dose:
    """An oral dose: ``oral("1 mg/kg", of="prednisolone")``."""
    return Dose(_read(dose), of, "oral")


def _read(dose: str | Bands) -> Amount | Bands:
    return dose if isinstance(dose, Bands) else amount(dose)
