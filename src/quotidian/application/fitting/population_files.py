"""The files of a population fit: ``estimates.json``, ``individuals.csv`` and ``residuals.csv``, or none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from quotidian.application.fitting.fit_request import ESTIMATES, FitRequest
from quotidian.application.fitting.population_fit import PopulationFit, weighted_residuals
from quotidian.version import RESEARCH_USE, __version__

INDIVIDUALS, RESIDUALS = "individuals.csv", "residuals.csv"
FILES = (ESTIMATES, INDIVIDUALS, RESIDUALS)


def contents(fit: PopulationFit, request: FitRequest) -> dict[str, bytes]:
    """Content of each file by name; the request lets the fit be checked later."""
    whole = {**fit.estimates, "request": request.as_dict(), "version": __version__, "use": RESEARCH_USE}
    classes = ["CLASS", *(f"P_{k + 1}" for k in range(len(fit.shares)))] if fit.mixture else []
    lines = [",".join(["ID", *(f"ETA_{name}" for name in fit.effects), *classes])]
    for i, (own, eta) in enumerate(zip(fit.ids, fit.eta, strict=True)):
        of_class = [fit.classes[i], *fit.probabilities[i]] if fit.mixture else []
        lines.append(",".join([_quoted(own), *(f"{value:.8g}" for value in (*eta, *of_class))]))
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    tables = {INDIVIDUALS: "\n".join(lines) + "\n", RESIDUALS: residuals_csv(fit)}
    return {ESTIMATES: f"{text}\n".encode()} | {name: table.encode() for name, table in tables.items()}


def residuals_csv(fit: PopulationFit) -> str:
    """ROW, ID, TIME, DV, PRED (typical), IPRED (at the mode) and CWRES of each observation, as CSV.

    In a mixture PRED is the mean over the classes, IPRED that of the most probable class, and CWRES empty.
    """
    model, table, everyone = fit.model, fit.table, fit.model.everyone()
    typical = fit.typical()
    own = model.predictor.predict(everyone, model.predictors(everyone, fit.eta, fit.parameters.theta))
    weighted = weighted_residuals(fit)
    lines = ["ROW,ID,TIME,DV,PRED,IPRED,CWRES"]
    for subject in range(model.subjects):
        rows = table.counted[table.subject[table.counted] == subject]
        for place, row in enumerate(rows.tolist()):
            numbers = (table.time[row], table.value[row], typical[subject, place], own[subject, place])
            shown = [f"{x:.8g}" for x in numbers]
            residual = weighted[subject, place]
            shown.append(f"{residual:.6g}" if np.isfinite(residual) else "")
            lines.append(",".join([str(row + 1), _quoted(table.ids[subject]), *shown]))
    return "\n".join(lines) + "\n"


def is_earlier(folder: Path) -> bool:
    """Whether a folder holds an earlier population fit."""
    return (folder / ESTIMATES).is_file()


def _quoted(cell: str) -> str:
    plain = not any(c in cell for c in ',"\n')
    return cell if plain else '"' + cell.replace('"', '""') + '"'
