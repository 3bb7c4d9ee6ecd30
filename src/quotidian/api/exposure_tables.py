"""Exposure and time to an effect of a run, as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import hours_of
from quotidian.api.arguments.kinds import number, optional
from quotidian.api.arguments.results import DRUG, LIMIT, OBSERVABLE, RUN
from quotidian.api.arguments.usual import INTERVAL
from quotidian.dosing import Administration
from quotidian.errors import InvalidInput, UnknownName, closest

if TYPE_CHECKING:
    import xarray as xr

    from quotidian.simulation.exposure import DosingInterval

DOSES = "administrations"
"""Attribute of a run that holds its doses: JSON, a list for each regimen and child."""
LEAD = ("regimen", "child")


@door(run=RUN, drugs=DRUG, above=optional(number()))
def exposure(run: xr.Dataset, *drugs: str, above: float | None = None) -> pl.DataFrame:
    """Exposure over each dosing interval of a run: peak, trough, mean, area, accumulation.

    Parameters
    ----------
    run : from `simulate`, with an output at every dose, for example with every="1h".
    drugs : names; by default, all drugs of the run whose concentration is among its outputs.
    above : a concentration, in the unit of the drug; adds a column with the hours above it.

    Returns
    -------
    One row per dose: [regimen, child,] ``drug``, ``unit``, ``dose`` (from 1), ``day``, ``amount_mg``,
    ``interval_days``, ``cmax``, ``tmax_h``, ``ctrough``, ``cavg`` (unit), ``auc`` (unit*day),
    ``accumulation``. Values that need a complete interval are null after the last dose. The area is by the
    linear trapezoidal rule where the concentration rises, the logarithmic one where it falls.

    Raises InvalidInput if outputs or doses are missing, UnknownName for a drug that is not given.

    Example: `q.exposure(q.simulate(child, "tocilizumab-iv"), above=1.0)`
    """
    wanted = _drugs(run, drugs)
    rows = [
        {**place, "drug": drug, "unit": run[drug].attrs["units"], **_row(interval, above)}
        for place, series, doses in _each(run, wanted)
        for drug, values in series.items()
        for interval in _intervals(run, values, doses, drug, above)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


@door(run=RUN, observable=OBSERVABLE, below=LIMIT, above=LIMIT, lasting=INTERVAL)
def time_to(
    run: xr.Dataset,
    observable: str,
    *,
    below: float | None = None,
    above: float | None = None,
    lasting: str | float = 0.0,
) -> pl.DataFrame:
    """First time in a run at which an observable is, and stays, below or above a limit.

    Parameters
    ----------
    below, above : the limit, in the unit of the observable; one of the two.
    lasting : least time beyond the limit: a text such as "1 day", or hours.

    Returns
    -------
    One row per child and regimen: [regimen, child,] ``day`` from the first day of treatment; null if there is
    no such time. Only the output times of the run are examined.

    Raises InvalidInput unless one limit is given, UnknownName for an observable that is not in the run.

    Example: `q.time_to(run, "temperature", below=37.5, lasting="1 day")`, the first day without fever.
    """
    if (below is None) == (above is None):
        raise InvalidInput(
            "time_to needs exactly one limit.",
            "The limit is given as 'below' or 'above'.",
            "Write for example below=10.0.",
        )
    _refuse_unknown(run, observable)
    stay = hours_of(lasting)
    days = run["time"].values
    rows = [
        {
            **place,
            "day": _first(days, v[observable] < below if above is None else v[observable] > above, stay),
        }
        for place, v, _ in _each(run, (observable,))
    ]
    return pl.DataFrame(rows, schema_overrides={"day": pl.Float64})


def _first(days: Any, met: Any, stay_h: float) -> float | None:
    """First day from which a criterion is met for so many hours without a break, or None."""
    broken = np.append(np.flatnonzero(~met), len(days))
    for i in np.flatnonzero(met & (days >= 0.0)):
        until = broken[np.searchsorted(broken, i)] - 1
        if (days[until] - days[i]) * 24.0 >= stay_h - 1e-9:
            return float(days[i])
    return None


def _each(
    run: xr.Dataset, names: tuple[str, ...]
) -> Iterator[tuple[dict[str, object], dict[str, Any], list[Administration]]]:
    """For every regimen and child: what says which, its series by name, its doses."""
    whole = run.expand_dims([d for d in LEAD if d not in run.dims])
    labels = whole["regimen"].values if "regimen" in whole.coords else [""]
    doses = json.loads(run.attrs.get(DOSES, "[]")) or [[[]] * whole.sizes["child"]] * len(labels)
    for i in range(whole.sizes["regimen"]):
        for k in range(whole.sizes["child"]):
            place: dict[str, object] = {}
            if "regimen" in run.dims:
                place["regimen"] = str(labels[i])
            if "child" in run.dims:
                place["child"] = k
            one = whole.isel(regimen=i, child=k)
            yield place, {n: one[n].values for n in names}, [Administration(**d) for d in doses[i][k]]


def _intervals(
    run: xr.Dataset, values: Any, doses: list[Administration], drug: str, above: float | None
) -> tuple[DosingInterval, ...]:
    from quotidian.simulation.exposure import dosing_intervals

    return dosing_intervals(run["time"].values * 24.0, values, doses, drug, above)


def _row(interval: DosingInterval, above: float | None) -> dict[str, object]:
    length = interval.length_h
    return {
        "dose": interval.dose,
        "day": interval.start_h / 24.0,
        "amount_mg": interval.amount_mg,
        "interval_days": None if length is None else length / 24.0,
        "cmax": interval.cmax,
        "tmax_h": interval.tmax_h,
        "ctrough": interval.ctrough,
        "cavg": interval.cavg,
        "auc": interval.auc,
        "accumulation": interval.accumulation,
        **({} if above is None else {"hours_above": interval.above_h}),
    }


def _drugs(run: xr.Dataset, named: tuple[str, ...]) -> tuple[str, ...]:
    text = run.attrs.get(DOSES)
    if text is None:
        raise InvalidInput(
            "Exposure cannot be computed: the data set contains no doses.",
            f"A result of 'simulate' has them in its attribute '{DOSES}'.",
            "Give the data set as 'simulate' returned it.",
        )
    given = list(dict.fromkeys(d["drug"] for arm in json.loads(text) for child in arm for d in child))
    for name in named:
        if name not in given:
            raise UnknownName(
                f"No dose of '{name}' is given in this run.", "", closest(name, given) if given else ""
            )
        _refuse_unknown(run, name)
    found = tuple(named) or tuple(name for name in given if name in run)
    if not found:
        raise InvalidInput(
            "There is no exposure in this run.",
            f"Given: {', '.join(given) or 'no drug'}; no output is a concentration of such a drug.",
            "Simulate a regimen, with the drug's name among the observables.",
        )
    return found


def _refuse_unknown(run: xr.Dataset, name: str) -> None:
    courses = [str(one) for one, values in run.data_vars.items() if "time" in values.dims]
    if name not in courses:
        raise UnknownName(
            f"The run has no observable '{name}'.",
            closest(name, courses),
            "Name it among the observables of 'simulate'.",
        )
