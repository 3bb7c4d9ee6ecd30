"""``quotidian power``: a table for people, JSON for programs, refusals with a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotidian.application.study_example import EXAMPLE


def test_a_published_design_at_other_sizes(quotidian, tmp_path: Path) -> None:
    file = tmp_path / "power.json"
    ran = quotidian(
        f"power yokota-2008 --endpoint flare_free --sizes 40,10 --replicates 2 --seed 3 --json {file}"
    )
    assert (ran.code, ran.err) == (0, "")
    assert "Free of flare, week 18: tocilizumab" in ran.out and "assurance, %" in ran.out
    assert "2 replicates of the design, seed 3." in ran.out and "Research use" in ran.out
    rows = [line.split() for line in ran.out.splitlines() if line.strip()[:1].isdigit()]
    found = json.loads(file.read_text())
    assert [int(row[1]) for row in rows] == [10, 40] == [size["randomised"] for size in found["sizes"]]
    assert [float(row[4]) for row in rows] == [round(100 * size["power"], 1) for size in found["sizes"]]
    assert found["sizes"][0]["arms"] == {"tocilizumab": 5, "placebo": 5}
    assert set(found["share"]) == {"tocilizumab", "placebo"} and found["sizes"][0]["enrolled"] > 10
    assert found["sizes"][0]["power"] < found["sizes"][1]["power"]


def test_the_same_seed_tells_the_same_from_a_study_file(quotidian, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(EXAMPLE.replace("    children: 40\n", "    children: 6\n"))
    line = f"power {path} --endpoint acr70 --week 4 --sizes 20 --replicates 2"
    first = quotidian(line)
    assert first.code == 0 and "JIA ACR70, week 4: every 2 weeks" in first.out
    assert quotidian(f"{line} --threads 1").out == first.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("power jigsaw-118", "'jigsaw-118' has 1 arm."),
        ("power yokota-2009", "There is no trial 'yokota-2009'."),
        ("power none.yaml", "none.yaml"),
        ("power tender --endpoint acr77", "Did you mean 'acr70'"),
        ("power tender --endpoint crp", "Choose a proportion"),
        ("power tender --week 7", "Choose one of 2, 4, 6"),
        ("power tender --sizes 10,many", "Write for example --sizes 20,40,80."),
        ("power tender --sizes 1", "It has 2 to 1,000."),
        ("power tender --alpha 2", "--alpha cannot be '2'."),
        ("power tender --json power.txt", "suffix"),
    ],
)
def test_what_cannot_be_told_is_refused_before_anything_runs(quotidian, line: str, said: str) -> None:
    ran = quotidian(line)
    assert ran.code == 2 and said in ran.err and ran.out == ""
