"""One virtual child: age, sex, size, severity, and its random effects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from quotidian.biology import innate_loop, joints
from quotidian.dosing.person import Person
from quotidian.errors import ImplausibleChild, InvalidQuantity
from quotidian.notebook import html_table
from quotidian.patients import growth
from quotidian.patients.past import FLOOR, Disease, steady
from quotidian.units import plain_number, quantity

YOUNGEST, OLDEST = 2, 17
"""Ages the model covers, in completed years."""

ALIKE = 3.0
"""Largest SD score that is used for weight and height alike, when only one of the two is known.

Assumed, because beyond it a weight reflects obesity or wasting rather than stature.
"""

MOST_SEVERE, MOST_EFFECT = 50.0, 10_000.0
"""Largest severity and random effect of a child. Assumed: several times the largest of 10^6 drawn ones."""
MOST = 3.29
"""Absolute SD score within which the reference has 99.9 % of all children."""

SPELLINGS: Mapping[str, str] = {"f": "female", "girl": "female", "m": "male", "boy": "male"}
"""Other words for a sex."""

_FACT = {"weight": "weighs {} kg", "height": "is {} cm tall"}


@dataclass(frozen=True, slots=True)
class Child:
    """A virtual child, ill or healthy. Made by :func:`child`, which refuses the impossible.

    Parameters
    ----------
    age_years : age, years.
    sex : "female" or "male".
    weight_kg : body weight, kg.
    height_cm : height, cm.
    severity : multiplies the drive of the disease; 1 is typical active disease.
    il6_share : share of arthritis that IL-6 drives, 0 to 1; None is the typical value of the model.
    random_effects : factors on named parameters of the model; a parameter that is not named is typical.
    antibody_threshold : hazard at which it makes antibodies against tocilizumab; infinite means never.
    target_height_z : SD score of height that the child would have without its disease. None: its present one,
        as if nothing had been lost. A child shorter than its target has lost growth, part of it for ever.
    duration_years : since onset, years. None: the typical child, ill for about five years. values : values
    of parameters by name that result from the years since onset; the model's own otherwise.
    """

    age_years: float
    sex: str
    weight_kg: float
    height_cm: float
    severity: float = 1.0
    il6_share: float | None = None
    random_effects: Mapping[str, float] = field(default_factory=dict, hash=False)
    antibody_threshold: float = math.inf
    target_height_z: float | None = None
    duration_years: float | None = None
    values: Mapping[str, float] = field(default_factory=dict, hash=False)

    def _repr_html_(self) -> str:
        """A table of what is known of the child, for notebooks."""
        since = self.duration_years
        share = "typical" if self.il6_share is None else f"{self.il6_share:.2f}"
        rows = {
            "height": f"{self.height_cm:.1f} cm (SD score {self.height_z:+.1f})",
            "severity": f"{self.severity:.2g} of typical active disease",
            "share of arthritis by IL-6": share,
            "since onset": "about 5 years" if since is None else f"{since:.1f} years",
            "random effects": f"{len(self.random_effects)} parameters" if self.random_effects else "typical",
        }
        return html_table(self.label, (), rows.items())

    @property
    def height_z(self) -> float:
        """SD score of the height for age and sex, at the nearest age of the reference."""
        return growth.sd_score("height", self.reference_age, self.sex, self.height_cm)

    @property
    def reference_age(self) -> float:
        """Age at which the growth reference is read, years: the first for infants, the last for adults."""
        return min(max(self.age_years, growth.YOUNGEST), growth.OLDEST)

    @property
    def target(self) -> float:
        """SD score of height in health: the stated one, or the present one where that is none or higher."""
        return max(self.height_z, -math.inf if self.target_height_z is None else self.target_height_z)

    @property
    def person(self) -> Person:
        """The properties of the child that dosing uses."""
        return Person(self.weight_kg, self.age_years, self.height_cm)

    @property
    def body_surface_area(self) -> float:
        r"""Body surface area, m2, after Mosteller. :math:`A = \sqrt{h w / 3600}` with h in cm, w in kg."""
        return self.person.body_surface_m2

    @property
    def label(self) -> str:
        """The patient in a few words: ``6-year-old girl, 20 kg (47th centile)``; no centile for an adult."""
        if self.reference_age != self.age_years:
            return f"{_noun(self.age_years, self.sex)}, {self.weight_kg:.3g} kg"
        place = growth.centile("weight", self.age_years, self.sex, self.weight_kg)
        return f"{_noun(self.age_years, self.sex)}, {self.weight_kg:.3g} kg ({_ordinal(place)} centile)"


def child(
    age: float | str,
    sex: str,
    weight: float | str | None = None,
    height: float | str | None = None,
    *,
    severity: float = 1.0,
    il6_share: float | None = None,
    random_effects: Mapping[str, float] | None = None,
    target_height_z: float | None = None,
    duration: float | str | None = None,
) -> Child:
    """A child from known properties; missing ones are taken from the growth reference.

    If only the weight or only the height is missing, it is taken at the SD score of the other (at most 3 SD
    from the median); if both are, at the median.

    Parameters
    ----------
    age, weight, height : numbers in years, kg and cm, or texts such as "6 years", "30 months",
        "20 kg", "1.15 m"; a text without a unit is in years, kg or cm.
    sex : "female" or "male"; also "f", "girl", "m", "boy", in any case.
    severity : factor on the drive of the disease; 1 is typical active disease.
    il6_share : share of arthritis that IL-6 drives, 0 to 1; None for the typical value.
    random_effects : factors by name of a parameter of the model; all other parameters are typical.
    target_height_z : SD score of height without the disease; None for the present score.
    duration : years since onset, or a text such as "6 weeks"; None for a disease of about five years.

    Raises
    ------
    ImplausibleChild : an age outside 2 to 17 years, a weight or height beyond 5 SD of the reference, another
        sex, a severity or random effect that is not a positive number, or a share outside 0 to 1.
    InvalidQuantity : a text that is not an age, weight or height.
    """
    years = _age(age)
    sex = SPELLINGS.get(sex.strip().lower(), sex.strip().lower())
    stated = {"weight": weight, "height": height}
    known = {m: _number(m, given, growth.MEASURES[m]) for m, given in stated.items() if given is not None}
    scores = [_score(m, years, sex, value) for m, value in known.items()]
    usual = max(-ALIKE, min(ALIKE, scores[0])) if scores else 0.0
    size = {m: growth.quantile(m, years, sex, usual) for m in stated} | known
    own = (severity, il6_share, dict(random_effects or {}))
    chosen = Child(years, sex, size["weight"], size["height"], *own, target_height_z=target_height_z)
    _refuse_odd_disease(chosen)
    return chosen if duration is None else _ill_for(chosen, _number("duration", duration, "year"))


def _ill_for(child: Child, years: float) -> Child:
    """The child after a number of years of steady, untreated disease."""
    if not 0.0 < years <= child.age_years:
        raise ImplausibleChild(
            f"A disease of {years:g} years is impossible at an age of {child.age_years:g}.",
            "Its onset must be after birth.",
            "Give a duration up to the age, as years or with its unit: '6 weeks'.",
        )
    effects, own = child.random_effects, joints.k.ledger
    gain = own["articular_gain"].value * effects.get("joints.articular_gain", 1.0)
    share = own["il6_share"].value if child.il6_share is None else child.il6_share
    floor = innate_loop.k.ledger["memory_floor"].value * effects.get(FLOOR, 1.0)
    disease = Disease(np.array([child.severity]), np.array([gain]), np.array([share]), np.array([floor]))
    values = {name: float(x[0]) for name, x in steady(disease, years).start_values().items()}
    return replace(child, duration_years=years, values=values)


def _age(age: float | str) -> float:
    years = _number("age", age, "year")
    if isinstance(age, str):
        years = round(years, 9)  # "24 months" is the second birthday, though the conversion falls a bit short
    if not YOUNGEST <= years < OLDEST + 1:
        raise ImplausibleChild(
            f"An age of {years:g} years is outside the model.",
            f"The model covers {YOUNGEST} to {OLDEST} years: from the second birthday until the eighteenth.",
            "Give such an age as a number of years, or with its unit: '6 years', '30 months'.",
        )
    return years


def _number(name: str, given: float | str, unit: str) -> float:
    """The property as a number in its unit; a text without a unit is one. Raises InvalidQuantity."""
    number = plain_number(given) if isinstance(given, str) else float(given)
    if not isinstance(given, str) or not math.isnan(number):
        return number
    try:
        return quantity(given, unit)
    except InvalidQuantity as error:
        remedy = f"Give the {name} as a number ({unit}), or with its unit."
        raise InvalidQuantity(f"{name}: {error.what}", error.why, remedy) from None


def _score(measure: str, years: float, sex: str, value: float) -> float:
    """SD score of a weight or height that a child of this age and sex may have; anything else is refused."""
    unit = growth.MEASURES[measure]
    if not (math.isfinite(value) and value > 0):
        raise ImplausibleChild(
            f"No child {_FACT[measure].format(f'{value:g}')}.",
            f"A {measure} is a finite number above zero.",
            f"Give the {measure} in {unit}, or leave it out: the median is taken.",
        )
    score = growth.sd_score(measure, years, sex, value)
    if abs(score) > growth.EXTREME:
        raise _beyond(measure, years, sex, value)
    return score


def _beyond(measure: str, years: float, sex: str, value: float) -> ImplausibleChild:
    unit, ends = growth.MEASURES[measure], (-growth.EXTREME, -MOST, MOST, growth.EXTREME)
    lowest, low, high, highest = (f"{growth.quantile(measure, years, sex, z):.1f}" for z in ends)
    return ImplausibleChild(
        f"No {_noun(years, sex)} {_FACT[measure].format(f'{value:g}')}.",
        f"The reference ({growth.REFERENCE}) has 99.9 % between {low} and {high} {unit} at that age.",
        f"Check the age and the unit, or give a {measure} from {lowest} to {highest} {unit} "
        f"({growth.EXTREME:g} SD each way).",
    )


def _refuse_odd_disease(child: Child) -> None:
    factors = {
        "severity": child.severity,
        **{f"random effect on {name}": f for name, f in child.random_effects.items()},
    }
    for name, factor in factors.items():
        most = MOST_SEVERE if name == "severity" else MOST_EFFECT
        if not 0 < factor <= most:
            raise ImplausibleChild(
                f"A {name} of {factor:g} is impossible.",
                "It multiplies a rate or level of the model; 1 is typical.",
                f"Give a number above zero and up to {most:g}.",
            )
    target = child.target_height_z
    if target is not None and not abs(target) <= growth.EXTREME:
        raise ImplausibleChild(
            f"A target height of {target:g} SD is impossible.",
            "It is the SD score of height that the child would have in health.",
            f"Give a number from {-growth.EXTREME:g} to {growth.EXTREME:g}, or None for the present score.",
        )
    if child.il6_share is not None and not 0 <= child.il6_share <= 1:
        raise ImplausibleChild(
            f"An IL-6 share of {child.il6_share:g} is impossible.",
            "It is the share of the child's arthritis that IL-6 drives.",
            "Give a number from 0 to 1, or None for the typical value of the model.",
        )


def _noun(years: float, sex: str) -> str:
    """``6-year-old girl``; ages between birthdays with one decimal, rounded down so that none is 18."""
    age = math.floor(years * 10 + 1e-6) / 10
    nouns = ("girl", "boy") if age < OLDEST + 1 else ("woman", "man")
    return f"{age:g}-year-old {nouns[sex != 'female']}"


def _ordinal(centile: float) -> str:
    n = round(centile)
    if not 1 <= n <= 99:
        return "below the 1st" if n < 1 else "above the 99th"
    ending = "th" if n // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
