"""Whole regimens by bands of weight or age, where the interval differs as well as the dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quotidian.dosing.bands import Band, bands_named, with_unit
from quotidian.dosing.person import Person
from quotidian.dosing.regimen import Regimen
from quotidian.dosing.single_dose import SingleDose
from quotidian.errors import DoseOutsideBand


@dataclass(frozen=True, slots=True, repr=False)
class ByBand(Regimen):
    """One regimen for each band of weight or age; see :func:`by_band`."""

    bands: tuple[Band, ...]
    parts_: tuple[Regimen, ...]

    @property
    def parts(self) -> tuple[Regimen, ...]:
        return self.parts_

    def given(self) -> Iterator[tuple[float, SingleDose]]:
        """Doses of the lowest band, for checks alone: a schedule calls :meth:`meant_for` first."""
        return self.parts_[0].given()

    def meant_for(self, person: Person) -> Regimen:
        """The regimen of the child's band. Raises DoseOutsideBand where there is none."""
        by = self.bands[0].by
        value = person.weight_kg if by == "weight" else person.age_years
        for band, regimen in zip(self.bands, self.parts_, strict=True):
            if band.holds(value):
                return regimen.meant_for(person)
        raise DoseOutsideBand(
            f"There is no regimen for a child of {with_unit(value, by)}.",
            f"The bands are {'; '.join(map(str, self.bands))}.",
            "Choose another regimen, or state a dose.",
        )


def by_band(rules: Mapping[str, Regimen]) -> Regimen:
    """``by_band({"below 30 kg": fortnightly, "30 kg and above": weekly})``.

    Bands are written and checked as in :class:`Bands`. Raises RegimenError for invalid bands.
    """
    bands = bands_named(tuple(rules))
    ascending = sorted(zip(bands, rules.values(), strict=True), key=lambda pair: pair[0].low)
    return ByBand(tuple(band for band, _ in ascending), tuple(own for _, own in ascending))
