"""Errors in the exposure part of a design: an interval begins with a dose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile

from quotidian.dosing import Regimen
from quotidian.dosing.durations import TICK
from quotidian.errors import QuotidianError
from quotidian.trials.protocol.design import Trial, regimens
from quotidian.trials.protocol.fault import Fault

WEEK_H = 168.0


def kinetics_faults(trial: Trial) -> Iterator[Fault]:
    """An impossible interval, a week outside the trial, or a week without a dose."""
    plan = trial.kinetics
    if plan is None:
        return
    if not 0 < plan.days <= 84:
        yield Fault(("kinetics", "days"), f"an interval of {plan.days:g} days.", "0 to 84.", "Correct it.")
    for name, week in (("first", plan.first), ("steady", plan.steady)):
        if week is None:
            continue
        if not 0 <= week <= trial.weeks:
            yield Fault(
                ("kinetics", name), f"week {week} is outside the trial.", f"It ends at week {trial.weeks}.",
                "Choose the week of a dose.",
            )  # fmt: skip
        elif _is_given(trial, plan.drug) and not has_dose(trial, plan.drug, week):
            yield Fault(
                ("kinetics", name), f"{plan.drug} is not given at week {week}.",
                "Exposure is measured over the interval after a dose.",
                "Choose the week of a dose.",
            )  # fmt: skip


def _is_given(trial: Trial, drug: str) -> bool:
    """Whether the drug is given; if it is not, its level is sampled and is 0."""
    return any(drug in one.drugs for one in _readable(trial))


def _readable(trial: Trial) -> Iterator[Regimen]:
    """Every regimen of the trial; one that cannot be read is a fault of its own."""
    for give in trial.gives:
        with suppress(QuotidianError):
            yield from regimens(give)


def has_dose(trial: Trial, drug: str, week: int) -> bool:
    """Whether something that the trial gives has a dose of the drug at the visit of that week.

    Counted from week 0 and from the beginning of each period, since a regimen may begin at either.
    """
    starts = [start for start, _ in trial.timeline if start <= week]
    given = [one for one in _readable(trial) if drug in one.drugs]
    return any(_gives(one, drug, (week - start) * WEEK_H) for one in given for start in starts)


def _gives(regimen: Regimen, drug: str, hour: float) -> bool:
    by_then = takewhile(lambda timed: timed[0] <= hour + TICK, regimen.given())
    return any(abs(time - hour) <= TICK and dose.drug == drug for time, dose in by_then)
