"""Read quantities from text and convert units. The only file that imports pint.

The registry is small on purpose: it has the units of the clinic and the laboratory and no others, so that a
typing error (``mq/L`` for ``mg/L``) is refused. Two departures from the general convention:

* ``degC`` is a unit with a dimension of its own. Temperatures and their differences have the same unit, so
  ``(F - T) / tau`` works, and 37 degC cannot be converted to kelvin by accident.
* ``Da`` means g/mol, as in a molecular weight.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from quotidian.errors import InvalidQuantity, closest

if TYPE_CHECKING:
    import pint

    Registry: TypeAlias = pint.UnitRegistry[float]
    Quantity: TypeAlias = pint.Quantity[float]

PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1, "k": 1e3}
"""Symbols of the metric prefixes, and their factors."""

METRIC = {
    "m": "[length] = meter = metre",
    "g": "[mass] = gram",
    "mol": "[substance] = mole",
    "L": "dm ** 3 = l = liter = litre",
    "M": "mol / L = molar",
    "Da": "g / mol = dalton",
    "IU": "[activity] = U",
}
"""Units that can have a prefix: symbol -> definition, then other names, in the notation of pint."""

PLAIN = {
    "s": "[time] = second",
    "min": "60 s = minute",
    "h": "60 min = hour",
    "day": "24 h = d",
    "week": "7 day = wk",
    "month": "30.4375 day",
    "year": "365.25 day = yr",
    "degC": "[temperature] = celsius",
    "percent": "0.01",
    "rad": "[] = radian",
}
"""Units without prefixes."""

PURE = frozenset({"1", "%", "percent"})
"""Dimensionless scales. A number without unit can be read in these and in no other."""

_NUMBER = re.compile(r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?![0-9.,])\s*(.*?)\s*")
_FACTOR = r"([A-Za-z]+|%)(?:\*\*-?[0-9]+)?"
_TERM = re.compile(r"(^|[*/]) ?([A-Za-z]+|%|[0-9]+(?:\.[0-9]+)?(?:e[0-9]+)?)(?:\*\*(-?[0-9]+))?")
_POWER = re.compile(r"(?:1e|10\*\*|10\^|10)([0-9]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?=[/*·]|$)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNIT = re.compile(rf"(?:1(?:e[0-9]+)?|10\*\*[0-9]+|{_FACTOR})(?: ?[*/] ?{_FACTOR})*")


@cache
def registry() -> Registry:
    """The one registry of the process, built on first use (half a second: pint is slow to import)."""
    import pint

    known: Registry = pint.UnitRegistry(None)  # None: start from nothing
    for symbol, size in PREFIXES.items():
        known.define(f"{symbol}- = {size}")
    for symbol, definition in {**METRIC, **PLAIN}.items():
        meaning, *names = definition.split(" = ")
        known.define(" = ".join([symbol, meaning, "_", *names]))
    return known


def check(unit: str) -> None:
    """Refuse a text that is not a unit. Fast, and without pint, since ledgers are read at every start.

    Raises
    ------
    InvalidQuantity
        The text is not a product of units, or names one that is not known here.
    """
    _readable(_spelled(unit))


def as_quantity(value: float, unit: str) -> Quantity:
    """``value`` with its unit attached, for arithmetic that keeps track of dimensions.

    Raises
    ------
    InvalidQuantity
        The unit is unknown.
    """
    amount: Quantity = value * _parsed(_spelled(unit))
    return amount


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Convert a value to another unit; at no cost if both are spelled alike.

    Raises
    ------
    InvalidQuantity
        A unit is unknown, or the two measure different things.
    """
    return value if from_unit == to_unit else value * _factor(_spelled(from_unit), _spelled(to_unit))


def same_dimension(a: str, b: str) -> bool:
    """Whether two units have the same dimension: ``mg/L`` and ``ug/mL`` do, ``mg/L`` and ``nM`` do not."""
    return a == b or _measure(_spelled(a))[1] == _measure(_spelled(b))[1]


def quantity(text: str, expects: str | None = None) -> float:
    """Read ``"12 mg/kg"``, ``"2 weeks"`` or ``"1 hour"``; the number comes back in the unit ``expects``.

    Parameters
    ----------
    text : a number, a space if you like, a unit. A number alone is read only where a pure number is expected.
    expects : the unit of the result; ``None`` leaves the number as written.

    Raises
    ------
    InvalidQuantity
        The text is not a quantity, its unit is unknown, or it measures something else.
    """
    found = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    if found is None or not math.isfinite(float(found[1])):
        why = "It must start with a number; the decimal sign is a point."
        raise InvalidQuantity(f"'{text}' is not a quantity.", why, _example(expects))
    value, unit = float(found[1]), found[2] or "1"
    if expects is None:
        check(unit)
        return value
    if (unit in PURE) != (expects in PURE) or not same_dimension(unit, expects):
        raise InvalidQuantity(
            f"'{text}' cannot be read in {expects}.", _clash(unit, expects), _example(expects)
        )
    return convert(value, unit, expects)


def plain_number(text: str) -> float:
    """A number in digits of this script, without ``_`` between them; not-a-number for any other text."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def whole_number(text: str) -> int | None:
    """A whole number of at most nine digits of this script, without a sign; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _spelled(unit: str) -> str:
    """The canonical spelling of a unit: ``u`` for micro, ``degC``, ``**`` for powers, ``1`` for none."""
    for theirs, ours in (("µ", "u"), ("μ", "u"), ("°C", "degC"), ("·", "*"), ("^", "**")):
        unit = unit.replace(theirs, ours)
    return " ".join(unit.split()) or "1"


