"""``quotidian check fit``: what it writes, and what it refuses before it writes anything."""

from __future__ import annotations

import html
import json
from pathlib import Path

import polars as pl
import pytest

import quotidian as q
from quotidian.application.fitting.check_files import FILES

MORE = "".join(
    f"{name},0,100,1,1,.\n{name},1,0,0,1,{4.7 * c}\n{name},5,0,0,1,{3.5 * c}\n{name},10,0,0,1,{2.5 * c}\n"
    for name, c in (("e", 0.9), ("f", 1.2), ("g", 1.05), ("h", 0.7))
)


@pytest.fixture
def fitted(quotidian, files: Path) -> Path:
    data = files / "data.csv"
    data.write_text(data.read_text() + MORE, encoding="utf-8")
    line = f"--data {data} --effects {files}/effects.yaml --output {files}/fit"
    assert quotidian(f"fit population --model pk-1cmt {line}").code == 0
    return files


def test_it_writes_tables_and_a_report_beside_the_fit(quotidian, fitted: Path) -> None:
    line = f"check fit {fitted}/fit --copies 100"
    said = quotidian(line)
    assert said.code == 0 and "NPDE" in said.out and "Shrinkage" in said.out and "Research use" in said.out
    place = fitted / "fit-check"
    assert {f.name for f in place.iterdir()} == set(FILES) - {"survival.csv"}
    rows = pl.read_csv(place / "residuals.csv")
    assert len(rows) == 24 and {"PRED", "IPRED", "CWRES", "IWRES", "NPDE"} <= set(rows.columns)
    first = {f.name: f.read_bytes() for f in place.iterdir()}
    assert quotidian(line).code == 0
    assert first == {f.name: f.read_bytes() for f in place.iterdir()}
    assert q.check_fit(fitted / "fit", copies=100, profiles=False).normality["NPDE"].count == 24


def test_it_shows_the_notes_of_the_fit(quotidian, fitted: Path) -> None:
    data = fitted / "data.csv"
    data.write_text(data.read_text() + "h,10,0,0,1,1.75\n", encoding="utf-8")
    line = f"--data {data} --effects {fitted}/effects.yaml --output {fitted}/fit"
    assert quotidian(f"fit population --model pk-1cmt {line}").code == 0
    notes = json.loads((fitted / "fit/estimates.json").read_text())["notes"]
    assert any("repeats the observation" in text for text in notes)
    said = quotidian(f"check fit {fitted}/fit --copies 100 --no-profiles")
    assert said.code == 0 and all(text in said.err for text in notes)
    assert pl.read_csv(fitted / "fit-check/notes.csv")["NOTE"].to_list() == notes
    page = html.unescape((fitted / "fit-check/report.html").read_text())
    assert "Notes of the fit" in page and all(text in page for text in notes)


@pytest.mark.parametrize(
    "altered",
    ["", "[1]", '{"request": 5}', '{"request": {"sha256": [1], "data": "x"}}',
     '{"request": {"sha256": {"data": 5}, "data": 5}}',
     '{"request": {"sha256": {}, "data": "x", "effects": "y", "model": "pk-1cmt", "dates": "mdy"}}'],
)  # fmt: skip
def test_altered_estimates_are_refused_in_words(quotidian, tmp_path: Path, altered: str) -> None:
    (tmp_path / "estimates.json").write_text(altered)
    ran = quotidian(f"check fit {tmp_path} --output {tmp_path / 'out'}")
    assert ran.code == 2 and "no population fit that can be checked" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_name_of_its_own_is_no_fit(
    quotidian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = quotidian("check fit .")
    assert ran.code == 2 and "no population fit" in ran.err


def test_a_fit_whose_files_are_gone_or_changed_is_refused_and_nothing_is_written(
    quotidian, fitted: Path
) -> None:
    data = fitted / "data.csv"
    moved = data.rename(fitted / "moved.csv")
    said = quotidian(f"check fit {fitted}/fit")
    assert said.code == 2 and "cannot be found" in said.err and "--data" in said.err
    assert quotidian(f"check fit {fitted}/fit --data {moved} --copies 100 --no-profiles").code == 0
    moved.write_text(moved.read_text().removesuffix(MORE), encoding="utf-8")
    said = quotidian(f"check fit {fitted}/fit --data {moved} --output {fitted}/other")
    assert said.code == 2 and "changed" in said.err and not (fitted / "other").exists()
    said = quotidian(f"check fit {fitted}")
    assert said.code == 2 and "no population fit" in said.err
