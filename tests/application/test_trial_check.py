"""``--check`` of trials: one replicate beside the same at a hundredth of the tolerance."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.application import trial_run
from quotidian.application.accuracy import trial_check
from quotidian.application.accuracy.trial_check import _same_course, check_trial
from quotidian.application.scoreboard_archive import ScoreboardRequest, keep_scoreboard
from quotidian.application.trial_archive import keep_trial
from quotidian.application.trial_run import published_trial, run_trial
from quotidian.errors import SolverFailed
from quotidian.reports import report
from quotidian.trials.conduct.case_record import CaseRecord, Event
from quotidian.trials.conduct.setting import TRIAL_TOLERANCE
from quotidian.trials.protocol.library import design
from quotidian.trials.result import AccuracyCheck

WOO = design("woo-2005")
SHORT = replace(WOO, periods=(replace(WOO.periods[0], weeks=2),), visits=(1, 2), kinetics=None)


def test_the_error_of_trials_is_small_and_grows_with_the_tolerance() -> None:
    usual = check_trial(SHORT, 1)
    coarse = check_trial(SHORT, 1, tolerance=replace(TRIAL_TOLERANCE, rtol=0.03, atol=3e-4))
    assert usual.compared + usual.otherwise == SHORT.size and (usual.rtol, usual.atol) == (1e-5, 1e-7)
    assert 0.0 < usual.errors["crp"] < 0.01 and 0.0 < usual.errors["temperature"] < 0.001
    assert coarse.errors["crp"] > 3 * usual.errors["crp"]


def test_children_are_compared_by_number_and_only_on_the_same_course() -> None:
    def record(numbers: list[int], events: list[Event]) -> CaseRecord:
        zeros = np.zeros(len(numbers), dtype=np.int64)
        return CaseRecord(zeros, zeros, np.array(numbers), events=events)

    first = record([3, 5, 8], [Event(0, 2, "escape"), Event(2, 4, "flare", "by 30 %")])
    second = record([5, 8, 9], [Event(0, 2, "escape"), Event(1, 4, "flare", "by 31 %")])
    assert _same_course(first, second) == [(2, 1)]


def test_a_failure_of_the_solver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise SolverFailed("Child 3 could not be simulated.")

    monkeypatch.setattr(trial_check, "conduct", failing)
    found = check_trial(SHORT, 1)
    assert found.failure == "Child 3 could not be simulated." and found.errors == {}


def test_the_check_is_in_manifest_report_and_scoreboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = AccuracyCheck(1e-5, 1e-7, 17, 1, {"crp": 0.00012345})
    monkeypatch.setattr(trial_run, "check_trial", lambda *_, **__: found)
    monkeypatch.setattr(report, "pictures_of", lambda result: defaultdict(list))
    asked = replace(published_trial("woo-2005", 1, 1), design=SHORT, checked=True)
    result = run_trial(asked).result
    assert result.accuracy == found and "check" not in result.provenance["command"]
    keep_trial(result, tmp_path / "t")
    held = json.loads((tmp_path / "t/manifest.json").read_bytes())["check"]
    assert held == {
        "rtol": 1e-5, "atol": 1e-7, "compared": 17, "otherwise": 1, "replicate": 0,
        "largest_relative_error": {"crp": 0.000123},
    }  # fmt: skip
    assert "crp 1.2e-04" in (tmp_path / "t/report.html").read_text()
    keep_scoreboard((), tmp_path / "s", ScoreboardRequest((), 1, 1), "x", {"woo-2005": found})
    assert json.loads((tmp_path / "s/manifest.json").read_bytes())["check"]["woo-2005"] == held
    assert "crp 1.2e-04" in (tmp_path / "s/scoreboard.html").read_text()
