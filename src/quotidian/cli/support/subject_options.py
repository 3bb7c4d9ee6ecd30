"""Which child, on which regimens, with which values: the typical one of that age and sex, or one drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quotidian.cli.support.option_types import maybe, number, whole_from_zero
from quotidian.errors import ImplausibleChild, InvalidInput
from quotidian.patients.child import Child, child
from quotidian.patients.population import TYPICAL, PatientPopulation

if TYPE_CHECKING:
    from quotidian.application.stated_parameters import StatedParameters
    from quotidian.dosing import Regimen

Model = tuple[str, str, Iterable[str]]
"""Model, scenario, drugs."""


def regimens_of(texts: Sequence[str] | None) -> dict[str, Regimen]:
    """Regimens by their text, each once; no drug where none is given.

    Raises what :func:`quotidian.drugs.catalogue.regimen` does, InvalidInput for one that stands twice.
    """
    from quotidian.drugs.catalogue import regimen

    found: dict[str, Regimen] = {}
    for text in texts or ("none",):
        name = " ".join(text.split())
        if name in found:
            raise InvalidInput(
                f"--regimen '{name}' occurs twice.", "Both lines would be the same.", "Keep one."
            )
        found[name] = regimen(name)
    return found


def child_and_values(
    age: str | None, sex: str | None, weight: str | None, height: str | None, severity: str | None,
    seed: str | None, assigned: Sequence[str] | None, model: Model,
) -> tuple[Child, StatedParameters]:  # fmt: skip
    """The child of the options, and the values of ``--set``; the population of a drawn child has them, too.

    Raises as :func:`virtual_child` and :mod:`quotidian.application.stated_parameters` do.
    """
    from quotidian.application.stated_parameters import assignments, reads_of_children, stated_parameters

    strength = maybe(number, "--severity", severity, "1.5")
    drawn = maybe(whole_from_zero, "--seed", seed, "1")
    who = virtual_child(age, sex, weight, height, strength, drawn)
    given = assignments(assigned or ())
    if not given:
        return who, stated_parameters({}, lambda _: "")
    reads = reads_of_children([who], *model, drawn=drawn is not None)
    stated = stated_parameters(given, reads)
    if drawn is not None:
        who = virtual_child(age, sex, weight, height, strength, drawn, TYPICAL.overlaid(stated.overlay))
    return who, stated


def virtual_child(
    age: str | None,
    sex: str | None,
    weight: str | None,
    height: str | None,
    severity: float | None,
    seed: int | None,
    population: PatientPopulation = TYPICAL,
) -> Child:
    """The child the options describe; what they leave open is typical, or drawn if there is a seed.

    Raises
    ------
    ImplausibleChild : a child that does not exist, or too little said of it.
    InvalidQuantity : a text that is not an age, weight or height.
    """
    if seed is not None:
        return _drawn(age, sex, weight, height, severity, seed, population)
    if age is None or sex is None:
        missing = "--age" if age is None else "--sex"
        remedy = "Write for example --age 6 --sex female, or sample a child with --seed 1."
        raise ImplausibleChild(f"{missing} is missing.", "A typical child is defined by age and sex.", remedy)
    return child(age, sex, weight, height, severity=1.0 if severity is None else severity)


def _drawn(
    age: str | None,
    sex: str | None,
    weight: str | None,
    height: str | None,
    severity: float | None,
    seed: int,
    population: PatientPopulation,
) -> Child:
    """Child number 0 of the seed, moved to the age, sex and size that were asked for."""
    from quotidian.patients import growth
    from quotidian.patients.population import draw
    from quotidian.statistics.streams import Streams

    drawn = draw(Streams(seed), 0, [0], population)[0]
    asked = child(drawn.age_years if age is None else age, drawn.sex if sex is None else sex, weight, height)
    size = {"weight_kg": asked.weight_kg, "height_cm": asked.height_cm}
    if weight is None and height is None:  # as many SD from the median as the drawn child
        for measure, unit in growth.MEASURES.items():
            name = f"{measure}_{unit}"
            z = growth.sd_score(measure, drawn.age_years, drawn.sex, getattr(drawn, name))
            size[name] = growth.quantile(measure, asked.age_years, asked.sex, z)
    return replace(
        drawn,
        age_years=asked.age_years,
        sex=asked.sex,
        weight_kg=size["weight_kg"],
        height_cm=size["height_cm"],
        severity=drawn.severity if severity is None else severity,
    )
