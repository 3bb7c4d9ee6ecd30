"""Virtual children by number, and cohorts of them on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from quotidian.dosing.durations import hours
from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.patients.child import Child

if TYPE_CHECKING:
    from quotidian.application.cohort_run import Summary

USUAL = ("tocilizumab", "il6", "crp", "temperature", "active_joints")
MOST = 100_000
"""Children that one call makes; a cohort on disk holds more."""


def children(n: int, seed: int = 1, *, first: int = 0) -> list[Child]:
    """Children sampled from the population of the trials, by number.

    The same seed and number give the same child, whichever others are drawn; child 0 is that of
    `quotidian simulate --seed`. ``first`` is the number of the first.

    Raises InvalidInput for a number below 1 or above 100,000, a negative seed or first number.

    Example: `q.simulate(q.children(50, seed=1), "tocilizumab-iv", weeks=4)`
    """
    from quotidian.patients.population import draw
    from quotidian.statistics.streams import Streams

    for what, value, least, most in (("n", n, 1, MOST), ("seed", seed, 0, None), ("first", first, 0, None)):
        _whole(what, value, least, most)
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


def cohort(
    children: int,
    output: str | Path,
    *,
    regimen: str = "none",
    seed: int = 1,
    weeks: float = 12.0,
    every: str | float = "1d",
    observables: Sequence[str] = USUAL,
    model: str = "sjia",
    course: str = "steady",
    part: int = 2000,
    threads: int | None = None,
) -> Cohort:
    """Simulate many children on one regimen into a folder of Parquet files, or complete such a folder.

    Parameters
    ----------
    children : how many, numbered from 0. output : the folder: a new one, or one to complete.
    regimen : its name or free form. weeks, every, observables, model : as in `simulate`.
    course : "steady", or "drawn" for a disease that varies, with flares and infections.
    part : children in a file; it bounds memory and changes no value.

    Raises InvalidInput, and its kinds, for what cannot be simulated or written.

    Example: `q.cohort(1000, "out/cohort", regimen="tocilizumab-iv").children`
    """
    from quotidian.application.cohort_request import CohortRequest
    from quotidian.application.cohort_run import run_cohort

    for what, value, least in (("children", children, 1), ("seed", seed, 0), ("part", part, 1)):
        _whole(what, value, least)
    folder = Path(output)
    request = CohortRequest(
        children=children,
        seed=seed,
        regimen=regimen.strip(),
        model=model,
        days=7.0 * weeks,
        every_hours=hours(every) if isinstance(every, str) else float(every),
        observables=_units(model, observables),
        part=part,
        course=course,
    )
    return Cohort(folder, run_cohort(request, folder, threads=threads))


def _units(model: str, names: Sequence[str]) -> dict[str, str]:
    from quotidian.models import observables
    from quotidian.patients.guards import listed

    known = observables(model)
    for name in listed(names) or ():
        if name not in known:
            raise UnknownName(f"There is no observable '{name}' in {model}.", closest(name, known))
    return {name: known[name].unit for name in names}


def _whole(what: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number from ``least`` to ``most``. Raises InvalidInput."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):  # type: ignore[operator]
        limits = f"from {least}" + ("" if most is None else f" to {most:,}")
        raise InvalidInput(
            f"{what}={value!r} is refused.",
            f"It is a whole number {limits}.",
            f"Write {what}={max(least, 1)}.",
        )
