"""What an entry must say before the ledger takes it; a refusal names file, entry, field and remedy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from quotidian.errors import InvalidQuantity, LedgerError, closest
from quotidian.evidence.basis import Assumed, Basis, Derived, Fitted, Measured
from quotidian.evidence.bibliography import bibliography
from quotidian.evidence.entry import Entry, Source
from quotidian.evidence.spread import (
    Cv,
    Fold,
    LogSd,
    NoSpread,
    RandomEffectOf,
    Range,
    Sd,
    Size,
    Uncertainty,
    Unknown,
    Variability,
)
from quotidian.units import check

_SIZES_TEXT = "{sd: ..}, {cv: ..}, {log_sd: ..}, {fold: ..}, {range: [low, high]}"
_REASONS_TEXT = "{unknown: why} or {none: why}"

REQUIRED = {
    "meaning": "one line that says what the value is",
    "symbol": "the symbol as LaTeX, such as k_{on}",
    "value": "a number",
    "unit": "the unit of the source, or 1 for a pure number",
    "variability": f"between subjects: {_SIZES_TEXT}, {{random_effect: entry}}, {_REASONS_TEXT}",
    "uncertainty": f"of the value: {_SIZES_TEXT}, {_REASONS_TEXT}",
    "basis": "measured, {derived: how}, {fitted: to what, by what} or {assumed: because ...}",
    "plausible": "[low, high] in the unit of the value",
}
"""Fields every entry has, and what to write there."""

OPTIONAL = {"source": "{key: .., place: ..}, or a list of these", "note": "free text"}
"""Fields an entry may have. Only what is assumed, or derived from other entries, needs no source."""

_SIZES: Mapping[str, Callable[[float], Size]] = {"sd": Sd, "cv": Cv, "log_sd": LogSd, "fold": Fold}
_REASONS: Mapping[str, Callable[[str], Unknown | NoSpread]] = {"unknown": Unknown, "none": NoSpread}
_BASES: Mapping[str, Callable[[str], Basis]] = {"derived": Derived, "fitted": Fitted, "assumed": Assumed}


class _Place:
    """Where we are in which file, to say so when something is wrong."""

    def __init__(self, file: str, entry: str) -> None:
        self.file, self.entry = file, entry

    def refuse(self, field: str, what: str, remedy: str = "") -> NoReturn:
        remedy = remedy or f"Write {field}: {(REQUIRED | OPTIONAL)[field]}."
        raise LedgerError(f"{self.file}, {self.entry}, {field}: {what}.", "", remedy)


def entry_from(file: str, module: str, name: str, body: Any) -> Entry:
    """Check one raw entry and make it an :class:`Entry`.

    Parameters
    ----------
    file, module, name : where it stands; ``file`` is only named in errors.
    body : the mapping below the name, as read from YAML.

    Raises
    ------
    LedgerError
        Something is missing, unknown or contradictory.
    """
    place = _Place(file, name)
    if not all(part.isidentifier() for part in name.split(".")):  # dotted: a setting of module.parameter
        raise LedgerError(
            f"{file}, {name}: not a name of a parameter.", "", "Use letters, digits and _ only."
        )
    _fields(place, body)
    value, basis = _number(place, "value", body["value"]), _basis(place, body["basis"])
    return Entry(
        name=name,
        module=module,
        meaning=_text(place, "meaning", body["meaning"]),
        symbol=_text(place, "symbol", body["symbol"]),
        value=value,
        unit=_unit(place, body["unit"]),
        variability=_variability(place, body["variability"], value),
        uncertainty=_uncertainty(place, "uncertainty", body["uncertainty"], value),
        basis=basis,
        sources=_sources(place, body.get("source", []), basis),
        plausible=_around(place, "plausible", body["plausible"], value),
        note=_text(place, "note", body["note"]) if "note" in body else "",
    )


def _fields(place: _Place, body: Any) -> None:
    known = REQUIRED | OPTIONAL
    if not isinstance(body, dict):
        place.refuse("value", "the entry has no fields", f"Write below it: {', '.join(REQUIRED)}.")
    for field in body:
        if field not in known:
            raise LedgerError(
                f"{place.file}, {place.entry}: unknown field '{field}'.", "", closest(str(field), known)
            )
    for field in REQUIRED:
        if body.get(field) is None:
            place.refuse(field, "missing")


def _text(place: _Place, field: str, raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        place.refuse(field, f"{raw!r} is not a text")
    return " ".join(raw.split())


def _number(place: _Place, field: str, raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        place.refuse(field, f"{raw!r} is not a number")
    return float(raw)


def _unit(place: _Place, raw: Any) -> str:
    unit = "1" if raw == 1 and not isinstance(raw, bool) else _text(place, "unit", raw)
    try:
        check(unit)
    except InvalidQuantity as error:
        place.refuse("unit", error.what.rstrip("."), f"{error.why} {error.remedy}".strip())
    return unit


def _around(place: _Place, field: str, raw: Any, value: float) -> tuple[float, float]:
    """A pair ``[low, high]`` that holds the value."""
    if not isinstance(raw, list) or len(raw) != 2:
        place.refuse(field, f"{raw!r} is not a pair of numbers")
    low, high = (_number(place, field, end) for end in raw)
    if not low < high:
        place.refuse(field, f"{low:g} is not below {high:g}")
    if not low <= value <= high:
        place.refuse(
            field, f"the value {value:g} lies outside {low:g} to {high:g}", "Correct one of the two."
        )
    return low, high


def _single(place: _Place, field: str, raw: Any, kinds: list[str]) -> tuple[str, Any]:
    """The one pair of a mapping such as ``{sd: 0.2}``."""
    if not isinstance(raw, dict) or len(raw) != 1:
        place.refuse(field, f"{raw!r} is not one kind and its content")
    ((kind, content),) = raw.items()
    if kind not in kinds:
        place.refuse(field, f"'{kind}' is not a kind of {field}", closest(str(kind), kinds))
    return kind, content


def _variability(place: _Place, raw: Any, value: float) -> Variability:
    if isinstance(raw, dict) and set(raw) == {"random_effect"}:
        return RandomEffectOf(_text(place, "variability", raw["random_effect"]))
    return _uncertainty(place, "variability", raw, value)


def _uncertainty(place: _Place, field: str, raw: Any, value: float) -> Uncertainty:
    kind, content = _single(place, field, raw, [*_SIZES, "range", *_REASONS])
    if kind in _REASONS:
        return _REASONS[kind](_text(place, field, content))
    if kind == "range":
        return Range(*_around(place, field, content, value))
    size, least = _number(place, field, content), 1.0 if kind == "fold" else 0.0
    if size <= least:
        place.refuse(field, f"{kind} {size:g} is not above {least:g}")
    return _SIZES[kind](size)


def _basis(place: _Place, raw: Any) -> Basis:
    if raw == "measured":
        return Measured()
    if isinstance(raw, str) and raw in _BASES:
        place.refuse("basis", f"'{raw}' alone does not say how we know", f"Write basis: {{{raw}: ...}}.")
    kind, content = _single(place, "basis", raw, ["measured", *_BASES])
    if kind == "measured":
        place.refuse("basis", "measured needs no words", "Write basis: measured; details belong in note.")
    text = _text(place, "basis", content)
    return _BASES[kind](text.removeprefix("because ").removeprefix("to "))


def _sources(place: _Place, raw: Any, basis: Basis) -> tuple[Source, ...]:
    sources = tuple(_source(place, item) for item in (raw if isinstance(raw, list) else [raw]))
    needless = isinstance(basis, Assumed) or (isinstance(basis, Derived) and basis.how.startswith("from "))
    if not sources and not needless:
        place.refuse("source", f"missing, yet the value is {basis.word}")
    return sources


def _source(place: _Place, raw: Any) -> Source:
    if not isinstance(raw, dict) or set(raw) != {"key", "place"}:
        place.refuse("source", f"{raw!r} does not have just a key and a place")
    key, where = _text(place, "source", raw["key"]), _text(place, "source", raw["place"])
    if key not in bibliography():
        hint = f"{closest(key, bibliography()) if bibliography() else ''} Or add it to bibliography.yaml."
        place.refuse("source", f"'{key}' is not in the bibliography", hint.strip())
    return Source(key, where)
