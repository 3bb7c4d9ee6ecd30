"""Doses by bands of weight or age, written as in a product label."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from quotidian.dosing.amount import Amount, amount
from quotidian.dosing.person import Person
from quotidian.errors import DoseOutsideBand, RegimenError

Measure = Literal["weight", "age"]

NO_AMOUNT = "1 mg"
"""Of a band of which only the bounds count."""
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_UNIT = r"kg|years?"
_FORMS = (
    re.compile(rf"(?:below|under) (?P<high>{_NUMBER}) (?P<unit>{_UNIT})"),
    re.compile(rf"(?P<low>{_NUMBER}) (?P<unit>{_UNIT}) (?:and (?:above|over)|or more)"),
    re.compile(rf"(?P<low>{_NUMBER})(?: (?P<first>{_UNIT}))? to (?P<high>{_NUMBER}) (?P<unit>{_UNIT})"),
)


@dataclass(frozen=True, slots=True)
class Band:
    """A half-open range with its amount: ``low`` belongs to it, ``high`` does not.

    Parameters
    ----------
    low, high : bounds, kg or years; ``high`` may be infinite.
    by : whether the bounds are weights or ages.
    amount : what a child inside receives.

    Raises
    ------
    RegimenError : the band is empty.
    """

    low: float
    high: float
    by: Measure
    amount: Amount

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high:
            raise RegimenError(
                f"the band '{self}' contains no child.",
                "A band starts at its first number and ends below its second.",
                "Write the smaller number first, for example '10 kg to 30 kg'.",
            )

    def holds(self, value: float) -> bool:
        """Whether a child of this weight (kg) or age (years) is inside."""
        return self.low <= value < self.high

    def __str__(self) -> str:
        if self.high == math.inf:
            return f"{with_unit(self.low, self.by)} and above"
        if self.low == 0:
            return f"below {with_unit(self.high, self.by)}"
        return f"{with_unit(self.low, self.by)} to {with_unit(self.high, self.by)}"


@dataclass(frozen=True, slots=True, init=False)
class Bands:
    """Amounts by weight or by age: ``Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})``.

    A band is written ``below X``, ``X and above`` or ``X to Y``, in kg or in years. Every band includes its
    lower and not its upper bound: a child of exactly 30 kg falls in ``30 kg and above``. Gaps between
    bands are allowed; a child in a gap has no dose, and no schedule can be made for it.

    Raises
    ------
    RegimenError : no band, a band that cannot be read, weight mixed with age, or two bands that overlap.
    """

    bands: tuple[Band, ...]

    def __init__(self, rules: Mapping[str, str]) -> None:
        bands = tuple(sorted((_band(name, dose) for name, dose in rules.items()), key=lambda band: band.low))
        _check_bands(bands)
        object.__setattr__(self, "bands", bands)

    @property
    def by(self) -> Measure:
        """Whether the bands are over weight or over age."""
        return self.bands[0].by

    def amount_for(self, person: Person, drug: str) -> Amount:
        """The amount of the band of this child.

        Raises
        ------
        DoseOutsideBand : the child is in no band.
        """
        value = person.weight_kg if self.by == "weight" else person.age_years
        for band in self.bands:
            if band.holds(value):
                return band.amount
        raise _outside(self.bands, value, drug)


def bands_named(names: Sequence[str]) -> tuple[Band, ...]:
    """The bands of these names, in their order; their amounts do not count.

    Raises RegimenError as :class:`Bands` does.
    """
    Bands(dict.fromkeys(names, NO_AMOUNT))
    return tuple(_band(name, NO_AMOUNT) for name in names)


def with_unit(value: float, by: Measure) -> str:
    """A weight or an age with its unit: ``30 kg``, ``2 years``, ``1 year``."""
    return f"{value:.15g} " + ("kg" if by == "weight" else "year" if value == 1 else "years")


def _band(name: str, dose: str) -> Band:
    text = " ".join(re.sub(rf"({_NUMBER})(?=[a-z])", r"\1 ", name.strip().lower()).split())
    for form in _FORMS:
        if found := form.fullmatch(text):
            given = found.groupdict()
            unit, first = given["unit"], given.get("first") or given["unit"]
            if (unit == "kg") != (first == "kg"):
                break
            low, high = float(given.get("low") or 0), float(given.get("high") or math.inf)
            return Band(low, high, "weight" if unit == "kg" else "age", amount(dose))
    raise RegimenError(
        f"the band '{name}' cannot be read.",
        "A band includes its lower and not its upper bound, in kg or in years; bands do not overlap.",
        "Write 'below 30 kg', '30 kg and above' or '10 kg to 30 kg'.",
    )


def _check_bands(bands: tuple[Band, ...]) -> None:
    if not bands:
        raise RegimenError("these bands are empty.", "A banded dose needs at least one band.", "Add one.")
    if len({band.by for band in bands}) > 1:
        raise RegimenError(
            "these bands mix weight and age.",
            "A child could then be in two bands at once.",
            "Use kg for every band, or years for every band.",
        )
    for lower, upper in pairwise(bands):
        if upper.low < lower.high:
            shared = replace(upper, high=min(lower.high, upper.high))
            raise RegimenError(
                f"the bands '{lower}' and '{upper}' overlap.",
                f"Children in '{shared}' would have two doses.",
                "Start each band where the previous one ends, or later.",
            )


def _outside(bands: tuple[Band, ...], value: float, drug: str) -> DoseOutsideBand:
    by, first, last = bands[0].by, bands[0], bands[-1]
    what = f"a child of {with_unit(float(f'{value:.6g}'), by)} has no dose."
    if value < first.low:
        low = with_unit(first.low, by)
        why, choice = f"{drug} bands start at {low}.", f"choose children of {low} and above."
    elif value >= last.high:
        high = with_unit(last.high, by)
        why, choice = f"{drug} bands end below {high}.", f"choose children below {high}."
    else:
        low, high = next(
            (with_unit(a.high, by), with_unit(b.low, by))
            for a, b in pairwise(bands)
            if a.high <= value < b.low
        )
        why, choice = (
            f"{drug} bands leave out {low} to {high}.",
            f"choose children below {low} or of {high} and above.",
        )
    return DoseOutsideBand(what, why, f"Widen the band, or {choice}")
