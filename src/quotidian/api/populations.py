"""Virtual children by number, and cohorts of them on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from quotidian.api.arguments.door import door
from quotidian.api.arguments.durations import days_of, hours_of
from quotidian.api.arguments.kinds import whole
from quotidian.api.arguments.usual import OBSERVABLES, REGIMEN_TEXT
from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.notebook import html_table
from quotidian.patients.child import Child

if TYPE_CHECKING:
    from quotidian.application.cohort_run import Summary

USUAL = ("tocilizumab", "il6", "crp", "temperature", "active_joints")
MOST = 100_000
"""Children that one call makes; a cohort on disk holds more."""


@door(n=whole(1, MOST, example=50), first=whole(0))
def children(n: int, seed: int = 1, *, first: int = 0) -> list[Child]:
    """Children sampled from the population of the virtual trials, by number.

    The same seed and number give the same child, whatever other children are sampled; child 0 is that of
    `quotidian simulate --seed`. ``first`` is the number of the first child.

    Raises InvalidInput for a number below 1 or above 100,000, a negative seed or first number.

    Example: `q.simulate(q.children(50, seed=1), "tocilizumab-iv", weeks=4)`
    """
    from quotidian.patients.population import draw
    from quotidian.statistics.streams import Streams

    return draw(Streams(seed), 0, range(first, first + n))


@dataclass(frozen=True)
class Cohort:
    """A cohort on disk: its folder and the account of the run.

    ``children`` has one row a child, ``courses`` one row a child and time, read when it is collected.
    """

    folder: Path
    summary: Summary

    @property
    def children(self) -> pl.DataFrame:
        """One row a child; columns as docs/cohorts.md lists them."""
        return pl.read_parquet(self.folder / "children-*.parquet")

    @property
    def courses(self) -> pl.LazyFrame:
        """One row a child and time: ``child``, ``time_day``, then ``name [unit]`` of each observable."""
        return pl.scan_parquet(self.folder / "part-*.parquet")

    @property
    def intervals(self) -> pl.DataFrame:
        """One row a time and observable: ``median``, ``low`` and ``high`` by chance, ``low_known`` and
        ``high_known`` by chance and knowledge. Raises InvalidInput for a cohort without members."""
        if not self.summary.request.members:
            raise InvalidInput(
                "The cohort has no intervals.",
                "It was simulated without members.",
                "Simulate it with, for example, members=50.",
            )
        return pl.read_csv(self.folder / "intervals.csv")

    def __repr__(self) -> str:
        own = self.summary.request
        asked = f"{own.children:,} children on {own.regimen}, {own.days:g} days, seed {own.seed}"
        return f"<Cohort: {asked}, in {self.folder}>"

    def _repr_html_(self) -> str:
        """The observables with their units, for notebooks."""
        return html_table(repr(self), ("observable", "unit"), self.summary.request.observables.items())


@door(
    children=whole(1, example=1000),
    regimen=REGIMEN_TEXT,
    observables=OBSERVABLES,
    part=whole(1, example=2000),
)
def cohort(
    children: int,
    output: str | Path,
    *,
    regimen: str = "none",
    seed: int = 1,
    weeks: float | str = 12.0,
    every: str | float = "1d",
    observables: Sequence[str] = USUAL,
    model: str = "sjia",
    course: str = "steady",
    members: int = 0,
    daily: str = "",
    part: int = 2000,
    parameters: Mapping[str, float | str] | None = None,
    threads: int | None = None,
) -> Cohort:
    """Simulate many children on one regimen into a folder of Parquet files, or complete such a folder.

    Parameters
    ----------
    children : how many, numbered from 0. output : the folder: a new one, or one to complete.
    regimen : its name or free form. weeks, every, observables, model : as in `simulate`.
    course : "steady", or "drawn" for a disease that varies, with flares and infections.
    members : number of parameter sets of the ensemble; each child is also simulated with one of them. 0 for
        none.
    daily : one row per day, in place of ``every``: "mean", "max", "min" or "at 08:00", separated by commas.
    part : number of children per file; it limits memory and changes no value.
    parameters : values of the ledger for this cohort, as in `simulate`; those of the population may be given,
        too.

    Raises InvalidInput, or a subclass, for what cannot be simulated or written.

    Example: `q.cohort(1000, "out/cohort", regimen="tocilizumab-iv").children`
    """
    from quotidian.application.cohort_request import CohortRequest, stated_for_cohort
    from quotidian.application.cohort_run import run_cohort
    from quotidian.drugs.catalogue import regimen as parsed
    from quotidian.patients.guards import check_window
    from quotidian.simulation.daily import day_summaries

    days, step = days_of(weeks), hours_of(every)
    check_window(days, step, 0.0)
    folder = Path(output)
    request = CohortRequest(
        children=children,
        seed=seed,
        regimen=regimen.strip(),
        model=model,
        days=days,
        every_hours=step,
        observables=_units(model, observables),
        part=part,
        course=course,
        stated=stated_for_cohort(parameters or {}, seed, model, parsed(regimen).drugs, course),
        members=members,
        daily=day_summaries(daily, days),
    )
    return Cohort(folder, run_cohort(request, folder, threads=threads))


def _units(model: str, names: Sequence[str]) -> dict[str, str]:
    from quotidian.application.child_models import refuse_childless
    from quotidian.models import observables

    refuse_childless(model)
    known = observables(model)
    for name in names:
        if name not in known:
            raise UnknownName(f"There is no observable '{name}' in {model}.", closest(name, known))
    return {name: known[name].unit for name in names}
