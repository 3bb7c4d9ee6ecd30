"""The most of a drug that anybody gives in a day: more is a slipped unit or interval, and is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quotidian.dosing import Administration, Person
from quotidian.errors import RegimenError

DAY_H = 24.0
MOST: Mapping[str, float] = {
    "prednisolone": 5.0,
    "methylprednisolone": 40.0,
    "anakinra": 20.0,
    "tofacitinib": 1.5,
    "methotrexate": 2.0,
    "ibuprofen": 60.0,
}
"""Largest amount in 24 hours by drug, mg/kg. Assumed: twice the highest usual 2 mg/kg/day of
prednisolone and some, a third more than the usual pulse of 30 mg/kg, about twice the most given of others."""
_ENOUGH = 1e-9


def refuse_excess(given: Sequence[Administration], person: Person) -> None:
    """Refuse a schedule that gives a child too much of a drug within any 24 hours.

    Raises
    ------
    RegimenError : more mg/kg than ``MOST`` between a dose and the moment 24 hours after it.
    """
    limited = [one for one in given if one.drug in MOST]
    for drug, most in MOST.items() if limited else ():
        doses = [(one.time_h, one.amount_mg / person.weight_kg) for one in limited if one.drug == drug]
        last, held = 0, 0.0
        for time, amount in doses:
            held += amount
            while doses[last][0] <= time - DAY_H + _ENOUGH:
                held -= doses[last][1]
                last += 1
            if held > most * (1 + _ENOUGH):
                raise RegimenError(
                    f"{held:.4g} mg/kg of {drug} in a day is refused.",
                    f"Nobody gives a child more than {most:g} mg/kg of {drug} in 24 hours.",
                    f"Check the dose and its interval, for example '{drug}:1mg/kg/1d'.",
                )
