"""Errors in the exposure part of a design: an interval begins with a dose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile

from quotidian.dosing import Regimen
from quotidian.dosing.choice import ByBand
from quotidian.dosing.durations import TICK
from quotidian.errors import QuotidianError
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault, Place
from quotidian.trials.protocol.sampling import Kinetics
from quotidian.trials.protocol.treatment import regimens

WEEK_H = 168.0


def kinetics_faults(trial: Trial) -> Iterator[Fault]:
    """Intervals of several drugs, an impossible one, or one that no dose begins or leaves whole."""
    drugs = dict.fromkeys(interval.drug for interval in trial.dosing_intervals)
    if len(drugs) > 1:
        yield Fault(
            ("kinetics",), f"exposure to {' and '.join(drugs)} cannot be measured in one trial.",
            "Endpoints such as cmax have no drug in their name.", "Keep the intervals of one drug.",
        )  # fmt: skip
    plans = trial.kinetics if isinstance(trial.kinetics, tuple) else (trial.kinetics,)
    for number, plan in enumerate(plans):
        place = ("kinetics", number) if isinstance(trial.kinetics, tuple) else ("kinetics",)
        if plan is not None:
            yield from _plan_faults(trial, plan, place)


def _plan_faults(trial: Trial, plan: Kinetics, place: Place) -> Iterator[Fault]:
    if not 1 / 24 <= plan.days <= 84:
        what = f"an interval of {plan.days:g} days."
        yield Fault((*place, "days"), what, "It is from an hour to 84 days.", "Correct it.")
        return
    for one in plan.intervals:
        where = (*place, one.occasion)
        if not 0 <= one.week <= trial.weeks:
            yield Fault(
                where, f"week {one.week} is outside the trial.", f"It ends at week {trial.weeks}.",
                "Choose the week of a dose.",
            )  # fmt: skip
        elif _is_given(trial, one.drug) and not has_dose(trial, one.drug, one.week):
            yield Fault(
                where, f"{one.drug} is not given at week {one.week}.",
                "Exposure is measured over the interval after a dose.",
                "Choose the week of a dose.",
            )  # fmt: skip
        elif _is_given(trial, one.drug) and not has_dose(trial, one.drug, one.week, one.days):
            yield Fault(
                where, f"{one.drug} is given again within {one.days:g} days of week {one.week}.",
                "Exposure is measured over an interval with one dose.",
                "Shorten 'days' to the dosing interval.",
            )  # fmt: skip


def _is_given(trial: Trial, drug: str) -> bool:
    """Whether the drug is given; if it is not, its level is sampled and is 0."""
    return any(drug in one.drugs for one in _readable(trial))


def _readable(trial: Trial) -> Iterator[Regimen]:
    """Every regimen of the trial; one that cannot be read is a fault of its own."""
    for give in trial.gives:
        with suppress(QuotidianError):
            for one in regimens(give):
                yield from one.parts if isinstance(one, ByBand) else (one,)


def has_dose(trial: Trial, drug: str, week: int, days: float = 0.0) -> bool:
    """Whether something that the trial gives has a dose of the drug at the visit of that week, and no further
    one within ``days``.

    Counted from week 0 and from the beginning of each period, since a regimen may begin at either.
    """
    starts = [start for start, _ in trial.timeline if start <= week]
    given = [one for one in _readable(trial) if drug in one.drugs]
    return any(_gives(one, drug, (week - start) * WEEK_H, days * 24.0) for one in given for start in starts)


def _gives(regimen: Regimen, drug: str, hour: float, alone_h: float) -> bool:
    """Whether there is a dose of the drug at an hour, and none for the hours after it."""
    by_then = takewhile(lambda timed: timed[0] < max(hour + alone_h, hour + 2 * TICK) - TICK, regimen.given())
    times = [time - hour for time, dose in by_then if dose.drug == drug and time >= hour - TICK]
    return len(times) > 0 and times[0] <= TICK and (alone_h == 0.0 or len(times) == 1)
