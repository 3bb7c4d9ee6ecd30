"""Reading of form fields: each number has a range, and an error message that a clinician can understand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from quotidian.errors import InvalidQuantity, UnknownName, closest
from quotidian.units import plain_number
from quotidian.web.beside.options import NONE

LONGEST_TEXT = 200
"""Largest number of characters in a field; a longer field is refused before it is read."""


def text(query: Mapping[str, str], name: str, default: str = "") -> str:
    """The text of one field. Raises InvalidQuantity for one that is too long."""
    found = str(query.get(name, default)).strip()
    if len(found) > LONGEST_TEXT:
        raise InvalidQuantity(
            f"The field '{name}' is too long.", "", f"Use {LONGEST_TEXT} characters or fewer."
        )
    return found


def number(query: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    """A number within a range; the default if the field is empty.

    Raises InvalidQuantity for anything else.
    """
    found = text(query, name)
    if not found:
        return default
    value = plain_number(found)
    if not low <= value <= high:
        what = f"{name.replace('_', ' ')} cannot be '{found}'."
        raise InvalidQuantity(
            what, f"It takes a number from {low:g} to {high:g}.", "Change the field, or empty it."
        )
    return value


def maybe(query: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    """A number within a range, or None if the field is empty. Raises InvalidQuantity for anything else."""
    return number(query, name, 0.0, low, high) if text(query, name) else None


def choice(query: Mapping[str, str], name: str, default: str, known: Collection[str]) -> str:
    """One of the known names. Raises UnknownName for another."""
    found = text(query, name) or default
    if found not in known:
        raise UnknownName(f"There is no {name.replace('_', ' ')} '{found}'.", closest(found, known))
    return found


def days(query: Mapping[str, str], name: str, high: float) -> tuple[float, ...]:
    """Days separated by commas, sorted. Raises InvalidQuantity for a day out of range."""
    parts = [part for part in text(query, name).replace(";", ",").split(",") if part.strip()]
    return tuple(sorted({number({name: part}, name, 0.0, 0.0, high) for part in parts}))


def several(
    query: Mapping[str, str], name: str, usual: tuple[str, ...], known: Collection[str]
) -> tuple[str, ...]:
    """Known names separated by commas, in the order of the known ones; the usual ones if the field is empty.

    Raises UnknownName for another.
    """
    found = text(query, name)
    if not found:
        return usual
    asked = {part for part in found.split(",") if part and part != NONE}
    for part in asked - set(known):
        raise UnknownName(f"There is no {name} '{part}'.", closest(part, known))
    return tuple(one for one in known if one in asked)
