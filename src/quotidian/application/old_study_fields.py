"""Field names of earlier study files, translated to present ones, with a note for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quotidian.application.yaml_positions import Lined, Place
from quotidian.indications.registry import indication

RENAMED = {"respacing": "interval_extension"}
INDICATIONS = {
    "sjia": "sjia", "infants": "sjia_infants", "polyarticular": "pjia", "adults": "adult_ra",
}  # fmt: skip
"""Indications by the kinds of patients in the earlier field ``population``."""
VALUES = {
    **{name: f"tocilizumab.omega_{name}" for name in ("CL", "V_c", "V_p", "V_m")},
    **{
        f"r_{pair}": f"tocilizumab.r_{pair}"
        for pair in ("CL_V_c", "CL_V_p", "CL_V_m", "V_c_V_p", "V_c_V_m", "V_p_V_m")
    },
}
"""Earlier names of population values that are now declared by tocilizumab."""
WITHOUT_AGES = ("sjia_infants", "adult_ra")
"""Indications for which earlier versions ignored the ages of a population."""


def present_names(lined: Lined) -> tuple[Lined, tuple[str, ...]]:
    """The study in present names, and a note for each name that was replaced."""
    value, notes = dict(lined.value), []
    lines = dict(lined.lines)
    for old, new in RENAMED.items():
        if old in value and new not in value:
            value[new] = value.pop(old)
            lines |= _moved(lined.lines, old, new)
            notes.append(f"'{old}' is now called '{new}'.")
    for old, new in _old_values(value):
        value["population"] = _renamed(value["population"], old, new)
        at = ("population", "values")
        lines[(*at, new)] = lined.line((*at, old))
        notes.append(f"'{old}' of a population is now called '{new}'.")
    if "indication" not in value and (name := _indication(value)):
        notes.append(_without_old_fields(value, name))
        lines[("indication",)] = lined.line(("model",) if "model" in lined.value else ("population",))
    return Lined(value, lines, lined.name), tuple(f"{lined.name}: {note}" for note in notes)


def _moved(lines: Mapping[Place, int], old: str, new: str) -> dict[Place, int]:
    return {(new, *place[1:]): line for place, line in lines.items() if place[:1] == (old,)}


def _old_values(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    population = value.get("population")
    values = population.get("values") if isinstance(population, dict) else None
    return [(old, VALUES[old]) for old in values if old in VALUES] if isinstance(values, dict) else []


def _renamed(population: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    values = {new if name == old else name: value for name, value in population["values"].items()}
    return {**population, "values": values}


def _indication(value: Mapping[str, Any]) -> str:
    """The indication in earlier fields; empty if there is none."""
    population = value.get("population")
    kind = population.get("kind") if isinstance(population, dict) else None
    if kind is not None:
        return INDICATIONS.get(kind, "")
    return {"sjia": "sjia", "adult_ra": "adult_ra"}.get(value.get("model", ""), "")


def _without_old_fields(value: dict[str, Any], name: str) -> str:
    """Replaces the earlier fields by the indication; returns the note."""
    value["indication"] = name
    old = ["model"] if value.pop("model", None) is not None else []
    ages: list[str] = []
    if isinstance(population := value.get("population"), dict):
        old += ["population: kind"] if "kind" in population else []
        ages = [age for age in ("youngest", "oldest") if age in population and name in WITHOUT_AGES]
        value["population"] = {k: v for k, v in population.items() if k not in ("kind", *ages)}
    note = f"{_named(old)} is now written 'indication: {name}'."
    return f"{note} {_ages_left_out(ages, name)}" if ages else note


def _named(fields: Sequence[str]) -> str:
    return " and ".join(f"'{field}'" for field in fields)


def _ages_left_out(ages: Sequence[str], name: str) -> str:
    """A note on ages that earlier versions ignored for these patients, and how to set them now."""
    verb = "is" if len(ages) == 1 else "are"
    own = indication(name)
    return (
        f"{_named(ages)} of the population {verb} left out, as before: patients are "
        f"{own.youngest:g} to below {own.oldest:g} years old. To choose ages, write 'indication: {name}' "
        "with them."
    )
