"""``quotidian drugs``, and the marks of doses that are not licensed."""

from __future__ import annotations

import json

from quotidian.drugs.catalogue import PREPARATIONS

SCALED = "siltuximab: dose not established in children: scaled from the adult dose ("


def test_every_drug_is_listed_with_dose_and_basis(quotidian, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    run = quotidian("drugs")
    assert run.code == 0
    assert run.out.splitlines()[0].split() == ["name", "dose", "basis", "source"]
    assert all(f"\n{name} " in run.out for name in PREPARATIONS)
    assert "scaled from the adult dose" in run.out
    assert run.out.endswith("Research use, not a medical device.\n")


def test_the_list_as_json(quotidian) -> None:
    rows = {row["name"]: row for row in json.loads(quotidian("drugs --json").out)}
    assert rows["canakinumab"]["dose"] == (
        "canakinumab 4 mg/kg, at most 300 mg, under the skin every 28 days"
    )
    assert rows["canakinumab"]["basis"] == "licensed for children"
    assert rows["sirukumab-iv"]["basis"] == "no standard dose"


def test_a_scaled_dose_is_marked_on_the_screen_and_beside_a_file(quotidian, tmp_path) -> None:
    asked = "simulate --age 6 --sex female --weeks 1 --every 1d --regimen siltuximab"
    names = "siltuximab,sarilumab,il6_total"
    screen = quotidian(f"{asked} --observables {names}")
    assert screen.code == 0, screen.err
    assert SCALED in screen.out
    file = quotidian(f"{asked} --observables {names} --output {tmp_path}/a.csv")
    assert SCALED in file.out
    head = (tmp_path / "a.csv").read_text().splitlines()[0]
    assert head == "time_day,siltuximab [ug/mL],sarilumab [ug/mL],il6_total [pg/mL]"
    assert "not established" not in quotidian(f"{asked}:5mg/kg/2wk").out


def test_a_cohort_says_it_in_its_manifest(quotidian, tmp_path) -> None:
    asked = "cohort --children 2 --weeks 1 --regimen siltuximab --observables siltuximab,crp --output"
    run = quotidian(f"{asked} {tmp_path}/c")
    assert run.code == 0, run.err
    assert SCALED in run.out
    (line,) = json.loads((tmp_path / "c/manifest.json").read_text())["doses"]
    assert line.startswith(SCALED)
