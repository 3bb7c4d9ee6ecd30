"""The public test suite of PEtab, where it lies beside the project: every case, by its own tolerances.

The tests look for the folder that QUOTIDIAN_CASES names, else for ``../shared/cases`` beside the checkout,
and are skipped where neither is there.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
import yaml

from quotidian.interchange.petab.objective import objective
from quotidian.interchange.petab.reader import read_petab

BESIDE = Path(__file__).resolve().parents[3].parent / "shared/cases"
SUITE = Path(os.environ.get("QUOTIDIAN_CASES", BESIDE)) / "petab"
CASES = sorted(SUITE.glob("v[12]/*/_*_solution.yaml"))

pytestmark = pytest.mark.skipif(
    not CASES, reason=f"no cases at {SUITE}: set QUOTIDIAN_CASES to a folder that has petab/"
)


@pytest.mark.parametrize("solution", CASES, ids=lambda p: "/".join(p.parts[-3:-1]))
def test_a_case_has_its_solution(solution: Path) -> None:
    expected = yaml.safe_load(solution.read_text())
    found = objective(read_petab(solution.with_name(solution.name.replace("_solution", ""))))
    assert found.log_likelihood == pytest.approx(expected["llh"], abs=expected["tol_llh"])
    assert found.chi2 == pytest.approx(expected["chi2"], abs=expected["tol_chi2"])
    for name, value in expected.get("log_prior", {}).items():
        assert found.log_prior[name] == pytest.approx(value, abs=1e-13)
    with (solution.parent / expected["simulation_files"][0]).open() as stream:
        rows = [float(row["simulation"]) for row in csv.DictReader(stream, delimiter="\t")]
    assert found.simulated == pytest.approx(rows, abs=expected["tol_simulations"])
