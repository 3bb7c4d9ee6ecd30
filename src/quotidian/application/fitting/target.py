"""A target of treatment as a text: ``trough >= 20 ug/mL``, ``crp < 10 mg/L at week 12``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, closest
from quotidian.units import convert

Floats = NDArray[np.float64]
TROUGH, FEVER = "trough", "no fever"
FORM = re.compile(
    r"\s*(?P<name>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<value>[0-9]+\.?[0-9]*)\s*(?P<unit>[^\s]*)"
    r"(?:\s+(?P<when>at|from)\s+week\s+(?P<week>[0-9]+\.?[0-9]*))?\s*"
)
WEEK = 12.0
FEVER_FREE = "temperature < 38 degC from week {week}"


@dataclass(frozen=True)
class Target:
    """A limit of a quantity.

    Attributes
    ----------
    observable : in the unit of the model; of a trough the drug's concentration before the last dose up to
        ``week``. above : whether the quantity shall lie above ``value``. week : of the new regimen. lasting :
        whether it shall hold for two weeks from then, and not at one moment only.
    """

    text: str
    observable: str
    above: bool
    value: float
    unit: str
    week: float = WEEK
    trough: bool = False
    lasting: bool = False

    def worst(self, course: Floats) -> Floats:
        """The value that decides, [draw], of a course [draw, time]."""
        return np.asarray(course.min(axis=1) if self.above else course.max(axis=1))

    def met(self, quantity: Floats) -> NDArray[np.bool_]:
        """[draw] whether the target is met."""
        return np.asarray(quantity >= self.value if self.above else quantity <= self.value)


def target_of(text: str, units: Mapping[str, str], drug: str) -> Target:
    """The target of a text.

    Parameters
    ----------
    units : of the observables that can be aimed at. drug : whose trough is meant.

    Raises InvalidInput for a text that is not a target, InvalidQuantity for a wrong unit.
    """
    fever = re.fullmatch(r"\s*no fever(?:\s+(?:at|from)\s+week\s+([0-9]+\.?[0-9]*))?\s*", text)
    found = FORM.fullmatch(FEVER_FREE.format(week=fever[1] or f"{WEEK:g}") if fever else text)
    if found is None:
        raise InvalidInput(
            f"'{text}' is not a target.", "A target is a quantity, a limit with its unit, and a week.",
            "Write for example 'trough >= 20 ug/mL' or 'crp < 10 mg/L at week 12'.",
        )  # fmt: skip
    name = found["name"].lower()
    observable = drug if name == TROUGH else name
    if observable not in units:
        raise InvalidInput(
            f"'{found['name']}' cannot be a target.", closest(name, [TROUGH, *units]),
            "Name a measurement, trough, or 'no fever'.",
        )  # fmt: skip
    unit = units[observable]
    number = float(found["value"])
    value = number if unit == "1" and not found["unit"] else convert(number, found["unit"] or "1", unit)
    return Target(
        text.strip(), observable, found["sign"].startswith(">"), value, unit,
        float(found["week"] or WEEK), name == TROUGH, found["when"] == "from",
    )  # fmt: skip


GRID = re.compile(
    r"\s*(?:(?P<name>[\w-]+)\s*:)?\s*(?P<low>[0-9]+\.?[0-9]*)(?:\s*-\s*(?P<high>[0-9]+\.?[0-9]*))?\s*(?P<unit>mg/kg|mg)\s*,\s*every\s+"
    r"(?P<first>[0-9]+)(?:\s*-\s*(?P<last>[0-9]+))?\s*(?P<span>weeks?|days?)\s*"
)
DOSES = 5  # most doses of a range


def candidates(text: str, preparation: str) -> list[str]:
    """The regimens of a grid such as ``8-12 mg/kg, every 1-4 weeks``, in free form.

    The drug is ``preparation`` unless the text begins with another, as in ``tocilizumab-sc: 162 mg, ...``.

    A range of doses is divided in whole numbers if there are at most five of them, else in five; a range of
    intervals in whole weeks or days.

    Raises InvalidInput for a text that is not a grid.
    """
    found = GRID.fullmatch(text)
    low = float(found["low"]) if found else 0.0
    high = float(found["high"] or low) if found else 0.0
    first = int(found["first"]) if found else 0
    last = int(found["last"] or first) if found else 0
    if found is None or not 0.0 < low <= high or not 0 < first <= last:
        raise InvalidInput(
            f"'{text}' is not a grid of regimens.", "A grid is a range of doses and a range of intervals.",
            "Write for example '8-12 mg/kg, every 1-4 weeks'.",
        )  # fmt: skip
    whole = low == int(low) and high == int(high) and high - low < DOSES
    count = int(high - low) + 1 if whole else (DOSES if high > low else 1)
    name = found["name"] or preparation
    if not name:
        raise InvalidInput(
            f"'{text}' names no drug.", "The child receives no drug so far.",
            "Write for example 'tocilizumab-iv: 8-12 mg/kg, every 1-4 weeks'.",
        )  # fmt: skip
    span = "wk" if found["span"].startswith("week") else "d"
    return [
        f"{name}:{dose:g}{found['unit']}/{interval}{span}"
        for dose in np.linspace(low, high, count)
        for interval in range(first, last + 1)
    ]
