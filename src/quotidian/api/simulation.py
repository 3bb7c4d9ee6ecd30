"""One call from children and regimens to a data set with names and units."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import days_of, hours_of
from quotidian.api.arguments.usual import REGIMENS
from quotidian.api.exposure_tables import DOSES
from quotidian.application.learning.knowledge import read_knowledge
from quotidian.application.stated_parameters import (
    NONE_STATED,
    StatedParameters,
    reads_of_children,
    stated_parameters,
)
from quotidian.dosing import Regimen, describe
from quotidian.drugs.catalogue import marks
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import NO_OVERLAY
from quotidian.patients.child import Child
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.treatment import simulate as followed
from quotidian.simulation.daily import DaySummary, columns, daily_hours, day_summaries, summarised
from quotidian.version import RESEARCH_USE, __version__

if TYPE_CHECKING:
    import xarray as xr

    from quotidian.simulation import SimulationResult

Given: TypeAlias = Regimen | str


@door(regimen=REGIMENS)
def simulate(
    children: Child | Sequence[Child],
    regimen: Given | Sequence[Given] | Mapping[str, Given] = "none",
    *,
    weeks: float | str = 12.0,
    every: str | float = "1h",
    observables: Sequence[str] | None = None,
    model: str = "sjia",
    scenario: str = "",
    from_day: float = 0.0,
    course: str = "steady",
    flares: Sequence[float] = (),
    infections: Sequence[float] = (),
    members: int = 0,
    daily: str = "",
    parameters: Mapping[str, float | str] | None = None,
    narrow: bool = False,
    threads: int | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Simulate children on one regimen, or on several for comparison.

    Parameters
    ----------
    children : one, or several; several give the result a dimension ``child``.
    regimen : a regimen, its name or free form (``"tocilizumab-iv:8mg/kg/2wk"``). A list of texts, or a
        mapping of labels to regimens, gives the result a dimension ``regimen``.
    weeks : length of the simulation from day 0, the day of the first dose (at 09:00): a number of weeks, or a
        text with its unit such as "84 days".
    every : output interval: a text with its unit, or hours.
    observables : names; None for all of the model's.
    scenario : alternative values, joined with ``+``; ``quotidian scenarios`` lists them.
    from_day : day of the first output; a negative day lies in the untreated run-in.
    course : "steady", or "drawn" (random), optionally with a seed: "drawn:7".
    flares, infections : days on which a flare or infection begins.
    members : number of parameter sets of the ensemble (:func:`quotidian.knowledge`). They give the result a
        dimension ``member``, whose variation is the parameter uncertainty. 0 for none.
    daily : one output per day, in place of ``every``: "mean", "max", "min" or "at 08:00", comma-separated.
        The result then has variables such as ``crp_mean``, and ``time`` is the midnight that begins a day.
    parameters : values of the ledger for this run, by name: ``{"drugs.tocilizumab.CL": "6 mL/h"}``, as a
        number in the unit of the ledger or as a text with a unit; :func:`quotidian.parameters` lists names
        and units. They replace those of members.
    narrow : solve only the equations on which ``observables`` depend: two to three times as fast for a few of
        them. The last digits then depend on the choice of observables, within the tolerance of the solver.
    progress : whether to draw a progress bar. Interrupting the kernel stops the run.

    Returns
    -------
    Data set with dimensions ([member,] [child,] [regimen,] time), ``time`` in days from midnight of day 0;
    every variable has ``units`` and ``long_name``. A value is not-a-number where a child could not be
    simulated.

    Raises InvalidInput, or a subclass, for what cannot be simulated; SolverFailed if the only child fails.
    """
    several = [children] if isinstance(children, Child) else list(children)
    arms = _arms(regimen)
    plans = {label: parsed(r) if isinstance(r, str) else r for label, r in arms.items()}
    natural = NaturalCourse.parse(course, flares, infections)
    days, step = days_of(weeks), hours_of(every)
    summaries = day_summaries(daily, days, from_day)
    times = daily_hours(days, summaries, from_day) if summaries else None
    stated = _stated(several, plans, model, scenario, parameters or {})
    overlays = read_knowledge().overlays(members) if members else (NO_OVERLAY,)
    overlays = tuple(stated.overlay.over(one) for one in overlays)
    with _bar(len(several) * len(plans) * len(overlays), progress) as tick:
        sets = [
            {
                label: followed(
                    several, plan, model=model, scenario=scenario, days=days, every_hours=step, times=times,
                    observables=observables, from_day=from_day, threads=threads, progress=tick,
                    natural=natural, overlay=overlay, narrow=narrow,
                )
                for label, plan in plans.items()
            }
            for overlay in overlays
        ]  # fmt: skip
    sets = (
        [{k: summarised(run, summaries) for k, run in runs.items()} for runs in sets] if summaries else sets
    )
    runs = sets[0]
    if len(several) == 1 and not members:
        _refuse_lost(runs)
    found = _over_members(sets, model, summaries) if members else _dataset(runs, model, summaries)
    found.attrs[DOSES] = json.dumps(
        [[[asdict(d) for d in child] for child in run.doses_given] for run in runs.values()]
    )
    found.attrs["scenario"] = scenario or "none"
    found.attrs["parameters"] = stated.text or "as in the ledger"
    found.attrs["regimen"] = "; ".join(f"{k}: {describe(p)}" if k else describe(p) for k, p in plans.items())
    found.attrs["doses"] = "; ".join(m for r in arms.values() if isinstance(r, str) for m in marks(r))
    found.attrs["children"] = "; ".join(c.label for c in several[:3]) + (" ..." if len(several) > 3 else "")
    if isinstance(regimen, str | Regimen):
        found = found.isel(regimen=0, drop=True)
    return found.isel(child=0, drop=True) if isinstance(children, Child) else found


