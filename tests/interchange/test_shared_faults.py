"""Small inputs on which version 0.1 failed. They are not part of the project; values stand beside them.

The tests look for the folder that QUOTIDIAN_CASES names, else for ``../shared/cases`` beside the checkout,
and are skipped where neither is there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quotidian.interchange import from_sbml

BESIDE = Path(__file__).resolve().parents[2].parent / "shared/cases"
FAULTS = Path(os.environ.get("QUOTIDIAN_CASES", BESIDE)) / "faults"

pytestmark = pytest.mark.skipif(
    not FAULTS.is_dir(), reason=f"no cases at {FAULTS}: set QUOTIDIAN_CASES to a folder that has faults/"
)

RIGHT: dict[str, tuple[str, dict[float, float]]] = {
    "torr": ("h", {0.0: 0.0, 5.0: 2.22724}),
    "mmfrac": ("C", {0.0: 0.0, 1.0: 24.525, 2.0: 26.836}),
    "hillg": ("R", {0.0: 10.0, 4.0: 7.62575}),
    "tnh": ("A", {0.0: 0.0, 5.0: 7.4536}),
    "minbig": ("C", {0.0: 1e-3, 5.0: 6.738e-6}),
    "nospd": ("X", {0.0: 50.0, 10.0: 30.327, 20.0: 18.394}),
    "pown": ("y", {0.0: 1.0, 2.0: 1.0, 3.0: 4.0, 4.0: 9.0}),
    "t0": ("A", {0.0: 100.0}),
    "pw_le": ("x", {0.0: 1.0, 5.0: 1.0, 6.0: 0.0}),
    "sgt": ("A", {0.0: 1.0, 5.0: 1.0, 6.0: 10.0}),
    "ulp": ("A", {28.71: 1.0, 29.0: 100.0, 29.29: 100.0}),
    "tx": ("m", {0.0: 0.0, 5.0: 7.8694}),
    "rr202": ("A", {0.0: 0.0, 10.0: 1.0}),
    "logi": ("A", {0.0: 0.0, 300.0: 100.0}),
    "branchlog": ("A", {0.0: 0.0, 10.0: 4.04719}),
    "volrule": ("V", {0.0: 7.0, 5.0: 7.0}),
    "volamt": ("CL", {0.0: 0.7, 5.0: 0.7}),
}


@pytest.mark.parametrize("case", RIGHT)
def test_the_value_is_right(case: str) -> None:
    name, values = RIGHT[case]
    outcome = from_sbml(FAULTS / f"{case}.xml").run([*values], [name])
    assert outcome[name][0] == pytest.approx([*values.values()], rel=2e-5, abs=1e-9)
