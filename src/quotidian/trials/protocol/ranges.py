"""Ranges of the numbers of a design, each with its reason, and rules that can never act.

A number outside its range is refused, not-a-number included. One table serves study files, published designs,
the explorer and the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quotidian.patients.population import spreads
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault, Place

FEVERS = (36.0, 42.0, "degC; thermometers and the model's temperature lie within it")
JOINTS = (0, 71, "71 joints are counted")
CRP = (0.0, 1000.0, "mg/L; no higher CRP is measured")
WEEKS = (0, 520, "weeks; no trial here is longer")
ACR = (1, 100, "per cent of improvement")
STEROID = (0.0, 3.0, "mg/kg/day; nobody takes more")


@dataclass(frozen=True)
class Range:
    """The numbers that a field may have, both ends included, and why."""

    place: tuple[str, ...]
    low: float
    high: float
    because: str


RANGES = tuple(
    Range(tuple(name.split(".")), low, high, because)
    for name, (low, high, because) in {
        "entry.joints": JOINTS, "entry.joints_with_fever": JOINTS, "entry.fever": FEVERS,
        "entry.fever_days": (0, 14, "days; temperature is charted for two weeks before a visit"),
        "entry.crp_above": CRP, "entry.ill_for": (0.0, 18.0, "years; a child is younger than 18"),
        "escape.from_week": WEEKS, "escape.fever": FEVERS,
        "escape.fever_days": (0, 7, "days; those of the last week count"), "escape.crp_above": CRP,
        "escalation.crp_above": CRP, "escalation.doses": (1, 100, "doses at one level"),
        "taper.from_week": WEEKS, "taper.acr": ACR,
        "taper.esr_below": (1.0, 1000.0, "mm/h; 1000 leaves the ESR out"),
        "taper.fever_free_days": (0, 14, "days; temperature is charted for two weeks before a visit"),
        "taper.stop_below": STEROID, "taper.every_weeks": WEEKS,
        "interval_extension.from_week": WEEKS, "interval_extension.quiet_weeks": WEEKS,
        "population.lightest": (0.0, 200.0, "kg"),
        "missed": (0.0, 0.5, "a chance, of one visit in two at most"),
        "window": (0, 7, "days; a week holds no more"),
        "fever_from": (37.0, 40.0, "degC; fever of the trials begins within it"),
        "steroid.share": (0.0, 1.0, "a share of the children"), "steroid.median": STEROID,
        "steroid.spread": (0.0, 2.0, "SD of the logarithm of the dose"), "steroid.at_least": STEROID,
        "steroid.at_most": STEROID,
    }.items()
)  # fmt: skip
MATCHED = {
    "age": (0.0, 120.0, "years"), "weight": (2.0, 200.0, "kg"), "height_sds": (-10.0, 10.0, "SD"),
    "duration": (0.0, 100.0, "years since onset"), "steroid": STEROID,
    "joints": JOINTS, "crp": CRP, "esr": (0.0, 200.0, "mm/h; a tube is no longer"),
    "febrile": (0.0, 100.0, "per cent of the patients"),
}  # fmt: skip
"""Means on which patients can be matched."""
BEYOND = 10.0
"""Times the largest plausible value that a replaced value may have. Assumed: a tenfold error is a mistake."""
THRESHOLD = Range((), 0.0, 1e6, "a reading of a laboratory or a ward")
ARM = (Range(("children",), 1, 1e9, "children, or a share of them"),)
PERIOD = (
    Range(("weeks",), 1, WEEKS[1], WEEKS[2]),
    Range(("admit_acr",), 0, 100, "per cent of improvement; 0 asks for none"),
    Range(("admit_crp_below",), *CRP),
)


def range_faults(trial: Trial) -> Iterator[Fault]:
    """Numbers outside their range, and rules that can never act."""
    for one in RANGES:
        part = getattr(trial, one.place[0]) if one.place[1:] else trial
        if part is not None:
            yield from _outside(one, one.place, getattr(part, one.place[-1]))
    for i, period in enumerate(trial.periods):
        for one in PERIOD:
            yield from _outside(one, ("periods", i, *one.place), getattr(period, one.place[0]))
    yield from _of_population(trial)
    for i, limit in enumerate(() if isinstance(trial.safety, str) else trial.safety):
        for name, value in (("below", limit.below), ("above", limit.above)):
            yield from _outside(THRESHOLD, ("safety", i, name), value)
    yield from _idle(trial)


def _of_population(trial: Trial) -> Iterator[Fault]:
    """Means and values of the population; names that are none are reported elsewhere."""
    for name, value in trial.population.match.items():
        if name in MATCHED:
            yield from _outside(Range((), *MATCHED[name]), ("population", "match", name), value)
    known = spreads()
    for name, value in trial.population.values.items():
        low, high = known[name].plausible if name in known else (0.0, 1.0)
        least = 0.0 if low >= 0.0 else BEYOND * low
        most = BEYOND * max(high, 0.0)
        why = f"{low:g} to {high:g} is plausible, and ten times that is a mistake"
        yield from _outside(Range((), least, most, why), ("population", "values", name), value)


def _outside(one: Range, place: Place, value: Any) -> Iterator[Fault]:
    if value is not None and not one.low <= value <= one.high:
        yield Fault(
            place, f"{'.'.join(map(str, place))} is {value:g}.",
            f"It lies from {one.low:g} to {one.high:g}: {one.because}.", "Correct it, or leave it out.",
        )  # fmt: skip


def _idle(trial: Trial) -> Iterator[Fault]:
    """Rules that no visit or no child can meet."""
    last = trial.visits[-1] if trial.visits else 0
    span, rule = trial.randomised, trial.escape
    if rule is not None and span is not None and rule.from_week > span[1]:
        yield _never(("escape", "from_week"), f"from week {rule.from_week}", f"week {span[1]}, when it ends")
    if rule is not None and not (rule.flare or rule.fever_days or rule.crp_above is not None):
        yield Fault(
            ("escape",), "an escape without a cause.", "No flare, fever or CRP leads to it.",
            "Write 'flare: true', 'fever_days: 3' or 'crp_above: 15'.",
        )  # fmt: skip
    for name in ("taper", "interval_extension"):
        part = getattr(trial, name)
        if part is not None and part.from_week > last:
            yield _never((name, "from_week"), f"from week {part.from_week}", f"week {last}, the last visit")
    spacing = trial.interval_extension
    if spacing is not None and spacing.quiet_weeks > last:
        quiet = f"after {spacing.quiet_weeks} quiet weeks"
        yield _never(("interval_extension", "quiet_weeks"), quiet, f"week {last}, the last visit")
    if trial.taper and trial.taper.weeks and not set(trial.taper.weeks) & set(trial.visits):
        yield _never(("taper", "weeks"), "at those weeks", "the visits")
    if trial.children and trial.children < len(trial.arms):
        yield Fault(
            ("children",), f"{trial.children} children in {len(trial.arms)} arms.",
            "Each arm has at least one.", "Enrol more, or remove an arm.",
        )  # fmt: skip


def _never(place: Place, when: str, end: str) -> Fault:
    return Fault(
        place, f"this rule can never act {when}.", f"It would have to by {end}.",
        "Choose an earlier week, or remove the rule.",
    )  # fmt: skip
