"""A new drug is one module, one ledger and one line: tried on a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import quotidian

MODULE = '''"""Examplimab, an invented antibody to IL-1beta."""

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import below
from quotidian.drugs.variability import log_normal
from quotidian.network import Parameters
from quotidian.vocabulary import il1_block

k = Parameters(__file__)
moves = disposition(k, "examplimab", usual=300.0, tag="ex")
module = assembled(
    "examplimab", "Examplimab", "Invented.", k, (moves.parts, effect(k, moves.plasma, il1_block, "K_d"))
)
standard = subcutaneous("4 mg/kg", of="examplimab").every("14 day")
drug = Drug(
    module,
    preparations=(Preparation("examplimab", "subcutaneous", standard, "scaled", "invented"),),
    most_per_day=k("most_per_day", "mg/kg/day").value,
    safety=below(k, "neutrophils", "1e9/L"),
    variability=log_normal(k, "CL"),
)
'''
NUMBERS = {
    "molar_mass": (145, "kDa"),
    "reference_weight": (70, "kg"),
    "V_c": (3.3, "L"),
    "CL": (0.2, "L/day"),
    "volume_exponent": (1, "1"),
    "clearance_exponent": (0.8, "1"),
    "k_a": (0.25, "1/day"),
    "bioavailability": (0.7, "1"),
    "K_d": (1, "nM"),
    "most_per_day": (10, "mg/kg/day"),
    "neutrophils_hold": (100, "1e9/L"),
}
FIXED, VARYING = '{none: "invented"}', {"CL": "{log_sd: 0.4}"}
ENTRY = """{name}:
  meaning: invented
  symbol: x
  value: {value}
  unit: {unit}
  variability: {variability}
  uncertainty: {{none: "invented"}}
  basis: {{assumed: "because it is invented"}}
  plausible: [0, 1000]
"""
TRIAL = """name: toy
title: Examplimab in a trial of four children
about: Does its safety rule act?
population: {youngest: 2, oldest: 18}
entry: {joints: 5, crp_above: 10}
arms:
  examplimab: {give: examplimab, children: 4}
periods:
  - {name: open, kind: open, weeks: 4}
visits: [2, 4]
primary_week: 4
endpoints: [acr30]
"""
STUDY = """
from pathlib import Path

import numpy as np

from quotidian.application.study_file import read_study
from quotidian.drugs.catalogue import marks, regimen
from quotidian.errors import RegimenError
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams
from quotidian.trials.run import follow

(record,) = follow(read_study(Path("toy.yaml")), 1, seed=1, threads=1).records
print(sorted({(e.week, e.detail) for e in record.events if e.kind == "held"}))
print(marks("examplimab"))
children = draw(Streams(1), 0, range(3))
factors = [c.random_effects["examplimab.CL"] for c in children]
treated = simulate(children, regimen("examplimab"), days=70, every_hours=24.0, observables=["examplimab"])
troughs = [own[-1] / c.weight_kg**0.2 for own, c in zip(treated["examplimab"], children)]
print(min(factors) < max(factors), np.argsort(factors).tolist() == np.argsort(troughs)[::-1].tolist())
untreated = simulate(children, regimen("none"), days=1, every_hours=24.0, observables=["crp", "examplimab"])
print((untreated["crp"] > 0).all(), (untreated["examplimab"] == 0).all())
try:
    simulate(children, regimen("examplimab:11mg/kg/1wk"), days=14)
except RegimenError as error:
    print(error.what)
"""


def test_a_new_drug_is_two_files_and_one_line(tmp_path: Path) -> None:
    package = tmp_path / "quotidian"
    shutil.copytree(Path(quotidian.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    ledger = "".join(
        ENTRY.format(name=name, value=value, unit=f'"{unit}"', variability=VARYING.get(name, FIXED))
        for name, (value, unit) in NUMBERS.items()
    )
    (package / "drugs/examplimab.py").write_text(MODULE)
    (package / "drugs/examplimab.yaml").write_text(ledger)
    (tmp_path / "toy.yaml").write_text(TRIAL)
    registry = package / "drugs/registry.py"
    registry.write_text(registry.read_text().replace("NAMES = (\n", 'NAMES = (\n    "examplimab",\n'))
    run = subprocess.run(
        [sys.executable, "-c", STUDY],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    held, mark, varying, untreated, refused = run.stdout.splitlines()
    assert held == "[(0, 'examplimab: neutrophils below 100·10⁹/L')]"  # every child, at the first visit
    assert "scaled from the adult dose (invented)" in mark
    assert varying == "True True"  # the child of the lowest clearance has the highest trough
    assert untreated == "True True"  # its random effect does not disturb a model without the drug
    assert refused == "11 mg/kg of examplimab in a day is refused."
