"""Errors in the population of a design: ages, steroid, means to match, and replaced values."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.errors import closest
from quotidian.patients.population import typical_values
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault

STATISTICS = (
    "age", "weight", "duration", "steroid", "height_sds", "joints", "crp", "esr", "febrile",
)  # fmt: skip
"""Means that selection among the eligible can give."""
OF_CHILDREN = ("duration", "height_sds")
"""Statistics that patients of an indication without growth do not have."""


def population_faults(trial: Trial) -> Iterator[Fault]:
    """Ages that the indication has not, means that cannot be matched, values that do not exist."""
    own, disease, (youngest, oldest) = trial.population, trial.disease, trial.ages
    if not disease.youngest <= youngest < oldest <= disease.oldest:
        yield Fault(
            ("population",), f"no patient can be {youngest:g} to {oldest:g} years old.",
            f"{disease.title}: from {disease.youngest:g} to below {disease.oldest:g} years.",
            "Choose ages within it.",
        )  # fmt: skip
    if trial.steroid and "glucocorticoid" not in disease.background:
        yield Fault(
            ("steroid",), "patients of this indication have no background steroid.",
            f"{disease.title}: {', '.join(disease.background) or 'no background treatment'}.",
            "Remove 'steroid'.",
        )  # fmt: skip
    yield from _match(trial)
    known = typical_values()
    for name in own.values:
        if name not in known:
            yield Fault(
                ("population", "values", name), f"there is no value '{name}'.",
                "It must be in patients/variability.yaml, or declared by a drug.", closest(name, known),
            )  # fmt: skip


def _match(trial: Trial) -> Iterator[Fault]:
    """Means that no selection of these patients can give."""
    own, disease, (youngest, oldest) = trial.population, trial.disease, trial.ages
    for name in own.match:
        if name not in STATISTICS:
            yield Fault(
                ("population", "match", name), f"children cannot be matched on '{name}'.",
                f"They can on {', '.join(STATISTICS)}.", closest(name, STATISTICS),
            )  # fmt: skip
    age = own.match.get("age", youngest)
    if not youngest <= age < oldest:
        yield Fault(
            ("population", "match", "age"),
            f"no patients of {youngest:g} to {oldest:g} years have the mean age {age:g}.",
            "The mean lies between the ages of the population.", "Change the mean, or the ages.",
        )  # fmt: skip
    for name in OF_CHILDREN if not disease.growth_reference else ():
        if name in own.match:
            yield Fault(
                ("population", "match", name), f"patients cannot be matched on '{name}'.",
                f"{disease.title}: its patients have no such value.", "Match others.",
            )  # fmt: skip
    if own.match.get("steroid") and trial.steroid is None:
        yield Fault(
            ("population", "match", "steroid"), "patients cannot be matched on their steroid.",
            "In this design nobody takes any.", "State the dose under 'steroid', or match others.",
        )  # fmt: skip
