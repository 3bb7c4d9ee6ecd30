"""What is refused before any child is followed, by the command line, Python and the explorer alike.

Each refusal says what was given, why it cannot be, and what to write instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from quotidian.dosing import Regimen, describe
from quotidian.errors import ImplausibleChild, InvalidInput, InvalidQuantity, RegimenError
from quotidian.patients.child import OLDEST, YOUNGEST, Child
from quotidian.simulation import FIRST_DOSE_HOUR, RUN_IN_DAYS

ADULT = 25.0
"""Age, years, to which someone who begins as a child is followed. Growth has ended by then; of the disease in
adults who had it as children the model holds nothing."""


def check_window(days: float, every_hours: float, from_day: float) -> None:
    """Refuse a span or an interval that gives no course. Raises InvalidQuantity."""
    if not (math.isfinite(days) and days > 0):
        raise InvalidQuantity(
            f"A course of {days:g} days is refused.",
            "Its end must be after its start.",
            "Give weeks above 0.",
        )
    if not (math.isfinite(every_hours) and every_hours > 0):
        raise InvalidQuantity(
            f"Outputs every {every_hours:g} h are refused.", "The interval must be above 0.", "Write '1h'."
        )
    if not -RUN_IN_DAYS <= from_day <= days:
        raise InvalidQuantity(
            f"Outputs from day {from_day:g} on are refused.",
            f"The simulation covers days {-RUN_IN_DAYS} (in the run-in) to {days:g} (its end).",
            "Give a day in this range.",
        )


def listed(observables: Iterable[str] | None) -> tuple[str, ...] | None:
    """Names of observables as a tuple. Raises InvalidInput for one text, whose letters would be the names."""
    if isinstance(observables, str):
        raise InvalidInput(
            f"Observables are '{observables}', which is a single string.",
            "They are a list of names.",
            f"Write observables={[name.strip() for name in observables.split(',')]}.",
        )
    return None if observables is None else tuple(observables)


def grows_up(child: Child, days: float) -> bool:
    """Whether a child would be followed far into adult life."""
    return child.age_years < OLDEST + 1 and child.age_years + days / 365.25 > ADULT


def refuse_grown_up(children: Sequence[Child], days: float) -> None:
    """Refuse a child that would be followed far into adult life. Raises ImplausibleChild."""
    for child in children:
        if grows_up(child, days):
            end = child.age_years + days / 365.25
            raise ImplausibleChild(
                f"{child.label} would be simulated to an age of {end:.0f} years.",
                f"The model describes children up to {ADULT:g} years.",
                f"Give at most {(ADULT - child.age_years) * 365.25 / 7:.0f} weeks.",
            )


def refuse_beyond_childhood(days: float) -> None:
    """Refuse a time for which no child can be followed, however young. Raises ImplausibleChild."""
    weeks = (ADULT - YOUNGEST) * 365.25 / 7
    if days > 7 * weeks:
        raise ImplausibleChild(
            f"No child can be simulated for {days / 7:g} weeks.",
            f"The model describes children from {YOUNGEST} to {ADULT:g} years.",
            f"Give at most {weeks:.0f} weeks.",
        )


def refuse_untreated(regimens: Sequence[Regimen], days: float) -> None:
    """Refuse a regimen of which no dose is given during the simulation. Raises RegimenError."""
    for regimen in regimens:
        first = next(iter(regimen.given()), None)
        if first is not None and first[0] + FIRST_DOSE_HOUR >= days * 24.0:
            hour = first[0] + FIRST_DOSE_HOUR
            raise RegimenError(
                f"No dose of {describe(regimen)} is given during the simulation.",
                f"The first is at hour {hour:g}; the simulation ends at hour {days * 24.0:g}.",
                "Start earlier, simulate longer, or use 'none'.",
            )
