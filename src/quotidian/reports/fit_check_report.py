"""The report of a check of a population fit: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.diagnostics import Combination, Normality, PredictiveCheck, Profile
from quotidian.reports.child_report import STYLE
from quotidian.reports.figures.fit_check import (
    covariate_figure,
    discrepancy_figure,
    goodness_figure,
    predictive_figure,
    profile_figure,
    survival_figure,
)
from quotidian.version import RESEARCH_USE, __version__

Floats = NDArray[np.float64]


def fit_check_report(values: Mapping[str, Any], title: str, event: str = "") -> str:
    """HTML text of the report.

    Parameters
    ----------
    values : table (columns of residuals), vpc, pcvpc, survival, normality, eta_shrinkage, epsilon_shrinkage,
        combinations, eta, covariates, lines, profiles, copies, notes and estimates of a check.
    event : in words.
    """
    parts = [
        "<h2>Goodness of fit</h2>" + "".join(goodness_figure(values["table"], k) for k in values["vpc"]),
        _weighted(values["normality"]) + ("" if "CWRES" in values["normality"] else OF_MIXTURE),
        "<h2>Predictive checks</h2>", _checks(values),
        "<h2>Discrepancies</h2>" + "".join(discrepancy_figure(values["table"], k) for k in values["vpc"]),
    ]  # fmt: skip
    if values["survival"] is not None:
        parts.append(f"<h2>Time to {escape(event)}</h2>{survival_figure(values['survival'], event)}")
    parts.append(_shrinkage(values["eta_shrinkage"], values["epsilon_shrinkage"]))
    if values["covariates"]:
        figure = covariate_figure(values["eta"], values["covariates"], values["lines"])
        parts.append(f"<h2>Random effects by covariate</h2>{figure}")
    parts.append(_identifiability(values["profiles"], values["combinations"]))
    e = values["estimates"]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Check of a fit</title><style>{STYLE}</style></head><body>
<h1>Check of a fit</h1>
<p><strong>{escape(RESEARCH_USE)}</strong></p>
<p>{escape(title)}; {e["subjects"]} subjects, {e["observations"]} observations; {escape(e["method"])},
OFV {e["ofv"]:.3f}; {values["copies"]} simulated copies of the data.</p>
{_notes(values["notes"])}
{chr(10).join(parts)}
<p>Quotidian {escape(__version__)}. {escape(RESEARCH_USE)}</p>
</body></html>
"""


OF_MIXTURE = (
    "<p>CWRES are not computed for a mixture of classes of subjects: the class that explains a subject best "
    "would be taken for the true one, and its residuals would be too small. IPRED, IWRES and random effects "
    "are those of the most probable class, PRED is the mean over the classes. The simulated copies draw the "
    "class of each subject, so that the predictive checks and NPDE judge the mixture as a whole.</p>"
)


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    said = "".join(f"<li>{escape(text)}</li>" for text in notes)
    return f"<h2>Notes of the fit</h2><ul>{said}</ul>"


def _weighted(found: Mapping[str, Normality]) -> str:
    rows = [(name, str(n.count), f"{n.mean:+.3f}", f"{n.sd:.3f}", f"{n.p:.2g}") for name, n in found.items()]
    return (
        "<p>If the model is right, CWRES, NPDE and NPD are standard normal. p is that of the "
        "Kolmogorov-Smirnov test; for CWRES, IWRES and NPD it ignores that the residuals of one "
        "subject are correlated.</p>"
        f"{_table(('residual', 'number', 'mean', 'SD', 'p'), rows)}"
    )


def _checks(values: Mapping[str, Any]) -> str:
    found, table = [], values["table"]
    for kind, plain in values["vpc"].items():
        corrected: PredictiveCheck = values["pcvpc"][kind]
        own = (table["KIND"] == kind) & (table["CENS"] == 0)
        figure = predictive_figure(
            kind, plain, corrected, table["TIME"][own].astype(float), table["DV"][own].astype(float)
        )
        (a, b), (c, d) = plain.inside, corrected.inside
        found.append(
            f"<p>{escape(kind)}: {a} of {b} observed quantiles lie within the simulated 95 % bands, {c} of "
            f"{d} after prediction correction. Lines are the 5, 50 and 95 % quantiles of the data in a bin; "
            f"bands are central 95 % of the same quantiles of the copies.</p>{figure}"
        )
    return "".join(found)


def _shrinkage(eta: Mapping[str, float], epsilon: float) -> str:
    rows = [(f"ETA {name}", f"{value:.1%}") for name, value in eta.items()] + [("epsilon", f"{epsilon:.1%}")]
    return (
        "<h2>Shrinkage</h2><p>1 - SD(ETA)/omega, and 1 - SD(IWRES). Above about 30 %, plots of random "
        "effects by covariate and individual predictions can mislead.</p>"
        f"{_table(('quantity', 'shrinkage'), rows)}"
    )


def _identifiability(profiles: Mapping[str, Profile], found: Sequence[Combination]) -> str:
    parts = ["<h2>What the data determine</h2>"]
    if profiles:
        rows = [(name, _end(p.low), _end(p.high)) for name, p in profiles.items()]
        parts.append(
            "<p>Profiles of the FOCEI objective. A 95 % interval ends where the objective has risen by 3.84; "
            "a dash is an end that was not reached within five standard errors.</p>"
            f"{_table(('parameter', 'low', 'high'), rows)}{profile_figure(profiles)}"
        )
    if not found:
        return (
            "".join(parts)
            + "<p>The estimates are no minimum of the objective, so there is no covariance matrix.</p>"
        )
    bad = [c for c in found if c.badly]
    if bad:
        words = "".join(f"<li>{escape(c.words)}</li>" for c in bad)
        parts.append(f"<p>Changes of parameters that raise the objective by only 1:</p><ul>{words}</ul>")
    else:
        parts.append("<p>No combination of the fixed effects is poorly determined.</p>")
    parts.append(f"<p>Worst determined: {escape(found[0].words)}. Best: {escape(found[-1].words)}.</p>")
    return "".join(parts)


def _end(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "-"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
