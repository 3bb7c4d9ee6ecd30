"""Names, units and numbers as they are written in tables, figures and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isfinite, log10

from quotidian.trials.agreement import JUDGED_FROM
from quotidian.trials.benchmarks.scores import ScoreRow
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.rows import EffectRow, EndpointRow

OBSERVABLES = {
    "tocilizumab": "Tocilizumab",
    "il6": "Free IL-6",
    "sil6r_total": "Total soluble IL-6R",
    "crp": "CRP",
    "esr": "ESR",
    "temperature": "Body temperature",
    "temperature_max": "Daily maximum of body temperature",
    "active_joints": "Active joints",
    "prednisolone": "Prednisolone",
    "cortisol": "Cortisol",
    "ferritin": "Ferritin",
    "il18": "IL-18",
    "cxcl9": "CXCL9",
    "platelets": "Platelets",
    "neutrophils": "Neutrophils",
    "haemoglobin": "Haemoglobin",
    "height": "Height",
}
_SIGNS = (("ug", "µg"), ("um", "µm"), ("degC", "°C"), ("**2", "²"), ("1e9/", "10⁹/"), ("*", "·"))
MISSING = "–"
_SPECIES = {"maleness": "sex", "il6_habit": "habituation to IL-6"} | {
    f"age_{i}": f"age class {i}" for i in range(1, 9)
}
_PARTS = {
    "il6": "IL-6", "il18": "IL-18", "il1": "IL-1", "sil6r": "sIL-6R", "mil6r": "mIL-6R", "sil2r": "sIL-2R",
    "crp": "CRP", "saa": "SAA", "cxcl9": "CXCL9", "ifn": "IFN", "gamma": "γ", "ast": "AST", "alt": "ALT",
    "igf1": "IGF-1", "igfbp3": "IGFBP-3",
}  # fmt: skip


def spoken(name: str) -> str:
    """The display name: from the table here, else the name with spaces for underscores."""
    if (endpoint := ENDPOINTS.get(name)) is not None:
        return endpoint.label
    return OBSERVABLES.get(name) or name.replace("_", " ")


def row_name(row: EndpointRow | EffectRow) -> str:
    """The display name of the endpoint of a row: the label that its design gives it, else as `spoken`."""
    return row.named or spoken(row.endpoint)


def species_name(name: str) -> str:
    """The name of a species or covariate on a map: ``sil6r_total`` as sIL-6R total, ``maleness`` as sex."""
    return _SPECIES.get(name) or " ".join(_PARTS.get(part, part) for part in name.split("_"))


def within(name: str) -> str:
    """A display name inside a sentence: ``Body temperature`` loses its capital, ``CRP`` keeps it."""
    text = spoken(name)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def arm_name(arm: str) -> str:
    """The display name of an arm, with spaces for underscores."""
    return arm.replace("_", " ")


def unit_sign(unit: str) -> str:
    """A unit as it is printed: ``ug/mL`` as µg/mL, ``degC`` as °C, ``1`` as an empty text."""
    if unit == "1":
        return ""
    for plain, sign in _SIGNS:
        unit = unit.replace(plain, sign)
    return unit


def with_unit(name: str, unit: str) -> str:
    """``CRP (mg/L)``; the name alone where the unit is 1."""
    sign = unit_sign(unit)
    return f"{spoken(name)} ({sign})" if sign else spoken(name)


def significant(value: float, digits: int) -> str:
    """A number with the given significant digits, without powers of ten or trailing zeros."""
    if not isfinite(value):
        return MISSING
    if value == 0.0:
        return "0"
    decimals = max(0, digits - 1 - floor(log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: float | None, unit: str) -> str:
    """A number as it is printed: a percentage with one decimal, others with three digits, a dash for none."""
    if value is None or not isfinite(value):
        return MISSING
    return f"{value:.1f}" if unit == "%" else significant(value, 3)


def stated(value: float | None) -> str:
    """A published number as it was printed, up to four digits; a dash for none."""
    return MISSING if value is None else significant(value, 4)


def span(low: float | None, high: float | None, unit: str) -> str:
    """``81.3 to 95.1``; empty if an end is missing."""
    if low is None or high is None or not (isfinite(low) and isfinite(high)):
        return ""
    return f"{number(low, unit)} to {number(high, unit)}"


def with_span(value: str, low: float | None, high: float | None, unit: str) -> str:
    """``90.7 (81.3 to 95.1)``; the value alone if an end is missing."""
    between = span(low, high, unit)
    return f"{value} ({between})" if between else value


def short_span(cell: str) -> str:
    """A cell with a dash for ``to``: ``90.7 (81.3–95.1)``; before a number below 0 the word stays."""
    return cell if " to -" in cell else cell.replace(" to ", "–")


def virtual_cell(row: EndpointRow) -> str:
    """Median and interval over replicates."""
    return with_span(number(row.virtual, row.unit), row.low, row.high, row.unit)


def known_cell(row: EndpointRow) -> str:
    """Interval over members of an ensemble, with parameter uncertainty; a dash without one."""
    return span(row.low_known, row.high_known, row.unit) or MISSING


def discrepancy_cell(row: ScoreRow) -> str:
    """Interval with parameter uncertainty and discrepancy; a dash without one."""
    return span(row.low_discrepancy, row.high_discrepancy, row.unit) or MISSING


def has_known(rows: Iterable[EndpointRow]) -> bool:
    """Whether an ensemble was run."""
    return any(row.low_known is not None for row in rows)


def published_cell(row: EndpointRow) -> str:
    """Published value and interval; a dash for none."""
    return with_span(stated(row.published), row.published_low, row.published_high, row.unit)


def verdict(row: EndpointRow) -> str:
    """``inside`` or ``outside``; empty if nothing is published."""
    return {True: "inside", False: "outside", None: ""}[row.inside]


def no_verdict(rows: Sequence[EndpointRow]) -> str:
    """Why no row of these is inside or outside."""
    if compared(rows):
        run = max((row.replicates or 0 for row in rows), default=0)
        return f"Too few replicates to judge: {run} of {JUDGED_FROM}. No row is called inside or outside."
    return "No row has a published number, so none can be called inside or outside."


def listed(items: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def counted(count: int, thing: str, things: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{count} {thing if count == 1 else things or thing + 's'}"


def thousands(count: int) -> str:
    """``15 873``, with a narrow space that does not break."""
    return f"{count:,}".replace(",", "\u202f")


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, in order of first appearance."""
    return tuple(dict.fromkeys(names))


def compared(rows: Sequence[EndpointRow]) -> tuple[EndpointRow, ...]:
    """The rows with a published number."""
    return tuple(row for row in rows if row.published is not None)
