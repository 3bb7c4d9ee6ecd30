"""Models of a SED-ML file: found in the archive, changed, and given other values for a repetition."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePosixPath
from posixpath import normpath

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import evaluate
from quotidian.interchange.hybrid.restart import set_at_start, whole_system
from quotidian.interchange.omex.archive import Archive, inside
from quotidian.interchange.omex.sedml import Calculation, Change, Experiment, SedModel
from quotidian.interchange.omex.xml_tree import Element, tree_of
from quotidian.interchange.sbml_contents import Reader
from quotidian.interchange.sbml_document import opened
from quotidian.units import plain_number

VALUES = {
    "species": ("initialConcentration", "initialAmount"),
    "parameter": ("value",),
    "localParameter": ("value",),
    "compartment": ("size", "volume"),
    "speciesReference": ("stoichiometry",),
}
"""Attributes that hold the value of an element, by its name."""
REMEDY = "Correct the SED-ML file."


def contents_of(archive: Archive, sedml: str, e: Experiment, name: str) -> Contents:
    """The model of an id with all its changes.

    Raises InvalidInput for a model that the archive lacks, one in another language, or a change that cannot
    be made.
    """
    model = looked_up(e.models, name, "model")
    place, changes, seen = model.source, list(model.changes), {name}
    while (parent := place.removeprefix("#")) in e.models and parent not in seen:
        seen.add(parent)
        place, changes = e.models[parent].source, [*e.models[parent].changes, *changes]
        model = e.models[parent]
    _refuse_language(model)
    path = _located(archive, sedml, place, model)
    if not changes:
        return Reader(opened(archive.folder / path)).contents()
    root = tree_of((archive.folder / path).read_bytes(), f"'{path}'")
    for change in changes:
        _make(change, root)
    return Reader(opened(root.written())).contents()


def looked_up(known: Mapping[str, SedModel], name: str, what: str) -> SedModel:
    """A model by id. Raises InvalidInput where there is none."""
    if name not in known:
        raise InvalidInput(f"There is no {what} '{name}'.", "A task names it.", REMEDY)
    return known[name]


def _refuse_language(model: SedModel) -> None:
    if "sbml" not in model.language.lower():
        raise InvalidInput(
            f"The model '{model.id}' (line {model.line}) is in the language '{model.language}'.",
            "Only SBML is run.", "Export the model as SBML.",
        )  # fmt: skip


def _located(archive: Archive, sedml: str, source: str, model: SedModel) -> str:
    """The place of a model in the archive; sources are relative to the SED-ML file."""
    path = normpath(str(PurePosixPath(sedml).parent / source))
    if ":" in source or not inside(path) or not (archive.folder / path).is_file():
        raise InvalidInput(
            f"The archive lacks the model '{source}' (line {model.line} of '{sedml}').",
            "Models are looked for in the archive alone.", "Add it.",
        )  # fmt: skip
    return path


# ---- changes of the model's XML
def _make(change: Change, root: Element) -> None:
    element = change.place.find(root)
    name = change.place.attribute or _value_attribute(element)
    if isinstance(change.value, str):
        if not change.place.attribute:
            raise _unmade(change, "It names no attribute")
        element.attributes[name] = change.value
        return
    known = dict(change.value.parameters)
    for v in change.value.variables:
        if v.place is None:
            raise _unmade(change, "It reads the time")
        found = v.place.find(root)
        key = v.place.attribute or _value_attribute(found)
        known[v.id] = _as_number(found.attributes.get(key, ""), change)
    element.attributes[name] = repr(calculated(change.value, known, change.line))


def _value_attribute(element: Element) -> str:
    names = VALUES.get(element.name, ("value",))
    return next((n for n in names if n in element.attributes), names[0])


def _as_number(text: str, change: Change) -> float:
    value = plain_number(text)
    if math.isnan(value):
        raise _unmade(change, f"It reads '{text}', which is not a number")
    return value


def _unmade(change: Change, why: str) -> InvalidInput:
    return InvalidInput(
        f"The change of '{change.place.text}' (line {change.line}) cannot be made.", f"{why}.", REMEDY
    )


def calculated(c: Calculation, known: Mapping[str, float], line: int) -> float:
    """The value of a calculation. Raises InvalidInput for a name without a value, or no finite result."""
    try:
        value = float(evaluate(c.formula, known))
    except KeyError as name:
        raise InvalidInput(f"A formula (line {line}) reads {name}, which has no value.", "", REMEDY) from None
    if not math.isfinite(value):
        raise InvalidInput(f"A formula (line {line}) gives {value}.", "", "Correct what it reads.")
    return value


# ---- values of a repetition
def with_settings(c: Contents, settings: Mapping[str, float], attributes: Mapping[str, str]) -> Contents:
    """The model with values set after its reset, by id; ``attributes`` are those that targets name, if any.

    Raises InvalidInput where it matters whether computed starts follow.
    """
    start = whole_system(c).start() if settings else None
    numbers: dict[str, float] = {}
    for name, value in settings.items():
        q = c.quantities.get(name)
        numbers[name] = value
        if q is not None and start is not None and q.kind == "species" and q.home is not None:
            if attributes[name] == "initialAmount" and q.space is not None:
                numbers[name] = value / start[q.home]
            elif attributes[name] == "initialConcentration" and q.space is None:
                numbers[name] = value * start[q.home]
    return set_at_start(c, numbers, "A repetition") if numbers else c
