"""Fills in the numbers of the tables of docs/drugs.md and docs/scenarios.md: ``make docs``.

The pages hold the rows, that is the names of regimens and scenarios with their explanations; this module
computes their numbers. A test computes some rows again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import quotidian as q

FOLDER = Path(__file__).resolve().parent
GIRL = q.Child(age=6, sex="female", weight=20)
RATIOS = ("il6", "il6_total", "sil6r_total", "crp", "joint_activity")
UNTREATED_DAY, WEEK_4 = slice(0, 24), slice(21 * 24, 28 * 24)

Row = Callable[[list[str]], list[str]]


def drug_row(cells: list[str]) -> list[str]:
    """The cells of a regimen: means of days 56 to 70 relative to no drug, and the highest temperature."""
    treated, without = (_late(name) for name in (cells[0], "none"))
    ratios = [float(treated[name].mean() / without[name].mean()) for name in RATIOS]
    return [*cells[:2], *(f"{ratio:.2g}" for ratio in ratios), f"{float(treated.temperature.max()):.1f}"]


def scenario_row(cells: list[str]) -> list[str]:
    """The cells of one scenario, or of several with commas between."""
    names = ["" if name == "first choice" else name.strip("`") for name in cells[0].split(", ")]
    columns = zip(*(_scenario(name) for name in names), strict=True)
    return [cells[0], *(", ".join(values) for values in columns)]


TABLES: dict[str, tuple[str, Row]] = {
    "drugs.md": ("| drug | acts on |", drug_row),
    "scenarios.md": ("| Scenario | Bound IL-6", scenario_row),
}
"""For each page the head of its table, and what computes a row from its cells."""


def filled(page: str, text: str) -> str:
    """The text of a page with the numbers of its table computed again."""
    head, row = TABLES[page]
    lines = text.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith(head)) + 2
    last = next(i for i in range(first, len(lines)) if not lines[i].startswith("|"))
    rows = [f"| {' | '.join(row(_cells(line)))} |\n" for line in lines[first:last]]
    return "".join([*lines[:first], *rows, *lines[last:]])


def main() -> None:
    """Write both pages."""
    for page in TABLES:
        file = FOLDER / page
        file.write_text(filled(page, file.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@cache
def _late(regimen: str) -> Any:
    """Hourly outputs of days 56 to 70 on a regimen."""
    run = q.simulate(GIRL, regimen, weeks=10, observables=[*RATIOS, "temperature"])
    return run.isel(time=slice(56 * 24, None)).squeeze()


def _scenario(name: str) -> tuple[str, str, str]:
    """Bound to free IL-6, the daily maximum of IL-6, and IL-6 in week 4 of tocilizumab relative to before."""
    observables = ["il6", "il6_total"]
    run = q.simulate(
        GIRL, ["none", "tocilizumab-iv"], weeks=4, observables=observables, scenario=name
    ).squeeze()
    before = run.sel(regimen="none").isel(time=UNTREATED_DAY)
    treated = run.sel(regimen="tocilizumab-iv").isel(time=WEEK_4)
    free = float(before.il6.mean())
    bound = float(before.il6_total.mean()) / free - 1.0
    return (
        f"{bound:.1f}" if bound >= 1.0 else f"{bound:.2f}",
        f"{np.max(before.il6.values):.0f}",
        f"{float(treated.il6.mean()) / free:.1f}",
    )


if __name__ == "__main__":
    main()
