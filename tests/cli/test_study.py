"""``quotidian study``: a file written, run and refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from quotidian.application.study_example import EXAMPLE
from quotidian.trials.protocol import library

SMALL = EXAMPLE.replace("    children: 40\n", "    children: 6\n")


def test_new_writes_a_commented_study_and_leaves_what_is_there(quotidian, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    ran = quotidian(f"study new {path}")
    assert ran.code == 0 and f"quotidian study run {path}" in ran.out
    assert path.read_text() == EXAMPLE
    again = quotidian(f"study new {path}")
    assert again.code != 0 and "exists already" in again.err and path.read_text() == EXAMPLE


def test_run_tells_the_endpoints_and_keeps_a_folder(quotidian, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL)
    ran = quotidian(f"study run {path} --replicates 1 --seed 3 --output {tmp_path / 'out'}")
    assert ran.code == 0, ran.err
    assert "week 12" in ran.out and "JIA ACR70" in ran.out
    with (tmp_path / "out" / "endpoints.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    told_of = {row["endpoint"] for row in rows}
    assert not any(name.startswith(("height", "igf1", "mas_")) for name in told_of)
    assert told_of >= {
        "primary", "acr30", "acr70", "fever_free", "crp_normal", "steroid_free", "ctrough",
    }  # fmt: skip
    assert {row["arm"] for row in rows} >= {"every 2 weeks", "every 4 weeks"}
    trough = {r["arm"]: float(r["virtual"]) for r in rows if r["endpoint"] == "ctrough"}
    assert trough["every 2 weeks"] > 2 * trough["every 4 weeks"]


def test_a_broken_study_ends_with_its_line(quotidian, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE.replace("acr70,", "acr77,"))
    ran = quotidian(f"study run {path}")
    assert ran.code != 0 and ran.err.startswith("quotidian: mine.yaml, line ") and "acr70" in ran.err


def test_schema_is_printed_as_json(quotidian) -> None:
    ran = quotidian("study schema")
    assert ran.code == 0 and json.loads(ran.out)["title"] == "Trial"


def test_trials_lists_every_design(quotidian) -> None:
    ran = quotidian("trials")
    names = [line.split()[0] for line in ran.out.splitlines() if line and not line.startswith("Research")]
    assert tuple(names) == library.names() and "tender-extension" in names
