"""An endpoint is added by one file: a copy of the package with such a file knows it everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOY = '''"""ESR, as an example."""

from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.endpoint import Endpoint, Finding


def _mean_esr(view: AnalysisView, week: int) -> Finding:
    return Finding(view.core(week)["esr"], ~view.out(week))


ENDPOINTS = (Endpoint("toy_esr", "Toy ESR", "mm/h", "mean of those seen", "mean", _mean_esr),)
'''
USE = """
from quotidian.application.study_file import faults_of
from quotidian.reports.wording import spoken, with_unit
from quotidian.trials.analysis.endpoints import endpoint_results
from dataclasses import replace
from tests_conftest import make_record
from quotidian.trials.protocol.design import Arm, Period, Trial

trial = Trial(
    name="mine", title="Mine", about="", citation="",
    arms={"drug": Arm("tocilizumab-iv", 4), "placebo": Arm("none", 4)},
    periods=(Period("blinded", "randomised", 8),), visits=(2, 6, 8), primary_week=8, endpoints=("toy_esr",),
)
assert not faults_of(trial), faults_of(trial)
assert faults_of(replace(trial, endpoints=("toy_est",)))[0].remedy == "Did you mean 'toy_esr'?"
assert with_unit("toy_esr", "mm/h") == "Toy ESR (mm/h)"
found = {(r.endpoint, r.week): r for r in endpoint_results(trial, make_record())}
assert set(found) == {("toy_esr", 2), ("toy_esr", 6), ("toy_esr", 8)}
assert found["toy_esr", 2].values[0] == 30.0 and found["toy_esr", 2].unit == "mm/h"
print("known")
"""


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The sources, and the record of these tests beside them."""
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path / "src/tests_conftest.py")
    return tmp_path / "src"


def run(copy: Path) -> subprocess.CompletedProcess[str]:
    """The program above, over the copied package."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=False
    )


def test_one_file_adds_an_endpoint_to_studies_labels_and_results(copy: Path) -> None:
    (copy / "quotidian/trials/endpoints/definitions/toy.py").write_text(TOY)
    done = run(copy)
    assert done.stdout == "known\n", done.stderr


def test_without_that_file_it_is_not_known(copy: Path) -> None:
    assert "there is no endpoint 'toy_esr'" in run(copy).stderr


def test_two_endpoints_of_one_name_are_refused(copy: Path) -> None:
    (copy / "quotidian/trials/endpoints/definitions/toy.py").write_text(TOY.replace("toy_esr", "crp"))
    assert "The endpoint 'crp' is declared twice." in run(copy).stderr
