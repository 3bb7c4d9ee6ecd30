"""A synthetic result in the shape of the trial: what the reports are held against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.reports import report
from quotidian.reports.figures import Picture
from quotidian.trials.result import Account, Band, BaselineRow, ChildChart, TrialResult
from quotidian.trials.rows import EndpointRow

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
CHILDREN = {"tocilizumab": 75, "placebo": 37}
LABEL = "us_label_actemra"

# endpoint: (tocilizumab: virtual, low, high, published, low, high), (placebo: the same)
WEEK_12 = {
    "primary": ((84.0, 76.0, 92.0, 85.0, 75.3, 92.4), (21.6, 8.1, 35.1, 24.0, 11.8, 41.2)),
    "acr30": ((90.7, 84.0, 96.0, 91.0, 81.7, 96.2), (27.0, 13.5, 40.5, 24.0, 11.8, 41.2)),
    "acr50": ((86.7, 78.7, 93.3, 85.0, 75.3, 92.4), (16.2, 5.4, 29.7, 11.0, 3.0, 25.4)),
    "acr70": ((69.3, 58.7, 78.7, 71.0, 59.0, 80.6), (8.1, 0.0, 18.9, 8.0, 1.7, 21.9)),
    "acr90": ((50.7, 40.0, 61.3, 37.0, 26.4, 49.3), (2.7, 0.0, 8.1, 5.0, 0.7, 18.2)),
    "fever_free": ((88.4, 80.0, 95.0, 85.0, 70.8, 94.4), (20.8, 8.0, 36.0, 21.0, 7.1, 42.2)),
}
EXPOSURE = {
    "cmax": ("ug/mL", 238.4, 226.1, 250.2, 245.0, 232.1, 257.9),
    "ctrough": ("ug/mL", 66.31, 60.8, 71.9, 57.5, 52.2, 62.8),
    "auc_2wk": ("ug*day/mL", 1389.2, 1295.0, 1478.0, 1341.0, 1247.1, 1434.9),
    "ctrough_ratio": ("1", 3.184, 2.93, 3.46, 3.2, 2.91, 3.49),
}


def endpoint_rows() -> tuple[EndpointRow, ...]:
    """Week 12 beside the published numbers, the ACR levels at earlier visits without, exposure."""
    rows = []
    for endpoint, arms in WEEK_12.items():
        role = "validation" if endpoint == "acr90" else "calibration"
        for arm, numbers in zip(CHILDREN, arms, strict=True):
            rows.append(EndpointRow(arm, endpoint, 12, "%", *numbers, role=role, source=LABEL))
            if endpoint.startswith("acr"):
                rows += [_earlier(arm, endpoint, week, numbers) for week in (2, 4, 6, 8, 10)]
    for endpoint, (unit, *numbers) in EXPOSURE.items():
        source = "zhang2013" if endpoint == "auc_2wk" else LABEL
        row = EndpointRow("tocilizumab", endpoint, 12, unit, *numbers, role="calibration", source=source)
        rows.append(row)
    return tuple(rows)


def _earlier(arm: str, endpoint: str, week: int, numbers: tuple[float, ...]) -> EndpointRow:
    share = (1.0 - np.exp(-week / 3.0)) / (1.0 - np.exp(-4.0))
    virtual, low, high = (float(value) * float(share) for value in numbers[:3])
    return EndpointRow(arm, endpoint, week, "%", virtual, low, high)


def bands() -> tuple[Band, ...]:
    """CRP and daily maximum temperature by arm: falling under the drug, staying under placebo."""
    days = np.arange(0.0, 85.0)
    z = np.array([-1.645, -0.674, 0.0, 0.674, 1.645])[:, None]
    found = []
    for arm in CHILDREN:
        treated = np.exp(-days / 2.5) if arm == "tocilizumab" else np.ones_like(days) + 0.1 * np.sin(days / 9)
        crp = (130.0 * treated + 1.1) * np.exp(0.8 * z)
        hot = 36.9 + 2.7 * treated**0.5 + 0.35 * z
        found.append(Band(arm, "crp", "mg/L", days, LEVELS, crp))
        found.append(Band(arm, "temperature_max", "degC", days, LEVELS, hot))
    return tuple(found)


def child_chart() -> ChildChart:
    """Twelve weeks by the hour, an infusion every two weeks."""
    days = np.arange(0.0, 84.0 + 1e-9, 1.0 / 24.0)
    doses = tuple((0.375 + 14.0 * k, 240.0) for k in range(6))
    drug = sum(np.where(days >= d, 190.0 * np.exp(-(days - d) / 11.0), 0.0) for d, _ in doses)
    off = np.exp(-np.maximum(days - 0.375, 0.0) / 1.6)
    clock = np.exp(3.0 * (np.cos(2 * np.pi * (days - 17.5 / 24)) - 1.0))
    values = {
        "tocilizumab": drug,
        "il6": 28.0 * (0.5 + clock) * (1.0 + 1.6 * (1 - off)),
        "sil6r_total": 95.0 + 620.0 * (1 - np.exp(-np.maximum(days - 0.375, 0.0) / 16.0)),
        "crp": 150.0 * off + 1.4,
        "esr": 18.0 + 62.0 * np.exp(-days / 12.0),
        "temperature": 36.7 + 0.35 * np.cos(2 * np.pi * (days - 0.75)) + 2.9 * clock * off,
        "active_joints": 3.0 + 17.0 * np.exp(-days / 20.0),
    }
    units = {"tocilizumab": "ug/mL", "il6": "pg/mL", "sil6r_total": "ng/mL", "crp": "mg/L"}
    units |= {"esr": "mm/h", "temperature": "degC", "active_joints": "1"}
    return ChildChart("6-year-old girl, 20 kg (47th centile)", "tocilizumab", days, values, units, doses)


def trial_result() -> TrialResult:
    """A whole result."""
    return TrialResult(
        name="tender",
        title="A virtual TENDER, part 1",
        about="Children of 2 to 17 years with active systemic JIA, randomised 2:1 to tocilizumab or placebo.",
        citation="debenedetti2012",
        replicates=100,
        seed=1,
        children=CHILDREN,
        size=sum(CHILDREN.values()),
        rows=endpoint_rows(),
        bands=bands(),
        child=child_chart(),
        baseline=(
            BaselineRow("age", "year", 9.6, 4.4, 9.7, 4.5, "debenedetti2012"),
            BaselineRow("active joints", "1", 18.9, 12.2, 19.8, None, "tender_2year"),
            BaselineRow("CRP", "mg/L", 141.0, 96.0),
        ),
        account=Account(15873, 11200, {"few joints": 4102, "little fever": 571}, {"step limit": 2}, 31.4),
        rules=(
            "Entry: at least 5 active joints, or at least 2 and fever.",
            "A child who escapes counts as a non-responder.",
        ),
        notes=("Background steroid and methotrexate are not modelled here.",),
        provenance={
            "version": "0.1.0",
            "command": "quotidian trial tender --replicates 100 --seed 1 --output out/tender",
            "model": "sha256 4f1c0d2e",
            "tolerance": "relative 1e-4, absolute 1e-6 of the usual range",
        },
    )


def without_pictures(result: TrialResult) -> TrialResult:
    """The same result with nothing in it to draw."""
    return replace(result, rows=(), bands=(), child=replace(result.child, values={}))


@pytest.fixture(scope="session")
def bare() -> TrialResult:
    """A result with nothing to draw: its report is quick."""
    return without_pictures(trial_result())


@pytest.fixture(scope="session")
def result() -> TrialResult:
    """The synthetic result; frozen, so one serves all."""
    return trial_result()


@pytest.fixture(scope="session")
def drawn(result: TrialResult) -> dict[str, list[Picture]]:
    """Every figure of the synthetic result by section, drawn once: it takes seconds."""
    return report.pictures_of(result)


@pytest.fixture(scope="session")
def page(result: TrialResult, drawn: dict[str, list[Picture]]) -> str:
    """The report of the synthetic result."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "pictures_of", lambda _: drawn)
        return report.render_report(result)
