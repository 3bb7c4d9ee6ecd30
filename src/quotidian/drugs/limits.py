"""The largest dose of a drug in a day: more points to a wrong unit or interval, and is refused."""

from __future__ import annotations

from collections.abc import Sequence

from quotidian.dosing import Administration, Person
from quotidian.drugs.registry import DRUGS
from quotidian.errors import RegimenError

DAY_H = 24.0
_MARGIN = 1e-9
_MOST = {name: drug.most_per_day for name, drug in DRUGS.items() if drug.most_per_day is not None}


def refuse_excess(given: Sequence[Administration], person: Person) -> None:
    """Refuse a schedule that exceeds the largest dose of a drug within any 24 hours.

    Raises
    ------
    RegimenError : more mg/kg than the drug allows between a dose and the moment 24 hours after it.
    """
    limited = [one for one in given if one.drug in _MOST]
    for drug, most in _MOST.items() if limited else ():
        doses = [(one.time_h, one.amount_mg / person.weight_kg) for one in limited if one.drug == drug]
        first, in_a_day = 0, 0.0
        for time, amount in doses:
            in_a_day += amount
            while doses[first][0] <= time - DAY_H + _MARGIN:
                in_a_day -= doses[first][1]
                first += 1
            if in_a_day > most * (1 + _MARGIN):
                raise RegimenError(
                    f"{in_a_day:.4g} mg/kg of {drug} in a day is refused.",
                    f"The largest dose of {drug} that is accepted is {most:g} mg/kg in 24 hours.",
                    f"Check the dose and its interval, for example '{drug}:1mg/kg/1d'.",
                )
