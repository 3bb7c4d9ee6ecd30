"""``quotidian learn``: what it refuses before anything runs, and what its checks say of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotidian.application.learning.learnt_files import PROGRAM

CHECKS = {
    "runs": 640, "rows": 26, "failed": 2, "misfit_by_step": [90.1, 20.2], "coverage_90_informed": 0.91,
    "coverage_90_all": 0.9, "agreement_rms_sd": 0.3, "surrogate_error_median": 0.2, "pareto_k": None,
    "informed": [{"value": "patients.variability.severity", "coverage": 0.9, "sd_left": 0.4}],
    "left_out": [
        {"trial": "tender", "rows": 22, "by_chance": 15, "known": 21, "with_discrepancy": 22}
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--rows validation --output {out}", "Only calibration rows are"),
        ("", "--output is missing"),
        ("--members 3 --output {out}", "too small"),
        ("--trials tendr --output {out}", "tender"),
        ("--values patients.variability.severty --output {out}", "severity"),
        ("--trials tender --leave-out tender --output {out}", "no row to learn from"),
        ("--check {out}", "no completed run"),
    ],
)
def test_a_request_that_cannot_be_run_is_refused(quotidian, tmp_path: Path, more: str, says: str) -> None:
    ran = quotidian(f"learn {more.format(out=tmp_path / 'out')}")
    assert ran.code == 2
    assert says in ran.err
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_checks_of_an_earlier_run_are_printed(quotidian, tmp_path: Path) -> None:
    content = {"program": PROGRAM, "checks": CHECKS, "evidence_sha256": "of another ledger"}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    ran = quotidian(f"learn --check {tmp_path}")
    assert ran.code == 0
    assert "640 runs of 26 rows, 2 without result" in ran.out
    assert "Left out tender: 21 of 22 rows inside (15 by chance alone, 22 with discrepancy)" in ran.out
    assert "The ledger has changed since" in ran.out + ran.err


def test_a_trial_has_a_second_interval(quotidian, tmp_path: Path) -> None:
    ran = quotidian(
        f"trial canakinumab-febrile --replicates 2 --members 2 --threads 1 --output {tmp_path}/out"
    )
    assert ran.code == 0
    head, *lines = (tmp_path / "out" / "endpoints.csv").read_text(encoding="utf-8").splitlines()
    assert head.endswith(",low_known,high_known")
    assert all(line.rpartition(",")[2] for line in lines)
    assert '"members": "2"' in (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    refused = quotidian(f"trial canakinumab-febrile --replicates 2 --members 201 --output {tmp_path}/two")
    assert refused.code == 2
    assert "The ensemble has 200" in refused.err
