"""Units as SBML can express them: products of seconds, metres, litres, grams and moles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log10
from typing import Any

from quotidian.units import PREFIXES

KINDS = {"m": "metre", "g": "gram", "mol": "mole", "L": "litre", "s": "second", "rad": "radian"}
SECONDS = {"min": 60.0, "h": 3600.0, "day": 86400.0, "week": 604800.0, "year": 31557600.0}
_FACTOR = re.compile(r"([*/]?)\s*([A-Za-z]+|1)(?:\*\*(-?[0-9]+))?\s*")


@dataclass(frozen=True)
class Unit:
    """One factor: ``(multiplier 10^scale kind)^exponent``."""

    kind: str
    exponent: int = 1
    scale: int = 0
    multiplier: float = 1.0


def factors(unit: str) -> tuple[Unit, ...] | None:
    """The factors of a unit text such as ``1/nM/h``; none of them for ``1``, None for what SBML cannot say.

    Temperature in degC is such: SBML has the kelvin alone, and a level in degC is none of those.
    """
    found: list[Unit] = []
    place = 0
    text = unit.replace("^", "**").strip()
    while place < len(text):
        match = _FACTOR.match(text, place)
        if match is None:
            return None
        place = match.end()
        power = int(match[3] or 1) * (-1 if match[1] == "/" else 1)
        single = _single(match[2], power)
        if single is None:
            return None
        found += single
    return tuple(found)


def _single(symbol: str, power: int) -> list[Unit] | None:
    if symbol == "1":
        return []
    if symbol in SECONDS:
        return [Unit("second", power, multiplier=SECONDS[symbol])]
    for prefix, base in (("", symbol), (symbol[:1], symbol[1:])):
        scale = round(log10(PREFIXES.get(prefix, 1.0)))
        if prefix not in ("", *PREFIXES):
            continue
        if base in KINDS:
            return [Unit(KINDS[base], power, scale)]
        if base == "M":
            return [Unit("mole", power, scale), Unit("litre", -power)]
    return None


def substance(unit: str) -> str | None:
    """The amount in a unit of concentration: ``nmol`` in ``nM``, ``mg`` in ``mg/L``; None for others."""
    molar = re.fullmatch(r"([fpnum]?)M", unit)
    if molar:
        return f"{molar[1]}mol"
    by_volume = re.fullmatch(r"([fpnumk]?(?:g|mol))/L", unit)
    return by_volume[1] if by_volume else None


def measures_substance(unit: str) -> bool:
    """Whether SBML takes a species in this unit: an amount, a mass or a number, no length, time or level."""
    parts = factors(unit)
    return parts is not None and {part.kind for part in parts} <= {"mole", "gram"}


class Units:
    """The unit definitions of one SBML model, each made when it is first asked for."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.known: dict[str, str] = {}

    def id(self, unit: str) -> str | None:
        """Id of a unit; None for what SBML cannot say."""
        parts = factors(unit)
        if parts is None:
            return None
        if not parts:
            return "dimensionless"
        if unit not in self.known:
            self.known[unit] = self._defined(unit, parts)
        return self.known[unit]

    def _defined(self, unit: str, parts: tuple[Unit, ...]) -> str:
        import libsbml

        definition = self.model.createUnitDefinition()
        name = "_".join(re.findall(r"\w+", unit.replace("/", " per ").replace("**", "")))
        name = f"unit_{name}" if name[0].isdigit() else name
        definition.setId(name)
        definition.setName(unit)
        for part in parts:
            element = definition.createUnit()
            element.setKind(libsbml.UnitKind_forName(part.kind))
            element.setExponent(part.exponent)
            element.setScale(part.scale)
            element.setMultiplier(part.multiplier)
        return name
