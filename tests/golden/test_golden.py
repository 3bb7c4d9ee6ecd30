"""The typical child, day by day, as it was when last looked at; and proof that this test can fail.

A change of the science changes these numbers on purpose. Write the file again, look at the difference, and
say in the commit why: ``python tests/golden/test_golden.py``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quotidian.application.installation_check import store
from quotidian.drugs.catalogue import regimen
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

STORED = Path(__file__).with_name("typical_child.csv")
NAMES = (
    "tocilizumab",
    "il6",
    "sil6r_total",
    "mil6r_free",
    "crp",
    "esr",
    "temperature",
    "active_joints",
    "chaq",
)
WITHIN = 2e-4  # between processors; the numerical error at the default tolerance is a tenth of it


def now(**traits: float) -> NDArray[np.float64]:
    """[day, observable] at 18:00 of every day of 12 weeks."""
    girl = child(
        age=6, sex="female", weight=20, random_effects={k.replace("__", "."): v for k, v in traits.items()}
    )
    run = simulate(
        girl, regimen("tocilizumab-iv"), days=84, every_hours=24.0, from_day=-1.25, observables=NAMES
    )
    return run.values[0]


def stored() -> NDArray[np.float64]:
    rows = list(csv.reader(STORED.open()))
    assert tuple(rows[0]) == NAMES
    return np.array(rows[1:], dtype=float)


def departure(values: NDArray[np.float64]) -> float:
    """Largest relative difference from what is stored."""
    reference = stored()
    scale = np.abs(reference) + 1e-3 * np.abs(reference).max(axis=0)
    return float((np.abs(values - reference) / scale).max())


def test_the_typical_child_has_not_changed() -> None:
    assert departure(now()) < WITHIN


def test_a_change_of_one_per_cent_in_one_clearance_would_be_seen() -> None:
    assert departure(now(tocilizumab__CL=1.01)) > 10 * WITHIN


if __name__ == "__main__":
    with STORED.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows([f"{x:.8g}" for x in row] for row in now())
    store()  # the installation check has the same child
