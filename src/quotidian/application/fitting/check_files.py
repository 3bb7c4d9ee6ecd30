"""The files of a check: tables as CSV, and ``report.html``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.population_check import FitCheck
from quotidian.inference.diagnostics import PredictiveCheck
from quotidian.inference.diagnostics.predictive import QUANTILES
from quotidian.reports.fit_check_report import fit_check_report

RESIDUALS, VPC, PCVPC, SURVIVAL = "residuals.csv", "vpc.csv", "pcvpc.csv", "survival.csv"
SHRINKAGE, COVARIATES, PROFILES = "shrinkage.csv", "eta_covariates.csv", "profiles.csv"
COMBINATIONS, NORMALITY, REPORT = "combinations.csv", "normality.csv", "report.html"
NOTES = "notes.csv"
FILES = (
    RESIDUALS, VPC, PCVPC, SURVIVAL, SHRINKAGE, COVARIATES, PROFILES, COMBINATIONS, NORMALITY, NOTES, REPORT,
)  # fmt: skip
Columns = Mapping[str, list[Any]]


def tables(check: FitCheck) -> dict[str, Columns]:
    """Each table by the name of its file: columns by name."""
    found: dict[str, Columns] = {
        RESIDUALS: {name: column.tolist() for name, column in check.residuals.items()},
        VPC: _predictive(check.vpc), PCVPC: _predictive(check.pcvpc),
        SHRINKAGE: {
            "NAME": [*check.eta_shrinkage, "epsilon"],
            "SHRINKAGE": [*check.eta_shrinkage.values(), check.epsilon_shrinkage],
        },
        COVARIATES: {
            "ETA": [effect for effect, _ in check.covariates],
            "COVARIATE": [name for _, name in check.covariates],
            **_columns(check.covariates.values(), ("slope", "r", "p")),
        },
        PROFILES: {
            "PARAMETER": [name for name, p in check.profiles.items() for _ in p.at],
            "VALUE": [x for p in check.profiles.values() for x in p.at.tolist()],
            "RISE": [x for p in check.profiles.values() for x in p.rise.tolist()],
            "LOW": [p.low for p in check.profiles.values() for _ in p.at],
            "HIGH": [p.high for p in check.profiles.values() for _ in p.at],
        },
        COMBINATIONS: {
            "SD": [c.sd for c in check.combinations],
            "COMBINATION": [c.words for c in check.combinations],
            "BADLY": [str(c.badly).lower() for c in check.combinations],
        },
        NORMALITY: {
            "RESIDUAL": list(check.normality),
            **_columns(check.normality.values(), ("count", "mean", "sd", "p")),
        },
        NOTES: {"NOTE": list(check.notes)},
    }  # fmt: skip
    if check.survival is not None:
        s = check.survival
        found[SURVIVAL] = {
            "TIME": s.times.tolist(), "OBSERVED": s.observed.tolist(),
            **{name: s.band[k].tolist() for k, name in enumerate(("LOW", "MEDIAN", "HIGH"))},
        }  # fmt: skip
    return found


def contents(check: FitCheck, title: str, event: str = "") -> dict[str, bytes]:
    """Content of each file by name; ``event`` in words, where times to a crossing were checked."""
    found = {name: csv_of(columns).encode() for name, columns in tables(check).items()}
    return {**found, REPORT: fit_check_report(report_values(check), title, event).encode()}


def report_values(check: FitCheck) -> dict[str, Any]:
    """What the report shows, by the names of its parameters."""
    return {
        "table": check.residuals, "vpc": check.vpc, "pcvpc": check.pcvpc, "survival": check.survival,
        "normality": check.normality, "eta_shrinkage": check.eta_shrinkage,
        "epsilon_shrinkage": check.epsilon_shrinkage, "combinations": check.combinations,
        "eta": {
            name: np.where(check.fit.used[:, k], check.fit.eta[:, k], np.nan)
            for k, name in enumerate(check.fit.effects)
        },
        "covariates": check.covariate_values, "lines": check.covariates, "profiles": check.profiles,
        "copies": check.copies, "estimates": check.fit.estimates, "notes": check.notes,
    }  # fmt: skip


def csv_of(columns: Columns) -> str:
    """Columns as CSV; numbers with eight digits, empty where there is none."""
    lines = [",".join(columns)]
    lines += [",".join(map(_cell, row)) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def is_earlier(folder: Path) -> bool:
    """Whether a folder holds an earlier check."""
    return (folder / REPORT).is_file() and (folder / NORMALITY).is_file()


def _columns(records: Iterable[Any], fields: Iterable[str]) -> Columns:
    own = list(records)
    return {field.upper(): [getattr(record, field) for record in own] for field in fields}


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.8g}"
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def _predictive(checks: Mapping[str, PredictiveCheck]) -> Columns:
    names = ("KIND", "TIME", "COUNT", "QUANTITY", "OBSERVED", "LOW", "MEDIAN", "HIGH")
    rows: list[tuple[Any, ...]] = []
    for kind, c in checks.items():
        parts: list[tuple[str, NDArray[np.float64], NDArray[np.float64]]] = [
            (f"quantile {q:g}", c.observed[k], c.band[:, k]) for k, q in enumerate(QUANTILES)
        ]
        parts.append(("share below", c.below, c.below_band))
        for name, observed, band in parts:
            for b in range(len(c.x)):
                rows.append(
                    (kind, float(c.x[b]), int(c.count[b]), name, float(observed[b]), *band[:, b].tolist())
                )
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}
