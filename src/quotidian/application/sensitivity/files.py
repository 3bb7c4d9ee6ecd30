"""A ranking as CSV and as a figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from quotidian.application.sensitivity.ranking import Ranking
from quotidian.dosing import describe
from quotidian.evidence.overlay import entries
from quotidian.reports.figures.ranking import RankedBar, save_ranking
from quotidian.reports.files import whole_file
from quotidian.reports.wording import significant, spoken, unit_sign
from quotidian.units import quantity_text

DIGITS = 6
ACROSS: Mapping[str, str] = {
    "local": "elasticity, % per %",
    "sobol": "share of the variance with all interactions (bar, 95 %)",
    "morris": "mean absolute effect over half the range (95 %), {unit}",
    "pawn": "PAWN index, median distance of distributions (95 %)",
}
METHOD: Mapping[str, str] = {
    "local": "Exact derivatives at the values of the ledger.",
    "sobol": "Sobol indices over the uncertainty of the ledger, {runs:,} runs.",
    "morris": "Elementary effects over the uncertainty of the ledger, {runs:,} runs.",
    "pawn": "PAWN over the uncertainty of the ledger, {runs:,} runs.",
}


def ranking_csv(ranking: Ranking) -> str:
    """One line a value: ``rank``, then the columns of :attr:`Ranking.rows`; numbers with six digits."""
    text = io.StringIO()
    rows = ranking.rows
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["rank", *rows[0]])
    for place, row in enumerate(rows, start=1):
        writer.writerow(
            [place, *(significant(x, DIGITS) if isinstance(x, float) else x for x in row.values())]
        )
    return text.getvalue()


def draw_ranking(ranking: Ranking, path: Path) -> None:
    """Draw the ranking into a .svg, .png or .pdf file. Raises OutputError if the disk refuses."""
    asked, method = ranking.request, ranking.request.method
    who = f"{spoken(ranking.outcome.observable)}, {ranking.outcome.words.partition(', ')[2]}: "
    unit = unit_sign(ranking.outcome.unit)
    with whole_file(path) as partial:
        save_ranking(
            bars_of(ranking), partial, path.suffix.lower().lstrip("."),
            title=who + quantity_text(significant(ranking.value, 3), unit),
            note=f"{asked.child.label}; {describe(asked.regimen)}.\n"
            f"{METHOD[method].format(runs=ranking.runs)}",
            across=ACROSS[method].format(unit=unit or "1"),
            second="alone (dot)" if method == "sobol" else "",
        )  # fmt: skip


def bars_of(ranking: Ranking) -> list[RankedBar]:
    """A bar for each value, in order."""
    columns, measure = ranking.columns, ranking.measure
    none = [None] * len(ranking.names)
    low, high = (
        columns[f"{measure}_{end}"].tolist() if f"{measure}_{end}" in columns else none
        for end in ("low", "high")
    )
    second = columns["first"].tolist() if "first" in columns else none
    found = zip(ranking.names, columns[measure].tolist(), low, high, second, strict=True)
    return [RankedBar(entries()[name].meaning, name, *rest) for name, *rest in found]
