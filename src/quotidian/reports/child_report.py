"""The report of one child's fit: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.fit_bands import fit_bands
from quotidian.version import RESEARCH_USE, __version__

Floats = NDArray[np.float64]
STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}"
    "table{border-collapse:collapse}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}"
    "td:first-child,th:first-child{text-align:left}.silent td{color:#777}svg{max-width:100%;height:auto}"
    ".scroll{overflow-x:auto}"
)
EffectRow = tuple[str, float, float, str, float, float, bool]


def child_report(
    child: str,
    regimen: str,
    effects: Sequence[EffectRow],
    silent: Sequence[str],
    notes: Sequence[str],
    days: Floats,
    observables: Sequence[str],
    bands: Floats,
    measured_days: Floats,
    analytes: Sequence[str],
    values: Floats,
    censored: NDArray[np.int64],
    units: Mapping[str, str],
) -> str:
    """HTML text of the report.

    Parameters
    ----------
    effects : parameter, value, SE, shrinkage in words, score, SD of the score, informed.
    bands : [low/median/high, time, observable]. measured_days, analytes, values, censored : [measurement].
    units : of each observable.
    """
    rows = "\n".join(
        f"<tr{'' if known else ' class=silent'}><td>{escape(name)}</td><td>{value:.3g}</td><td>{se:.2g}</td>"
        f"<td>{learnt}</td><td>{score:+.2f}</td><td>{sd:.2f}</td></tr>"
        for name, value, se, learnt, score, sd, known in effects
    )
    nothing = (
        f"<p>These data do not inform: {escape(', '.join(silent))}.</p>"
        if silent
        else "<p>These data inform every parameter.</p>"
    )
    said = "".join(f"<li>{escape(text)}</li>" for text in notes)
    figure = fit_bands(days, observables, bands, measured_days, analytes, values, censored, units)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Fit of one child</title><style>{STYLE}</style></head><body>
<h1>Fit of one child</h1>
<p><strong>{escape(RESEARCH_USE)}</strong></p>
<p>{escape(child)}; {escape(regimen)}; {len(values)} measurements.</p>
<h2>Course</h2>
<p>Points are measurements (triangles: beyond a limit of quantification). Lines are medians, and bands are
central 90 % intervals of the true value, given these measurements.</p>
{figure}
<h2>Parameters</h2>
<p>The value is a factor on the typical value (a share for joints.il6_share), with its standard error. The
score is in SD of the population. Learnt is the part of the prior variance that the data removed; none is less
than its Monte Carlo standard error (shrinkage_se in effects.csv).</p>
<div class="scroll" tabindex="0" role="region" aria-label="Parameters">
<table><tr><th>parameter</th><th>value</th><th>SE</th><th>learnt</th><th>score</th><th>SD of score</th></tr>
{rows}
</table></div>
{nothing}
{f"<h2>Notes</h2><ul>{said}</ul>" if notes else ""}
<p>Quotidian {escape(__version__)}. {escape(RESEARCH_USE)}</p>
</body></html>
"""
