"""The script behind ``make coverage``: what it counts as covered, and its table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from .test_calibrate import script


def _fit(draws: np.ndarray, objective: Any) -> Any:
    """A fit whose joint region is that of the highest density among its draws."""
    limit = np.quantile(objective(draws), 0.9)
    return SimpleNamespace(
        names=tuple("abc"), draws=draws, sir={"trusted": True},
        contains=lambda scores: bool(objective(scores[None])[0] <= limit),
    )  # fmt: skip


def test_truths_of_the_posterior_are_covered_as_often_as_stated() -> None:
    coverage, rng, found = script("check_child_coverage"), np.random.default_rng(3), []
    root = np.array([[1.0, 0, 0], [0.9, 0.3, 0], [0, 0.5, 1.0]])

    def objective(z: np.ndarray) -> np.ndarray:
        return np.asarray((np.linalg.solve(root, z.T) ** 2).sum(axis=0))

    for number in range(400):
        draws, true = rng.normal(size=(400, 3)) @ root.T, rng.normal(size=3) @ root.T
        found.append(coverage.looked_for(_fit(draws, objective), true, 3, number))
    assert np.mean([f.joint for f in found]) == pytest.approx(0.9, abs=0.04)
    assert np.mean([f.inside[n] for f in found for n in "abc"]) == pytest.approx(0.9, abs=0.03)
    lost = [replace(f, joint=False) for f in found]
    assert "joint region" in coverage.printed(lost)[-2] and " 0.000 " in coverage.printed(lost)[-2]


def test_children_that_a_file_holds_are_not_fitted_again(tmp_path: Path, monkeypatch) -> None:
    coverage, file, fitted = script("check_child_coverage"), tmp_path / "children.jsonl", []

    def looked_for(fit: Any, z: Any, seed: int, number: int) -> Any:
        fitted.append(number)
        return coverage.Found(seed, number, {"a": True}, True, True)

    monkeypatch.setattr(coverage, "simulated", lambda number, streams: (None, None))
    monkeypatch.setattr(coverage, "fit_child", lambda *_, **__: None)
    monkeypatch.setattr(coverage, "looked_for", looked_for)
    first = list(coverage.checked(2, 1, file))
    file.write_text(file.read_text() + '{"seed": 1, "num', encoding="utf-8")
    assert list(coverage.checked(3, 1, file))[:2] == first and fitted == [0, 1, 2]
    assert [f.number for f in coverage.checked(1, 2, file)] == [0] and fitted == [0, 1, 2, 0]


@pytest.mark.slow
def test_the_script_fits_children_and_prints_a_row_for_each_effect(capsys) -> None:
    script("check_child_coverage").main(["--children", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert "1 children" in lines[0] and lines[1].startswith("severity")
    assert [line.split("  ")[0] for line in lines[-3:]] == [
        "all single intervals", "joint region", "resampling trusted",
    ]  # fmt: skip
