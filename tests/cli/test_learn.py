"""``quotidian learn``: what it refuses before anything runs, and what its checks say of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from quotidian.application.learning import knowledge
from quotidian.application.learning.learnt_files import PROGRAM
from quotidian.application.study_example import EXAMPLE

CHECKS = {
    "runs": 640, "sets": 320, "rows": 26, "failed": 2, "misfit_by_step": [90.1, 20.2],
    "coverage_90_informed": 0.91, "coverage_90_all": 0.9, "agreement_rms_sd": 0.3,
    "surrogate_error_median": 0.2, "pareto_k": None, "informative_rows": 14,
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
        ("--refined 7 --output {out}", "7 refined members"),
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


@pytest.mark.parametrize("altered", [{}, {"checks": []}, {"checks": {"runs": 1}}])
def test_an_altered_manifest_is_refused_in_words(
    quotidian, tmp_path: Path, altered: dict[str, object]
) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"program": PROGRAM, **altered}))
    ran = quotidian(f"learn --check {tmp_path}")
    assert ran.code == 2 and ran.out == "" and "was altered" in ran.err


def test_the_checks_of_an_earlier_run_are_printed(quotidian, tmp_path: Path) -> None:
    request = {"repeats": 2, "replicates": 41, "confirmed_repeats": 20}
    content = {"program": PROGRAM, "checks": CHECKS, "identity": {"request": request}}
    content |= {"evidence_sha256": "of another ledger"}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    ran = quotidian(f"learn --check {tmp_path}")
    assert ran.code == 0
    assert ran.out.startswith(
        "320 runs, 21 of them at the centre of the prior, each of 2 trials of every design (20 in the check "
        "of final members), with 26 rows; 2 runs have no result in at least one trial.\n"
    )
    assert (
        "Left out tender: 21 of 22 rows inside (15 without parameter uncertainty, 22 with model discrepancy)"
        in ran.out
    )
    assert "The ledger has changed since" in ran.out + ran.err
    content["checks"] = CHECKS | {"pareto_k": None}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert "Pareto k: not available." in quotidian(f"learn --check {tmp_path}").out


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


def test_a_study_and_its_power_have_a_second_interval(quotidian, tmp_path: Path) -> None:
    study, file = tmp_path / "mine.yaml", tmp_path / "power.json"
    study.write_text(EXAMPLE.replace("    children: 40\n", "    children: 6\n"))
    ran = quotidian(f"study run {study} --replicates 2 --members 2 --threads 1 --output {tmp_path}/out")
    assert ran.code == 0, ran.err
    assert "with parameter uncertainty" in " ".join(ran.out.split())
    assert "low_known" in (tmp_path / "out" / "endpoints.csv").read_text(encoding="utf-8")
    line = f"power {study} --endpoint acr30 --week 4 --sizes 20 --replicates 2"
    ran = quotidian(f"{line} --members 3 --json {file}")
    assert ran.code == 0, ran.err
    assert "with parameter uncertainty: every 2 weeks" in " ".join(ran.out.split())
    found = json.loads(file.read_text())
    assert 0.0 <= found["sizes"][0]["assurance_known"] <= 1.0
    assert set(found["interval_known"]) == set(found["interval"]) == set(found["share"])
    alone = json.loads(file.read_text()) if quotidian(f"{line} --json {file}").code == 0 else {}
    assert "assurance_known" not in alone["sizes"][0]
    assert alone["sizes"][0]["power"] == found["sizes"][0]["power"]


def test_an_ensemble_that_is_absent_or_stale_is_named(
    quotidian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge, "ledger_checksums", lambda: {"biology.joints": "another"})
    monkeypatch.setattr(knowledge.Knowledge, "overlays", lambda *_: ())
    ran = quotidian("trial canakinumab-febrile --replicates 1 --members 2")
    assert "learnt before these ledgers changed: biology.acute_phase" in ran.err
    monkeypatch.setattr(knowledge, "SHIPPED", tmp_path)
    ran = quotidian("trial canakinumab-febrile --replicates 1 --members 2")
    assert ran.code == 2 and "no completed run of learning" in ran.err and ran.out == ""


def test_one_child_has_the_interval_of_parameter_uncertainty(quotidian, tmp_path: Path) -> None:
    line = "simulate --age 6 --sex female --weight 20 --regimen tocilizumab-iv --weeks 4 --members 3"
    ran = quotidian(f"{line} --every 1d --observables tocilizumab,active_joints --output {tmp_path}/a.csv")
    assert ran.code == 0, ran.err
    frame = pl.read_csv(tmp_path / "a.csv")
    low, high = (frame[f"tocilizumab_{end}_known [ug/mL]"] for end in ("low", "high"))
    assert frame.columns[1:5] == [
        "tocilizumab [ug/mL]", "active_joints [1]",
        "tocilizumab_low_known [ug/mL]", "active_joints_low_known [1]",
    ]  # fmt: skip
    assert (low <= high).all() and (low < high).any()
    ran = quotidian(f"{line} --observables crp,active_joints --plot {tmp_path}/chart.svg")
    assert "central 95 % over 3 members" in ran.out and "the child is the same in all members" in ran.out
    assert "–" in next(row for row in ran.out.splitlines() if row.lstrip().startswith("22 to 28"))
    assert "parameter uncertainty" in (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert quotidian(f"{line[:-1]}0 --every 1d --output -").out.startswith("time_day,tocilizumab [ug/mL],il6")


def test_what_is_worth_measuring_is_told_and_kept(quotidian, tmp_path: Path) -> None:
    ran = quotidian(f"worth crp --week 2 --members 20 --threads 1 --output {tmp_path}/worth.csv")
    assert ran.code == 0, ran.err
    assert "crp, week 2, tocilizumab-iv: " in ran.out and "from parameter uncertainty" in ran.out
    frame = pl.read_csv(tmp_path / "worth.csv")
    best = frame.filter(pl.col("kind") == "measurement").row(0, named=True)
    assert best["name"].startswith("crp") and best["removed"] > 0.4
    assert frame.filter(pl.col("kind") == "value").height == len(knowledge.read_knowledge().names)
    refused = quotidian("worth tender.acr71.tocilizumab")
    assert refused.code == 2 and "acr70" in refused.err and refused.out == ""
