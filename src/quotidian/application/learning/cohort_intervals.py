"""Intervals of a cohort that was also followed with the values of members of an ensemble."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np

from quotidian.application.cohort_part import Followed, Lost, follow
from quotidian.application.cohort_request import CohortRequest
from quotidian.application.learning.knowledge import member_overlays
from quotidian.application.stated_parameters import StatedParameters

FILE = "intervals.csv"
COLUMNS = ("time_day", "observable", "unit", "median", "low", "high", "low_known", "high_known")
CENTRAL = (0.025, 0.5, 0.975)


def follow_known(request: CohortRequest, numbers: range, threads: int | None = None) -> Followed:
    """The children of these numbers, child i with the values of member i modulo the number of members.

    A child has the random numbers that it has with the values of the ledger. Values that the user states
    count before those of members.
    """
    overlays = member_overlays(request.members)
    parts = []
    for member, overlay in enumerate(overlays):
        own = tuple(n for n in numbers if n % len(overlays) == member)
        values = tuple(sorted({**overlay.by_name, **dict(request.stated.values)}.items()))
        if own:
            parts.append(follow(replace(request, stated=StatedParameters(values)), own, threads=threads))
    order = np.argsort(np.concatenate([np.asarray(part.numbers) for part in parts]))
    children = [child for part in parts for child in part.children]
    mas = [history for part in parts for history in part.mas]
    lost: list[Lost] = [one for part in parts for one in part.lost]
    return Followed(
        numbers,
        [children[i] for i in order],
        parts[0].days,
        np.concatenate([part.values for part in parts])[order],
        tuple(sorted(lost, key=lambda one: one.child)),
        tuple(mas[i] for i in order) if mas else (),
    )


def intervals_csv(folder: Path, request: CohortRequest) -> str:
    """Median and central 95 % of the children at each time, with the values of the ledger and of members.

    Children of whom nothing is known at a time are left out.
    """
    import polars as pl

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, unit in request.columns.items():
        head = f"{name} [{unit}]"
        tables = []
        for stem in ("part", "known"):
            ends = [pl.col(head).quantile(q, "linear").alias(f"{stem}_{q}") for q in CENTRAL]
            scan = pl.scan_parquet(folder / f"{stem}-*.parquet").select("time_day", head)
            tables.append(scan.group_by("time_day").agg(ends).sort("time_day").collect())
        both = tables[0].join(tables[1], on="time_day", how="left", maintain_order="left")
        for day, low, median, high, low_known, _, high_known in both.iter_rows():
            cells = ("" if x is None else f"{x:.10g}" for x in (median, low, high, low_known, high_known))
            writer.writerow((f"{day:.10g}", name, unit, *cells))
    return text.getvalue()


def last_lines(folder: Path) -> list[str]:
    """The intervals at the last time, a line for each observable; none where there are none."""
    if not (folder / FILE).is_file():
        return []
    with (folder / FILE).open(encoding="utf-8", newline="") as stream:
        rows = {row["observable"]: row for row in csv.DictReader(stream)}
    return [_line(name, row) for name, row in rows.items()]


def _line(name: str, row: dict[str, str]) -> str:
    chance = f"{_short(row['low'])} to {_short(row['high'])}"
    known = f"{_short(row['low_known'])} to {_short(row['high_known'])} with parameter uncertainty"
    median = f"median {_short(row['median'])} {row['unit']}"
    return f"{name}, day {row['time_day']}: {median}; central 95 % of children {chance}, {known}"


def _short(text: str) -> str:
    return f"{float(text):.3g}" if text else "–"
