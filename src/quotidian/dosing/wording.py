"""Describe a regimen in plain English, so that a reader can check how it was understood."""

from __future__ import annotations

from itertools import islice
from math import inf

from quotidian.dosing.amount import Amount
from quotidian.dosing.bands import Band, Bands, with_unit
from quotidian.dosing.choice import ByBand
from quotidian.dosing.dose import Dose
from quotidian.dosing.durations import in_words, moment
from quotidian.dosing.regimen import (
    Counted,
    Delayed,
    Limited,
    Missed,
    NoDrug,
    Regimen,
    Repeated,
    Successive,
    Together,
    table,
    words,
)
from quotidian.dosing.single_dose import SingleDose
from quotidian.dosing.taper import Tapered
from quotidian.notebook import html_table

MOST_SHOWN = 6
"""Doses that a table of a regimen shows."""


@words.register
def describe(regimen: Regimen) -> str:
    """The regimen in words.

    >>> from quotidian.dosing import Bands, infusion
    >>> by_weight = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
    >>> describe(infusion(by_weight, of="tocilizumab", over="1 hour").every("14 day"))
    'tocilizumab 12 mg/kg below 30 kg, 8 mg/kg at 30 kg and above, infused over 1 hour every 14 days'
    """
    match regimen:
        case NoDrug():
            return "no drug"
        case Dose():
            return f"{_dose(regimen)}, once"
        case Repeated(base, interval_h):
            block = _dose(base) if isinstance(base, Dose) else f"({describe(base)})"
            return f"{block} every {in_words(interval_h).removeprefix('1 ')}"
        case Successive(first, second, gap_h):
            gap = f"{in_words(gap_h)} after the last dose"
            clock = " (days counted from there)" if _dated(second) else ""
            return f"{_single(first)}; then, {gap}, {_single(second)}{clock}"
        case ByBand(bands, parts):
            return ", or ".join(
                f"{_single(part)} {_where(band)}" for band, part in zip(bands, parts, strict=True)
            )
        case Together(parts):
            return "; together with ".join(_single(part) for part in parts)
        case Tapered(base, taper):
            return f"{_single(base)}, {taper}"
        case Delayed(base, by_h) if _dated(base):
            return f"({describe(base)}), all {in_words(by_h)} later"
        case Limited() | Counted() | Delayed() | Missed():
            return f"{_single(regimen.base)} {_change(regimen)}"
    raise TypeError(f"cannot describe {type(regimen).__name__}")


@table.register
def as_table(regimen: Regimen) -> str:
    """A table in HTML: the regimen in words, and its first doses, or those of each band."""
    if isinstance(regimen, ByBand):
        head, rows = (
            "band",
            [(_where(b), describe(p)) for b, p in zip(regimen.bands, regimen.parts, strict=True)],
        )
    elif _banded(regimen):  # which doses it has depends on the child
        head, rows = "", []
    else:
        head, rows = "time", [(moment(t), _dose(dose)) for t, dose in islice(regimen.given(), MOST_SHOWN + 1)]
    if len(rows) > MOST_SHOWN and head == "time":
        rows[MOST_SHOWN] = ("...", "continued" if regimen.endless else "and further doses")
    titles = () if not rows else (head, "regimen" if head == "band" else "dose")
    return html_table(describe(regimen), titles, rows)


def _banded(regimen: Regimen) -> bool:
    return isinstance(regimen, ByBand) or any(map(_banded, regimen.parts))


def _change(regimen: Limited | Counted | Delayed | Missed) -> str:
    match regimen:
        case Limited():
            return f"until {moment(regimen.until_h)}"
        case Counted():
            return f"for {regimen.n} dose{'' if regimen.n == 1 else 's'}"
        case Delayed():
            return f"starting on {moment(regimen.by_h)}"
        case Missed():
            *most, last = map(str, regimen.numbers)
            return f"without doses {', '.join(most)} and {last}" if most else f"without dose {last}"


def _dated(regimen: Regimen) -> bool:
    """Whether its description names a day of its own clock."""
    return isinstance(regimen, Limited | Delayed) or any(_dated(part) for part in regimen.parts)


def _single(regimen: Regimen) -> str:
    text = describe(regimen)
    return f"({text})" if isinstance(regimen, Successive | Together | ByBand) else text


def _dose(dose: SingleDose) -> str:
    ways = {
        "bolus": "as a bolus into a vein",
        "infusion": f"infused over {in_words(dose.duration_h)}",
        "subcutaneous": "under the skin",
        "oral": "by mouth",
    }
    cap = "" if dose.cap_mg is None else f", at most {Amount(dose.cap_mg)}"
    return f"{dose.drug} {_amount(dose.amount)}{cap}, {ways[dose.route]}"


def _amount(amount: Amount | Bands) -> str:
    if isinstance(amount, Amount):
        return str(amount)
    return ", ".join(f"{band.amount} {_where(band)}" for band in amount.bands)


def _where(band: Band) -> str:
    if band.high == inf:
        return f"at {band}"
    return (
        str(band)
        if band.low == 0
        else f"from {with_unit(band.low, band.by)} to below {with_unit(band.high, band.by)}"
    )
