"""The files of a child's fit: ``effects.csv``, ``bands.csv``, ``fit.json`` and ``report.html``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from quotidian.application.fitting.child_fit import ChildFit
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.regimen_search import Candidate
from quotidian.application.fitting.sample_worth import Sample
from quotidian.patients.child import Child
from quotidian.reports.child_report import child_report
from quotidian.version import RESEARCH_USE, __version__

EFFECTS, BANDS, FIT, REPORT = "effects.csv", "bands.csv", "fit.json", "report.html"
SEARCH, WORTH = "search.csv", "worth.csv"
FILES = (EFFECTS, BANDS, FIT, REPORT, SEARCH, WORTH)


def contents(fit: ChildFit, child: Child, regimen: str) -> dict[str, bytes]:
    """Content of each file by name."""
    whole = {
        "child": child.label, "regimen": regimen, "ofv": fit.ofv, "seconds": round(fit.seconds, 3),
        "sir": fit.sir, "region": fit.region, "silent": list(fit.silent),
        "modes": fit.modes, "notes": list(fit.notes), "measurements": len(fit.record.value),
        "version": __version__, "use": RESEARCH_USE,
    }  # fmt: skip
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    tables = {EFFECTS: effects_csv(fit), BANDS: bands_csv(fit), FIT: f"{text}\n"}
    report = child_report(
        child.label, regimen, effects_rows(fit), fit.silent, fit.notes, fit.hours / 24.0, fit.observables,
        fit.bands, fit.record.hour / 24.0, fit.record.analyte, fit.record.value, fit.record.censored,
        clinic_units(),
    )  # fmt: skip
    return {name: content.encode() for name, content in {**tables, REPORT: report}.items()}


def effects_rows(fit: ChildFit) -> list[tuple[str, float, float, float, float, float, bool]]:
    """Parameter, value, its SE, shrinkage, score, its SD, and whether the data inform it."""
    return [
        (
            name, float(fit.value[k]), float(fit.value_sd[k]), float(1.0 - fit.score_sd[k] ** 2),
            float(fit.score[k]), float(fit.score_sd[k]), bool(fit.informed[k]),
        )
        for k, name in enumerate(fit.names)
    ]  # fmt: skip


def effects_csv(fit: ChildFit) -> str:
    """Effects as CSV; ``value`` is a factor on the typical value (a share for joints.il6_share)."""
    lines = ["name,value,se,shrinkage,informed,score,score_sd"]
    for name, value, se, shrinkage, score, sd, informed in effects_rows(fit):
        numbers = ",".join(f"{x:.6g}" for x in (value, se, shrinkage))
        lines.append(f"{name},{numbers},{str(informed).lower()},{score:.6g},{sd:.6g}")
    return "\n".join(lines) + "\n"


def bands_csv(fit: ChildFit) -> str:
    """Bands of every analyte as CSV: day, observable, and the 5, 50 and 95 % quantiles of its true value."""
    lines = ["day,observable,low,median,high"]
    for column, name in enumerate(fit.observables):
        for place, hour in enumerate(fit.hours):
            low, median, high = np.asarray(fit.bands)[:, place, column]
            lines.append(f"{hour / 24:.6g},{name},{low:.6g},{median:.6g},{high:.6g}")
    return "\n".join(lines) + "\n"


def search_csv(found: Sequence[Candidate]) -> str:
    """Candidates as CSV, the least drug first."""
    names = [field.name for field in fields(Candidate)]
    rows = [[getattr(c, name) for name in names] for c in found]
    lines = [",".join(x if isinstance(x, str) else f"{x:.6g}" for x in row) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def worth_csv(found: Sequence[Sample]) -> str:
    """Possible samples as CSV, the most informative first; ``remaining`` is a share of the variance."""
    lines = [f"{s.analyte},{s.day:.6g},{s.remaining:.6g}" for s in found]
    return "\n".join(["analyte,day,remaining", *lines]) + "\n"


def is_earlier(folder: Path) -> bool:
    """Whether a folder holds an earlier fit of a child."""
    return (folder / FIT).is_file()
