"""``quotidian scoreboard``: table, files, resumption, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

KEYS = [
    "claim", "trial", "arm", "endpoint", "week", "published", "published_low", "published_high", "virtual",
    "low", "high", "role", "inside", "source", "fact", "estimand",
]  # fmt: skip
GROUPS = (
    ("calibration", "calibration", None),
    ("validation, rows of version 0.1", "validation", False),
    ("validation, later rows", "validation", True),
)
LINE = "scoreboard --replicates 2 --seed 1 --trials woo-2005,anakinra --json {0}/rows.json --output {0}/board"


@pytest.fixture(scope="module")
def run(process, tmp_path_factory):
    """A real scoreboard of two small trials, as a process: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("scoreboard")
    done = process(LINE.format(folder), folder)
    assert (done.code, done.err) == (0, "")
    return folder, done.out


def test_the_json_has_the_keys_of_the_interface(run) -> None:
    rows = json.loads((run[0] / "rows.json").read_text())
    assert all(list(row) == KEYS for row in rows) and {r["trial"] for r in rows} == {"woo-2005", "anakinra"}
    assert all(
        row["inside"] in (True, False) and row["role"] in ("calibration", "validation") for row in rows
    )
    assert (run[0] / "board/scoreboard.json").read_bytes() == (run[0] / "rows.json").read_bytes()


def test_the_csv_has_the_same_numbers_and_the_unit(run) -> None:
    rows = json.loads((run[0] / "rows.json").read_text())
    with (run[0] / "board/scoreboard.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    assert list(table[0]) == [*KEYS, "unit"] and len(table) == len(rows)
    for cells, row in zip(table, rows, strict=True):
        assert float(cells["virtual"]) == row["virtual"] and cells["inside"] == str(row["inside"]).lower()


def test_the_last_line_counts_by_role(run) -> None:
    rows = json.loads((run[0] / "rows.json").read_text())
    counts = []
    for group, role, later in GROUPS:
        own = [r["inside"] for r in rows if r["role"] == role and (later is None or bool(r["fact"]) is later)]
        counts.append(f"{group}: {sum(own)} of {len(own)} inside")
    assert run[1].splitlines()[-1] == "; ".join(counts)


def test_the_frozen_roles_are_named_with_date_and_checksum(run) -> None:
    files = json.loads((run[0] / "board/manifest.json").read_text())["roles"]
    assert [file["name"] for file in files] == ["2026-11-29.yaml", "2026-11-29b.yaml"]
    words = " ".join(run[1].split())
    page = (run[0] / "board/scoreboard.html").read_text()
    for frozen in files:
        for text in (words, page):
            assert f"{frozen['name']}, frozen {frozen['date']}, SHA-256 {frozen['sha256']}" in text


def test_the_page_shows_every_row_and_needs_nothing_else(run) -> None:
    page = (run[0] / "board/scoreboard.html").read_text()
    rows = json.loads((run[0] / "rows.json").read_text())
    assert page.count("✕ outside</td>") == sum(not row["inside"] for row in rows)
    assert page.count("✓ inside</td>") == sum(row["inside"] for row in rows)
    for word, inside in (("inside", True), ("outside", False)):
        assert page.count(f'<span class="{word}" title=') == sum(row["inside"] is inside for row in rows)
    assert "<script" not in page and "<link" not in page and page.count("<svg") == 4
    assert "Research use, not a medical device" in page


def test_an_ended_run_goes_on_and_gives_the_same_bytes(run, process) -> None:
    folder = run[0]
    before = {p.name: p.read_bytes() for p in (folder / "board").iterdir() if p.is_file()}
    (folder / "board/finished/anakinra.json").unlink()
    for name in before:
        (folder / "board" / name).unlink()
    done = process(LINE.format(folder), folder)
    assert done.code == 0
    assert {p.name: p.read_bytes() for p in (folder / "board").iterdir() if p.is_file()} == before


def test_other_peoples_folders_and_unknown_trials_are_refused(quotidian, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    ran = quotidian(f"scoreboard --replicates 1 --trials anakinra --output {tmp_path}")
    assert ran.code != 0 and "cannot be the output folder" in ran.err
    ran = quotidian("scoreboard --replicates 1 --trials tendre")
    assert ran.code != 0 and "tender" in ran.err
    ran = quotidian(f"scoreboard --replicates 1 --json {tmp_path}/rows.txt")
    assert ran.code != 0 and ".json" in ran.err
    ran = quotidian("scoreboard --replicates 0")
    assert ran.code != 0 and "--replicates cannot be '0'" in ran.err
