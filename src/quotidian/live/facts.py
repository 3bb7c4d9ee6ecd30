"""What a page must know besides the machine code: names, values, the growth reference, regimens and ports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.dosing.amount import Amount
from quotidian.dosing.bands import Band, Bands
from quotidian.dosing.choice import ByBand
from quotidian.dosing.dose import Dose
from quotidian.dosing.regimen import Counted, Limited, NoDrug, Repeated, Successive
from quotidian.drugs.catalogue import MARKS, PORTS, PREPARATIONS
from quotidian.drugs.drug import Preparation
from quotidian.engine import CompiledModel
from quotidian.models import DRUGS
from quotidian.patients import growth
from quotidian.patients.child import OLDEST, YOUNGEST
from quotidian.simulation import FIRST_DOSE_HOUR, RUN_IN_DAYS
from quotidian.version import RESEARCH_USE, __version__

MONTHS = 12.0
LARGEST = 2**53


def facts(model: CompiledModel, drugs: frozenset[str], numbering: Mapping[str, Any]) -> dict[str, Any]:
    """Everything of ``model.json``, as plain data.

    Parameters
    ----------
    drugs : names of the drugs that the model contains.
    numbering : of :class:`quotidian.engine.web_module.WebModule`.
    """
    known = model.model.observables
    preparations = {name: p for name, p in PREPARATIONS.items() if ROUTE[name] in drugs}
    return {
        **numbering,
        "model": model.model.name,
        "version": __version__,
        "notice": RESEARCH_USE,
        "drugs": sorted(drugs),
        "observables": [
            {"name": name, "unit": known[name].unit, "meaning": known[name].meaning}
            for name in numbering["observables"]
        ],
        "clock": {"first_dose_h": FIRST_DOSE_HOUR, "run_in_days": RUN_IN_DAYS},
        "reference": {measure: _reference(measure) for measure in growth.MEASURES},
        "preparations": {name: _preparation(name, p) for name, p in preparations.items()},
        "ports": [dict(vars(port)) for port in PORTS if port.drug in drugs],
        "most_per_day": {
            name: most for name in sorted(drugs) if (most := DRUGS[name].most_per_day) is not None
        },
    }


ROUTE = {p.name: drug.name for drug in DRUGS.values() for p in drug.preparations}
"""Drug by name of preparation."""


def _reference(measure: str) -> dict[str, Any]:
    """Ages in months, and packed L, M and S of both sexes, for the ages of the model's children."""
    months, rows = growth.table(measure)
    first = int(np.searchsorted(months, YOUNGEST * MONTHS, side="right")) - 1
    last = int(np.searchsorted(months, (OLDEST + 1) * MONTHS, side="left")) + 1
    chosen = slice(first, last)
    return {
        "months": months[chosen].tolist(),
        "rows": {sex: [packed(row[chosen]) for row in rows[i]] for i, sex in enumerate(growth.SEXES)},
    }


def packed(numbers: NDArray[np.float64]) -> list[int]:
    """Numbers of a smooth table in few digits: the decimals, then second differences of whole numbers.

    :math:`x_i = n_i / 10^k` and :math:`d_i = n_i - 2 n_{i-1} + n_{i-2}`, with 0 before the first. Exact,
    since a quotient of two whole numbers below 2^53 is rounded once, to the number that the decimals name.
    Raises ValueError for a table with more digits.
    """
    k = max(len(repr(float(x)).partition(".")[2]) for x in numbers)
    n = [round(float(x) * 10**k) for x in numbers]
    if max(10**k, *map(abs, n)) > LARGEST:
        raise ValueError("the table has more digits than a double holds as a whole number")
    whole = [0, 0, *n]
    return [k, *(c - 2 * b + a for a, b, c in zip(whole, whole[1:], n, strict=False))]


def _preparation(name: str, p: Preparation) -> dict[str, Any]:
    return {
        "drug": ROUTE[name],
        "route": p.route,
        "over_h": p.over_h,
        "standard": None if p.standard is None else described(p.standard),
        "mark": "" if p.basis == "licensed" else f"{name}: dose {MARKS[p.basis]} ({p.source})",
    }


def described(regimen: Regimen) -> dict[str, Any]:
    """A standard regimen as plain data. Raises TypeError for a kind that no standard regimen has."""
    match regimen:
        case NoDrug():
            return {"kind": "none"}
        case Dose():
            return {"kind": "dose", "dose": _dose(regimen)}
        case Repeated(base, interval_h):
            return {"kind": "repeated", "base": described(base), "interval": interval_h}
        case Counted(base, n):
            return {"kind": "counted", "base": described(base), "n": n}
        case Limited(base, until_h):
            return {"kind": "limited", "base": described(base), "until": until_h}
        case Successive(first, second, gap_h):
            return {"kind": "successive", "first": described(first), "second": described(second),
                    "gap": gap_h}  # fmt: skip
        case ByBand(bands, parts):
            return {
                "kind": "bands",
                "bands": [
                    {**_band(band), "regimen": described(part)}
                    for band, part in zip(bands, parts, strict=True)
                ],
            }
    raise TypeError(f"a standard regimen of kind {type(regimen).__name__} has no form as plain data")


def _dose(dose: Dose) -> dict[str, Any]:
    amount: Any = dose.amount
    if isinstance(dose.amount, Bands):
        amount = [{**_band(band), "amount": _amount(band.amount)} for band in dose.amount.bands]
    else:
        amount = _amount(dose.amount)
    return {
        "amount": amount, "drug": dose.drug, "route": dose.route, "duration": dose.duration_h,
        "cap": dose.cap_mg,
    }  # fmt: skip


def _band(band: Band) -> dict[str, Any]:
    return {"low": band.low, "high": None if np.isinf(band.high) else band.high, "by": band.by}


def _amount(amount: Amount) -> dict[str, Any]:
    return {"value": amount.value_mg, "per": amount.per}
