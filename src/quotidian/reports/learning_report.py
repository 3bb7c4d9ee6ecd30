"""The report of the estimated values: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from quotidian.reports.child_report import STYLE
from quotidian.version import RESEARCH_USE, __version__


def learning_report(rows: Mapping[str, Sequence[Any]], checks: Mapping[str, Any], command: str) -> str:
    """HTML text of the report.

    Parameters
    ----------
    rows : columns ``claim``, ``unit``, ``published``, ``expected`` and the low and high ends of ``chance``,
        ``known`` and ``discrepancy``, [row] each. checks : as the manifest holds them.
    """
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Estimated values</title><style>{STYLE}</style></head><body>
<h1>Estimates of uncertain values from published results</h1>
<p><strong>{escape(RESEARCH_USE)}</strong></p>
<p><code>{escape(command)}</code></p>
<h2>Checks</h2>
{_checks(checks)}
<h2>Values that the rows inform</h2>
<p>Coverage: proportion of central 90 % intervals that contain the true value, when runs of the prior are
fitted as if they were published. SD left: posterior SD divided by prior SD.</p>
{_table(("value", "coverage", "SD left"), _informed(checks))}
<h2>Rows that were read</h2>
<p>Intervals are central 95 %: of sampling variation alone, with parameter uncertainty, and also with the
discrepancy of the model.</p>
{_table(("row", "published", "expected", "sampling", "parameters", "discrepancy", "unit"), _rows(rows))}
<p>Quotidian {escape(__version__)}. {escape(RESEARCH_USE)}</p>
</body></html>
"""


def _checks(checks: Mapping[str, Any]) -> str:
    lines = [
        ("Virtual trials of each design", checks["runs"]),
        ("Runs of a set of values, those at the centre of the prior included", checks["sets"]),
        ("of these without result in at least one trial", checks["failed"]),
        ("Misfit by step", ", ".join(f"{x:g}" for x in checks["misfit_by_step"])),
        ("Coverage of 90 % intervals, informed values", checks["coverage_90_informed"]),
        ("Coverage of 90 % intervals, all values", checks["coverage_90_all"]),
        ("Difference between posterior sample and smoother, in posterior SD", checks["agreement_rms_sd"]),
        (
            "Error of the surrogate over sampling error, median of "
            f"{checks['informative_rows']} informative rows",
            checks["surrogate_error_median"],
        ),
        ("Pareto k of simulated trials", checks["pareto_k"]),
    ]
    lines += [
        (f"Rows of {one['trial']} inside when it is left out", f"{one['known']} of {one['rows']}")
        for one in checks["left_out"]
    ]
    return _table(("check", "result"), lines)


def _informed(checks: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [(one["value"], one["coverage"], one["sd_left"]) for one in checks["informed"]]


def _rows(rows: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    def interval(name: str, i: int) -> str:
        return f"{rows[f'{name}_low'][i]:.3g} to {rows[f'{name}_high'][i]:.3g}"

    return [
        (claim, f"{rows['published'][i]:g}", f"{rows['expected'][i]:.3g}", interval("chance", i),
         interval("known", i), interval("discrepancy", i), rows["unit"][i])
        for i, claim in enumerate(rows["claim"])
    ]  # fmt: skip


def _table(head: Sequence[str], lines: Sequence[Sequence[Any]]) -> str:
    top = "".join(f"<th>{escape(text)}</th>" for text in head)
    body = "\n".join("<tr>" + "".join(f"<td>{_cell(x)}</td>" for x in line) + "</tr>" for line in lines)
    return f"<table><tr>{top}</tr>\n{body}\n</table>"


def _cell(x: Any) -> str:
    return "none" if x is None else escape(str(x))
