"""Which child: the typical one of that age and sex, or one drawn by seed."""

from __future__ import annotations

from dataclasses import replace

from quotidian.cli.support.option_types import measure
from quotidian.errors import ImplausibleChild
from quotidian.patients.child import Child, child


def virtual_child(
    age: str | None,
    sex: str | None,
    weight: str | None,
    height: str | None,
    severity: float | None,
    seed: int | None,
) -> Child:
    """The child the options describe; what they leave open is typical, or drawn if there is a seed.

    Raises
    ------
    ImplausibleChild : a child that does not exist, or too little said of it.
    InvalidQuantity : a text that is not an age, weight or height.
    """
    for option, text, unit, example in (
        ("--age", age, "year", "6"),
        ("--weight", weight, "kg", "20"),
        ("--height", height, "cm", "115"),
    ):
        if text is not None:
            measure(option, text, unit, example)
    if seed is not None:
        return _drawn(age, sex, weight, height, severity, seed)
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
) -> Child:
    """Child number 0 of the seed, moved to the age, sex and size that were asked for."""
    from quotidian.patients import growth
    from quotidian.patients.population import draw
    from quotidian.statistics.streams import Streams

    drawn = draw(Streams(seed), 0, [0])[0]
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
