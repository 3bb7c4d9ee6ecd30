"""The files of a child's fit: ``effects.csv``, ``bands.csv``, ``fit.json`` and ``report.html``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
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
    rows = effects_rows(fit)
    shown = [(x.name, x.value, x.se, x.learnt, x.score, x.score_sd, x.informed) for x in rows]
    report = child_report(
        child.label, regimen, shown, fit.silent, fit.notes, fit.hours / 24.0, fit.observables,
        fit.bands, fit.record.hour / 24.0, fit.record.analyte, fit.record.value, fit.record.censored,
        clinic_units(),
    )  # fmt: skip
    return {name: content.encode() for name, content in {**tables, REPORT: report}.items()}


@dataclass(frozen=True)
class EffectOfChild:
    """One parameter of a child's fit: value and its SE, shrinkage and its Monte Carlo SE, score and its SD,
    and whether the data inform it."""

    name: str
    value: float
    se: float
    shrinkage: float
    informed: bool
    score: float
    score_sd: float
    shrinkage_se: float

    @property
    def learnt(self) -> str:
        """Shrinkage in words: ``44%``, or ``none`` where it is below its Monte Carlo standard error."""
        return f"{self.shrinkage:.0%}" if self.shrinkage >= self.shrinkage_se else "none"


def effects_rows(fit: ChildFit) -> tuple[EffectOfChild, ...]:
    """Every parameter of a fit."""
    columns = (
        fit.value,
        fit.value_sd,
        fit.shrinkage,
        fit.informed,
        fit.score,
        fit.score_sd,
        fit.shrinkage_se,
    )
    lists = (np.asarray(x).tolist() for x in columns)
    return tuple(EffectOfChild(*row) for row in zip(fit.names, *lists, strict=True))


def effects_csv(fit: ChildFit) -> str:
    """Effects as CSV; ``value`` is a factor on the typical value (a share for joints.il6_share)."""
    lines = [",".join(one.name for one in fields(EffectOfChild))]
    for row in effects_rows(fit):
        cells = [getattr(row, one.name) for one in fields(row)]
        lines.append(",".join(x if isinstance(x, str) else _cell(x) for x in cells))
    return "\n".join(lines) + "\n"


def _cell(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:.6g}"


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


def learnt_error(rows: Sequence[EffectOfChild]) -> str:
    """What ``none`` means below a table of effects; empty without such a row."""
    if all(row.learnt != "none" for row in rows):
        return ""
    return f"none: below its Monte Carlo standard error (at most {max(r.shrinkage_se for r in rows):.0%})."


def is_earlier(folder: Path) -> bool:
    """Whether a folder holds an earlier fit of a child."""
    return (folder / FIT).is_file()
