"""IL-6 models that others published, run from their SBML files against reference runs of libRoadRunner.

The files are not part of the project. The tests look for the folder that QUOTIDIAN_MODELS names, else for
``../shared/models`` beside the checkout, and are skipped where neither is there.
"""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from quotidian.interchange import from_sbml

BESIDE = Path(__file__).resolve().parents[2].parent / "shared/models"
FOLDER = Path(os.environ.get("QUOTIDIAN_MODELS", BESIDE))
RUNS = FOLDER / "reference_runs.csv"
PASS, LEAST = 1e-4, 1e-9
"""Largest relative difference, and the value from which on it counts: the pass mark stated with the runs."""
SYNTHESIS = ("ksynthIL6", "ksynthIL6Gut")

pytestmark = pytest.mark.skipif(
    not RUNS.is_file(),
    reason=f"published models are not at {FOLDER}: set QUOTIDIAN_MODELS to a folder with reference_runs.csv",
)

DWIVEDI = {
    ("BIOMD0000000534", "as deposited: 100 mg at 0.1, 672, 1344, 2016 h"): {},
    ("BIOMD0000000534", "no drug: Dose=0"): {"Dose": 0.0},
    ("BIOMD0000000535", "as deposited: 300 mg at 0.1, 672, 1344 h"): {},
    ("BIOMD0000000536", "as deposited: no drug is given, all doses are zero"): {},
    ("BIOMD0000000536", "300 mg every 4 weeks: Dose Q4W=300"): {"Dose Q4W": 300.0},
    ("BIOMD0000000537", "as deposited: 300 mg at 0.1, 672, 1344 h"): {},
    ("BIOMD0000000537", "300 mg every 2 weeks: Dose=0, DoseQ2W=300"): {"Dose": 0.0, "DoseQ2W": 300.0},
    ("BIOMD0000000537", "as deposited but antibody Kd 1.25 nM: kIL6RBind=2"): {"kIL6RBind": 2.0},
} | {
    ("BIOMD0000000534", f"steady state, no drug, ksynthIL6 and ksynthIL6Gut times {n}"): {
        "Dose": 0.0, **dict.fromkeys(SYNTHESIS, float(n)),
    }
    for n in (0, 1, 2, 5, 10, 20, 50)
}  # fmt: skip
SINGH = {("BIOMD0000000151", "as deposited: IL6 = 0.38"): {}}
NO_DRUG = {f"input_rux{n}": 0.0 for n in range(1, 5)}
OTHERS = {
    ("MODEL2307050001", f"IL-6 {n:g} ng/mL, no ruxolitinib"): {"var_il6": float(n), **NO_DRUG}
    for n in (0, 0.1, 1, 10, 40, 100)
} | {
    ("MODEL2307050001", "as deposited: IL-6 40 ng/mL, ruxolitinib 500/187/187 nM at 0/480/960 min"): {},
    ("MODEL1172200168", "as deposited"): {},
    ("MODEL1006230111", "as deposited (one stress pulse, f=1 for t<1)"): {},
    ("MODEL1006230036", "as deposited (five stress pulses)"): {},
    ("MODEL1805090001", "as deposited (snake bite)"): {},
    ("BIOMD0000000916", "as deposited (tracer in circulation)"): {},
    ("BIOMD0000000714", "as deposited"): {},
    ("MODEL1805140003", "as deposited (adequate diet, steady)"): {},
    ("BIOMD0000000837", "as deposited"): {},
}
SCENARIOS = DWIVEDI | SINGH | OTHERS


@cache
def runs() -> dict[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    with RUNS.open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["model"], row["scenario"]), []).append(row)
    return found


def difference(model: str, scenario: str, values: dict[str, float]) -> float:
    """The largest relative difference from the reference run, over all its times and outputs.

    ``values`` replace those of the file; syntheses are multiplied, as the scenarios say it.
    """
    rows = runs()[model, scenario]
    file = FOLDER / f"{model}.xml"
    stated = {c.meaning: c.typical for c in from_sbml(file).model.covariates.values()}
    factors = {name: value * stated[name] for name, value in values.items() if name in SYNTHESIS}
    imported = from_sbml(file, {**values, **factors})
    times = sorted({0.0, *(float(row["time"]) for row in rows)})
    ids = {row["output"]: imported.observable(row["output"]) for row in rows}
    outcome = imported.run(times, sorted(set(ids.values())))
    counted = [row for row in rows if abs(float(row["value"])) > LEAST]
    assert counted
    ours = np.array([outcome[ids[row["output"]]][0, times.index(float(row["time"]))] for row in counted])
    theirs = np.array([float(row["value"]) for row in counted])
    return float(np.max(np.abs(ours / theirs - 1)))


@pytest.mark.parametrize(("model", "scenario"), SCENARIOS)
def test_a_published_model_runs_as_it_did(model: str, scenario: str) -> None:
    assert difference(model, scenario, SCENARIOS[model, scenario]) < PASS


def test_every_run_of_the_core_models_is_used() -> None:
    core = {
        key for key in runs() if key[0].removeprefix("BIOMD0000000") in ("534", "535", "536", "537", "151")
    }
    assert core == {*DWIVEDI, *SINGH}


@pytest.mark.parametrize("dose", [0.001, 0.01, 0.1, 1.0])
def test_the_comparison_can_fail(dose: float) -> None:
    key = ("BIOMD0000000537", "as deposited: 300 mg at 0.1, 672, 1344 h")
    assert difference(*key, {"Dose": 300.0 + dose}) > (PASS if dose > 0.05 else 1e-7)


def test_a_wiring_without_rates_is_refused() -> None:
    with pytest.raises(Exception, match="has no rate law"):
        from_sbml(FOLDER / "MODEL2509100001.xml")
