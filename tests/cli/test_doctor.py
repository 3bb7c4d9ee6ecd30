"""``doctor``: says what is there, checks a run against a stored result, and notices when something is off."""

from __future__ import annotations

import json

import pytest

from quotidian.application.installation_check import REFERENCE, self_check


def test_all_is_well_here(quotidian) -> None:
    ran = quotidian("doctor")
    assert ran.code == 0, ran.out
    for subject in ("quotidian", "Python", "packages", "processor", "cache", "self-check"):
        assert f"ok   {subject}" in ran.out
    assert ran.out.endswith("Research use, not a medical device.\n")


def test_it_speaks_json(quotidian) -> None:
    assert {f["subject"] for f in json.loads(quotidian("doctor --json").out)} >= {"cache", "self-check"}


def test_a_result_that_has_moved_is_noticed(tmp_path) -> None:
    stored = json.loads(REFERENCE.read_text())
    stored["crp"] = [1.001 * x for x in stored["crp"]]
    (tmp_path / "moved.json").write_text(json.dumps(stored))
    found = self_check(tmp_path / "moved.json")
    assert not found.good and found.says.startswith("crp is off by") and "report the output" in found.remedy


def test_a_cache_that_cannot_be_written_is_odd(quotidian, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QUOTIDIAN_CACHE", str(tmp_path / "file" / "cache"))
    ran = quotidian("doctor")
    assert ran.code == 1 and "FAIL cache" in ran.out and "QUOTIDIAN_CACHE" in ran.out