@cache
def _names() -> frozenset[str]:
    """Every spelling of a single unit, symbols with their prefixes and words with their plurals."""
    metric, plain = (
        {name for symbol, text in table.items() for name in (symbol, *text.split(" = ")[1:])}
        for table in (METRIC, PLAIN)
    )
    short = {name for name in metric if len(name) <= 3}
    words = {name for name in metric | plain if len(name) > 3 or name == "day"}
    return frozenset(
        metric | plain | {p + n for p in PREFIXES for n in short} | {w + "s" for w in words} | {"%"}
    )


@cache
def _readable(unit: str) -> str:
    """Check that a unit can be read, and return it."""
    if not _UNIT.fullmatch(unit):
        remedy = "Write names joined by * and /, such as mg/kg/day, or 1 for a pure number."
        raise InvalidQuantity(f"'{unit}' cannot be read as a unit.", "It is not a product of units.", remedy)
    for name in re.findall(r"(?<![\w.])[A-Za-z]+|%", unit):
        if name not in _names():
            why = (
                f"There is no unit '{name}'." if name != unit else "Metric units and units of time are known."
            )
            raise InvalidQuantity(f"Unit '{unit}' is unknown.", why, _hint(name))
    return unit


@cache
def _parsed(unit: str) -> Quantity:
    named: Quantity = registry().Quantity(1.0, "") * registry().parse_expression(_readable(unit))
    return named


@cache
def _factor(from_unit: str, to_unit: str) -> float:
    if not same_dimension(from_unit, to_unit):
        remedy = f"Give a value in {to_unit}, or in another unit of that kind."
        raise InvalidQuantity(f"{from_unit} cannot become {to_unit}.", _clash(from_unit, to_unit), remedy)
    ratio = _measure(from_unit)[0] / _measure(to_unit)[0]
    # Fifteen digits make powers of ten exact in spite of rounding.
    return float(f"{ratio:.15g}")


def _clash(a: str, b: str) -> str:
    return f"{a} measures {_measured(a)}, {b} measures {_measured(b)}."


def _measured(unit: str) -> str:
    dimension = str(_parsed(_spelled(unit)).dimensionality)
    if dimension == "dimensionless":
        return "nothing (a pure number)" if unit in PURE else "a ratio"
    return re.sub(r"[\[\]]", "", dimension).replace(" ** ", "^")


@cache
def _measure(unit: str) -> tuple[float, frozenset[tuple[str, int]]]:
    """Size in base units, and dimension as powers of base units; from the tables above, without pint.

    Every start needs conversions, and importing pint takes longer than a simulation. The tests compare this
    with pint for every pair of units.
    """
    size, powers = 1.0, dict[str, int]()
    for operator, name, power in _TERM.findall(_readable(unit)):
        n = int(power or 1) * (-1 if operator == "/" else 1)
        factor, dimension = _single(name)
        size *= factor**n
        for base, m in dimension:
            powers[base] = powers.get(base, 0) + m * n
    return size, frozenset((base, m) for base, m in powers.items() if m)


def _single(name: str) -> tuple[float, frozenset[tuple[str, int]]]:
    """One factor of a unit: a number, a unit of the tables under any of its names, or one with a prefix."""
    if name[0].isdigit():
        return float(name), frozenset()
    name = {"%": "percent"}.get(name, name)
    for candidate in (name, name.removesuffix("s")):
        for symbol, text in {**METRIC, **PLAIN}.items():
            definition, *names = text.split(" = ")
            if candidate in (symbol, *names):
                return _defined(symbol, definition)
    factor, dimension = _single(name[1:])
    return PREFIXES[name[0]] * factor, dimension


def _defined(symbol: str, definition: str) -> tuple[float, frozenset[tuple[str, int]]]:
    if definition == "[]":
        return 1.0, frozenset()
    if definition.startswith("["):
        return 1.0, frozenset({(symbol, 1)})
    number, _, rest = definition.partition(" ")
    if number.replace(".", "").isdigit():
        factor, dimension = _measure(rest) if rest else (1.0, frozenset[tuple[str, int]]())
        return float(number) * factor, dimension
    return _measure(definition.replace(" ** ", "**"))


def quantity_text(number: str, unit: str, space: str = " ") -> str:
    """A printed number with its unit: ``50 U/L``, ``1.0·10⁹/L``, ``(150 to 450)·10⁹/L``, ``3`` for unit 1.

    A unit that begins with a power of ten, ``1e9/L`` or ``10⁹/L``, multiplies the number; behind a space it
    would read as a second number. ``space`` stands before other units.
    """
    if unit in ("", "1"):
        return number
    power = _POWER.match(unit)
    if power is None:
        return f"{number}{space}{unit}"
    whole = f"({number})" if " " in number else f"{number}.0" if number in tuple("123456789") else number
    ten = f"10{power[1].translate(_RAISED)}"
    return f"{whole}·{ten}{unit[power.end() :]}"


def _hint(name: str) -> str:
    near = closest(name, _names())
    symbols = ", ".join([*METRIC, *PLAIN])
    return near if near.startswith("Did") else f"Known: {symbols}, with prefixes {' '.join(PREFIXES)}, and %."


def _example(expects: str | None) -> str:
    return f"Write a number and a unit, for example '{'2 weeks' if expects is None else f'12 {expects}'}'."