def _stated(
    children: Sequence[Child],
    plans: Mapping[str, Regimen],
    model: str,
    scenario: str,
    given: Mapping[str, float | str],
) -> StatedParameters:
    """The values that are set for the run. Raises InvalidInput for one that it does not read."""
    if not given:
        return NONE_STATED
    drugs = frozenset[str]().union(*(plan.drugs for plan in plans.values()))
    return stated_parameters(given, reads_of_children(children, model, scenario, drugs, drawn=False))


def _arms(regimen: Given | Sequence[Given] | Mapping[str, Given]) -> dict[str, Given]:
    """The regimens by label; one that is alone has the label "", and those of a list are their own labels."""
    if isinstance(regimen, str | Regimen):
        return {"": regimen}
    if isinstance(regimen, Mapping):
        return dict(regimen)
    arms = {one if isinstance(one, str) else describe(one): one for one in regimen}
    if len(arms) < len(regimen):
        raise InvalidInput(
            "A regimen occurs twice in the list.",
            "In a list the text of a regimen is its label.",
            "Give labels: {'one': 'none', 'other': 'none'}.",
        )
    return arms


def _refuse_lost(runs: Mapping[str, SimulationResult]) -> None:
    for run in runs.values():
        for failure in run.failures:
            raise SolverFailed(
                f"The child could not be simulated beyond day {failure.reached / 24:.1f}.",
                f"The solver reports: {failure.reason}.",
                "Report this failure with the call: no plausible child should cause it.",
            )


def _dataset(runs: Mapping[str, SimulationResult], model: str, summaries: Sequence[DaySummary]) -> xr.Dataset:
    """The runs as one data set with dimensions (child, regimen, time)."""
    import xarray as xr

    from quotidian.models import DRUGS
    from quotidian.models import model as model_named

    first = next(iter(runs.values()))
    known = model_named(model, DRUGS).observables
    names = [n for n in first.names if all(n in run.names for run in runs.values())]
    meanings = {name: known[name].meaning for name in known}
    for column, name in columns(tuple(known), summaries).items():
        meanings[column] = (
            f"{known[name].meaning}: {column.removeprefix(name + '_').replace('_', ' ')} of a day"
        )
    variables = {
        n: (
            ("child", "regimen", "time"),
            np.stack([run[n] for run in runs.values()], axis=1),
            {"units": first.units[n], "long_name": meanings[n]},
        )
        for n in names
    }
    status = np.stack([run.status for run in runs.values()], axis=1)
    days = ("time", first.times / 24.0, {"units": "day", "long_name": "days from midnight of day 0"})
    return xr.Dataset(
        {**variables, "status": (("child", "regimen"), status, {"long_name": "0: simulated to the end"})},
        coords={"time": days, "regimen": list(runs)},
        attrs={"model": model, "version": __version__, "note": RESEARCH_USE},
    )


def _over_members(
    sets: Sequence[Mapping[str, SimulationResult]], model: str, summaries: Sequence[DaySummary]
) -> xr.Dataset:
    """The runs of every member as one data set, with dimension ``member``."""
    import xarray as xr

    return xr.concat([_dataset(runs, model, summaries) for runs in sets], dim="member")


class _bar:
    """A progress bar of Rich, or none."""

    def __init__(self, total: int, wanted: bool) -> None:
        self.total, self.wanted = total, wanted

    def __enter__(self) -> Any:
        if not self.wanted:
            return None
        from rich.progress import Progress

        self.progress = Progress()
        self.progress.start()
        task = self.progress.add_task("Following", total=self.total)
        return lambda n: self.progress.advance(task, n)

    def __exit__(self, *_: object) -> None:
        if self.wanted:
            self.progress.stop()
