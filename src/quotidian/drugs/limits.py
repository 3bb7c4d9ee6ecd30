"""Doses that are refused because they point to a wrong unit or interval.

Most drugs state a largest dose in a day. Labels of antibodies state none; of those that are licensed for
children, at most five times what a standard regimen gives in a week is accepted. The factor is assumed. An
accidental dose of tocilizumab of 40 mg/kg is on record (label, section on overdosage; recalled), five times
the standard dose from 30 kg on: data after real overdoses can therefore be simulated and fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quotidian.dosing import Administration, Person, Regimen, schedule
from quotidian.drugs.registry import DRUGS
from quotidian.errors import RegimenError

DAY_H, WEEK_H = 24.0, 168.0
TIMES_STANDARD = 5
_STANDARD_H = 4 * WEEK_H  # in which each standard regimen gives its most, loading doses included
_MARGIN = 1e-9
_MOST = {name: drug.most_per_day for name, drug in DRUGS.items() if drug.most_per_day is not None}
_LICENSED: dict[str, list[Regimen]] = {
    name: [p.standard for p in drug.preparations if p.standard is not None and p.basis == "licensed"]
    for name, drug in DRUGS.items()
    if name not in _MOST
}


def refuse_excess(given: Sequence[Administration], person: Person) -> None:
    """Refuse a schedule that exceeds the largest dose of a drug within any 24 hours or any 7 days.

    Raises
    ------
    RegimenError : more mg/kg than is accepted between a dose and the moment 24 hours, or 7 days, after it.
    """
    for drug in dict.fromkeys(one.drug for one in given):
        doses = _by_weight(given, drug, person)
        if drug in _MOST:
            _refuse_above_daily(drug, doses, _MOST[drug])
        elif licensed := _LICENSED.get(drug):
            _refuse_above_standard(drug, doses, licensed, person)


def _refuse_above_daily(drug: str, doses: Sequence[tuple[float, float]], most: float) -> None:
    for in_a_day in _running(doses, DAY_H):
        if in_a_day > most * (1 + _MARGIN):
            raise RegimenError(
                f"{in_a_day:.4g} mg/kg of {drug} in a day is refused.",
                f"The largest dose of {drug} that is accepted is {most:g} mg/kg in 24 hours.",
                f"Check the dose and its interval, for example '{drug}:1mg/kg/1d'.",
            )


def _refuse_above_standard(
    drug: str, doses: Sequence[tuple[float, float]], licensed: Sequence[Regimen], person: Person
) -> None:
    most = TIMES_STANDARD * max((_most_in_a_week(one, drug, person) for one in licensed), default=0.0)
    for in_a_week in _running(doses, WEEK_H):
        if in_a_week > most * (1 + _MARGIN) and most > 0:
            raise RegimenError(
                f"{in_a_week:.4g} mg/kg of {drug} in 7 days is refused.",
                f"The most that is accepted for this child is {most:.4g} mg/kg in 7 days, "
                f"{TIMES_STANDARD} times the standard.",
                "Check the dose, its unit and its interval.",
            )


def _most_in_a_week(standard: Regimen, drug: str, person: Person) -> float:
    """mg/kg in any 7 days of a standard regimen; 0 for a person to whom it gives no dose."""
    try:
        given = schedule(standard, person, _STANDARD_H).administrations
    except RegimenError:
        return 0.0
    return max(_running(_by_weight(given, drug, person), WEEK_H), default=0.0)


def _by_weight(given: Sequence[Administration], drug: str, person: Person) -> list[tuple[float, float]]:
    """Time and mg/kg of the doses of a drug."""
    return [(one.time_h, one.amount_mg / person.weight_kg) for one in given if one.drug == drug]


def _running(doses: Sequence[tuple[float, float]], window_h: float) -> Iterator[float]:
    """At each dose the sum of the doses in the window that ends with it."""
    first, total = 0, 0.0
    for time, amount in doses:
        total += amount
        while doses[first][0] <= time - window_h + _MARGIN:
            total -= doses[first][1]
            first += 1
        yield total
